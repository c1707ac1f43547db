import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { Pace } from '../audit/collect/pace.ts';
import { openWire } from '../audit/collect/sdk-door.ts';
import { BENCHMARKS, benchmarkOf, DEFAULT_BENCHMARK } from '../audit/controls/benchmark.ts';
import type { Control } from '../audit/controls/control.ts';
import { controlsOf, findControl } from '../audit/controls/find-control.ts';
import type { Finding } from '../audit/finding.ts';
import { Coverages } from '../audit/judge/coverage.ts';
import { judge } from '../audit/judge/judge.ts';
import { applyPlans, type StepOutcome } from '../audit/repair/apply.ts';
import { asCommands } from '../audit/repair/as-cli.ts';
import { asTemplates } from '../audit/repair/as-cloudformation.ts';
import { asTerraform } from '../audit/repair/as-terraform.ts';
import { isSame, planRepair, type RepairPlan } from '../audit/repair/plan.ts';
import type { RepairOptions } from '../audit/repair/repair-options.ts';
import { SATISFIABLE, satisfy } from '../audit/repair/satisfy.ts';
import { callsThrough } from '../audit/repair/sdk-calls.ts';
import { outcomeLine, textPlan } from '../audit/repair/text-plan.ts';
import type { Scenario } from '../audit/state.ts';
import { systemClock } from '../base/clock.ts';
import { systemIds } from '../base/ids.ts';
import { baseCaller, type Caller, type CallerOptions, checkAccount, identityLine } from './audit-caller.ts';
import { readAccount } from './read-account.ts';
import { CommandError, EXIT, type Terminal } from './terminal.ts';

interface Options extends CallerOptions {
  readonly control: readonly string[];
  readonly benchmark?: string;
  readonly protocol?: string;
  readonly notificationEndpoint?: string;
  readonly topicArn?: string;
  readonly trailBucket?: string;
  readonly trailRole?: string;
  readonly satisfy: readonly string[];
  readonly change: readonly string[];
  readonly apply?: boolean;
  readonly confirmAccount?: string;
  readonly wait: string;
  readonly as?: string;
  readonly json?: boolean;
}

const collect = (value: string, known: readonly string[]): string[] => [...known, ...value.split(',')];
const CONNECTIONS = 16;
/** Between two looks for a confirmation. */
const PAUSE = 2_000;

export function repairCommand(terminal: Terminal, end: (code: number) => void): Command {
  return new Command('repair')
    .description('Plan the calls that make the missing links of a chain, and make them if asked to.')
    .option('--control <name>', 'only these: 4.3, root-usage or CloudWatch.1 (repeatable)', collect, [])
    .option('--benchmark <version>', 'CIS benchmark (5.0.0)')
    .option('--endpoint-url <url>', 'another endpoint than AWS, such as a running engine')
    .option('--profile <name>', "profile of AWS's configuration files")
    .option('--region <name>', 'region to ask first (the profile’s, or us-east-1)')
    .option('--protocol <name>', 'how to tell whom: email, https, sqs …')
    .option('--notification-endpoint <endpoint>', 'whom to tell: an address of that protocol')
    .option('--topic-arn <arn>', 'the topic to ring (one that is used already, or trailbell-cis)')
    .option('--trail-bucket <name>', 'bucket for a trail, where one must be made')
    .option('--trail-role <arn>', 'role by which a trail writes to its log group, where it has none')
    .option('--satisfy <scanner>', 'also please prowler or securityhub, which compare texts (repeatable)', collect, [])
    .option('--change <name>', 'allow a change of this resource, which is not ours (repeatable)', collect, [])
    .option('--apply', 'make the calls; without it nothing is changed')
    .option('--confirm-account <number>', 'the account that --apply may change')
    .option('--wait <minutes>', 'after --apply, how long to wait for the confirmation of the subscription', '0')
    .addOption(new Option('--as <form>', 'print the plan in this form').choices(['cli', 'terraform', 'cloudformation']))
    .option('--json', 'print the plan, and what came of it, as JSON')
    .addHelpText(
      'after',
      `
Adds what is missing under names that begin with trailbell-, and changes nothing else unless you name it.
Exits 0 when nothing is left to do, 1 when something is, 3 when something could not be read or done.
Example:
  trailbell repair --control root-usage --protocol email --notification-endpoint bell@example.com
  trailbell repair --control root-usage --apply --confirm-account 111122223333`,
    )
    .action(async (options: Options) => {
      const wire = openWire(CONNECTIONS);
      const hold = setInterval(() => undefined, 60_000);
      try {
        end(await repair(options, terminal, wire));
      } finally {
        clearInterval(hold);
        wire.destroy();
      }
    });
}

async function repair(options: Options, terminal: Terminal, wire: ReturnType<typeof openWire>): Promise<number> {
  const wish = wishOf(options);
  const pace = new Pace(systemClock, systemIds);
  const caller = await baseCaller(options, wire, pace);
  terminal.note(identityLine(caller));
  if (options.apply) checkAccount(options.confirmAccount, caller, '--apply');
  const plans = plansFor(await readAccount(caller, pace), wish, options.satisfy);
  if (options.as !== undefined) {
    terminal.out(inForm(options.as, plans, caller));
    return isDone(plans) ? EXIT.clean : EXIT.findings;
  }
  if (!options.apply) {
    terminal.out(options.json ? JSON.stringify({ plans }) : textPlan(plans, terminal.colors));
    if (!options.json && plans.some(({ steps }) => steps.length > 0)) {
      terminal.note(`Nothing was changed. To do it: --apply --confirm-account ${caller.account}`);
    }
    return isDone(plans) ? EXIT.clean : EXIT.findings;
  }
  if (!options.json) terminal.note(textPlan(plans, terminal.colors));
  const apply = (some: readonly RepairPlan[]): Promise<StepOutcome[]> =>
    applyPlans(some, {
      call: callsThrough(caller.door, pace, caller.account),
      allowed: new Set(options.change),
      done: (outcome) => terminal.note(outcomeLine(outcome, terminal.colors)),
    });
  const outcomes = await apply(plans);
  let findings = await verdictsAfter(caller, pace, wish, options, terminal);
  // What comes of a call may differ from what was foreseen: servers like AWS make trails without selectors.
  for (let round = 1; round < MOST_ROUNDS && mayHelp(findings, outcomes); round += 1) {
    const again = plansFor(await readAccount(caller, pace), wish, options.satisfy);
    const fresh = again.filter(({ steps }) => steps.some((step) => !outcomes.some((one) => isSame(one.step, step))));
    if (fresh.length === 0) break;
    outcomes.push(...(await apply(fresh)));
    findings = await verdictsAfter(caller, pace, wish, options, terminal);
  }
  if (options.json) terminal.out(JSON.stringify({ plans, outcomes, findings }));
  else for (const one of findings) terminal.out(`${one.verdict} ${one.control} ${one.name}: ${one.reason}`);
  return exitCodeOf(findings, outcomes);
}

const MOST_ROUNDS = 3;

/** Whether another plan could do more: something is broken yet, and nothing was refused or left out. */
const mayHelp = (findings: readonly Finding[], outcomes: readonly StepOutcome[]): boolean =>
  findings.some(({ verdict }) => verdict === 'FAIL') &&
  outcomes.every(({ outcome }) => outcome === 'done' || outcome === 'was there');

interface Wish {
  readonly controls: readonly Control[];
  readonly repair: RepairOptions;
}

function wishOf(options: Options): Wish {
  const benchmark = options.benchmark === undefined ? DEFAULT_BENCHMARK : benchmarkOf(options.benchmark);
  if (!benchmark) throw new CommandError(`--benchmark ${options.benchmark} is none of ${BENCHMARKS.join(', ')}`);
  if ((options.protocol === undefined) !== (options.notificationEndpoint === undefined)) {
    throw new CommandError('--protocol and --notification-endpoint go together: give both, or none');
  }
  const minutes = Number(options.wait);
  if (!(minutes >= 0 && minutes <= 1_440)) throw new CommandError('--wait is a number of minutes up to 1440');
  for (const name of options.satisfy) {
    if (!(name in SATISFIABLE)) {
      throw new CommandError(`--satisfy ${name} is not known: ${Object.keys(SATISFIABLE).join(', ')}`);
    }
  }
  const controls = options.control.map((name) => {
    const found = findControl(name, benchmark);
    if ('problem' in found) throw new CommandError(`--control ${name}: ${found.problem}`);
    return found.control;
  });
  return {
    controls: controls.length > 0 ? controls : controlsOf(benchmark),
    repair: {
      benchmark,
      ...(options.protocol && { protocol: options.protocol }),
      ...(options.notificationEndpoint && { endpoint: options.notificationEndpoint }),
      ...(options.topicArn && { topicArn: options.topicArn }),
      ...(options.trailBucket && { trailBucket: options.trailBucket }),
      ...(options.trailRole && { trailRoleArn: options.trailRole }),
    },
  };
}

function plansFor(state: Scenario, { controls, repair: settings }: Wish, scanners: readonly string[]): RepairPlan[] {
  const judgeOne = judgeFor(settings.benchmark);
  return controls.map((control) => {
    const judgeIt = judgeOne(control);
    const plan = planRepair(state, control, judgeIt, settings);
    return satisfy(state, plan, control, judgeIt, settings, scanners);
  });
}

function judgeFor(benchmark: RepairOptions['benchmark']) {
  const proofs = new Coverages();
  const now = systemClock.now();
  return (control: Control) =>
    (state: Scenario): Finding => {
      const [finding] = judge(state, { controls: [control.slug], benchmark, now, proofs });
      if (!finding) throw new Error(`${control.slug} was not judged`);
      return finding;
    };
}

const isDone = (plans: readonly RepairPlan[]): boolean =>
  plans.every(({ steps, blockers }) => steps.length === 0 && blockers.length === 0);

function inForm(form: string, plans: readonly RepairPlan[], { endpoint }: Caller): string {
  if (form === 'terraform') return asTerraform(plans);
  if (form === 'cli') return asCommands(plans, endpoint === 'AWS' ? {} : { endpointUrl: endpoint });
  const templates = asTemplates(plans);
  // A template is for one account and region; where there are more, each is named.
  return JSON.stringify(templates.length === 1 ? templates[0]?.template : templates, null, 2);
}

/** What the audit says now; waits for a confirmation where that is all that is missing. */
async function verdictsAfter(
  caller: Caller,
  pace: Pace,
  { controls, repair: settings }: Wish,
  options: Options,
  terminal: Terminal,
): Promise<Finding[]> {
  const judgeOne = judgeFor(settings.benchmark);
  const until = systemClock.now() + Number(options.wait) * 60_000;
  for (let told = false; ; told = true) {
    const state = await readAccount(caller, pace);
    const findings = controls.map((control) => judgeOne(control)(state));
    const open = findings.filter(({ verdict }) => verdict !== 'PASS');
    const awaits = open.length > 0 && open.every(({ brokenLinks }) => brokenLinks.join() === 'S2');
    if (awaits && !told) terminal.note(`waiting for ${options.notificationEndpoint ?? 'a subscriber'} to confirm`);
    if (!awaits || systemClock.now() >= until) return findings;
    await sleep(PAUSE);
  }
}

function exitCodeOf(findings: readonly Finding[], outcomes: readonly StepOutcome[]): number {
  const unknown = findings.some(({ verdict }) => verdict === 'UNKNOWN' || verdict === 'REVIEW');
  if (unknown || outcomes.some(({ outcome }) => outcome === 'failed')) return EXIT.unfinished;
  return findings.every(({ verdict }) => verdict === 'PASS') ? EXIT.clean : EXIT.findings;
}
