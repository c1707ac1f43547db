import { Command, Option } from 'commander';
import { Pace } from '../../audit/collect/pace.ts';
import { openWire } from '../../audit/collect/sdk-door.ts';
import { applyPlans, type StepOutcome } from '../../audit/repair/apply.ts';
import { commandOf, oneLine } from '../../audit/repair/as-cli.ts';
import { asTerraform } from '../../audit/repair/as-terraform.ts';
import { newTopic } from '../../audit/repair/mend-alarm.ts';
import { OWN_LOG_GROUP, OWN_TOPIC } from '../../audit/repair/own-names.ts';
import { callsThrough } from '../../audit/repair/sdk-calls.ts';
import type { Step } from '../../audit/repair/step.ts';
import { outcomeLine } from '../../audit/repair/text-plan.ts';
import { ruleSteps } from '../../audit/rules/rule-steps.ts';
import { systemClock } from '../../base/clock.ts';
import { systemIds } from '../../base/ids.ts';
import { arnOf, parseArn } from '../../base/scope.ts';
import { baseCaller, type Caller, type CallerOptions, checkAccount, identityLine } from '../audit-caller.ts';
import { CommandError, EXIT, type Terminal } from '../terminal.ts';
import { type ReadRule, type ReadRules, readRules } from './read-rules.ts';
import { ruleJson, rulesText } from './rules-text.ts';

interface ImportOptions extends CallerOptions {
  readonly logGroup: string;
  readonly topicArn?: string;
  readonly as?: 'cli' | 'terraform';
  readonly apply?: boolean;
  readonly confirmAccount?: string;
  readonly json?: boolean;
}

type End = (code: number) => void;

export function rulesCommand(terminal: Terminal, end: End): Command {
  const command = new Command('rules')
    .description('Rules of other tools: Sigma and EventBridge.')
    .addHelpText('after', '\nExample:\n  trailbell rules import rules/cloud/aws/cloudtrail');
  addImport(command, terminal, end);
  return command;
}

function addImport(parent: Command, terminal: Terminal, end: End): void {
  parent
    .command('import')
    .description('Write Sigma rules and EventBridge patterns as metric filters and alarms, where meaning allows.')
    .argument('<path...>', 'files or folders of Sigma rules (YAML) and EventBridge patterns or rules (JSON)')
    .option('--log-group <name>', 'the log group that the filters are for', OWN_LOG_GROUP)
    .option('--topic-arn <arn>', `the topic that the alarms tell (${OWN_TOPIC})`)
    .option('--endpoint-url <url>', 'another endpoint than AWS, such as a running engine')
    .option('--profile <name>', "profile of AWS's configuration files")
    .option('--region <name>', 'region of the log group (the profile’s, or us-east-1)')
    .addOption(new Option('--as <form>', 'print what makes them, in this form').choices(['cli', 'terraform']))
    .option('--apply', 'make them; without it nothing is changed')
    .option('--confirm-account <number>', 'the account that --apply may change')
    .option('--json', 'print everything as JSON')
    .addHelpText(
      'after',
      `
Each rule is compared with its filters by meaning: what differs is shown by an event.
Exits 0 when all ring for just what they matched before, 1 when some do not, 3 when it cannot be decided.
Example:
  trailbell rules import rules/cloud/aws/cloudtrail
  trailbell rules import my-rule.yml --as cli --endpoint-url http://127.0.0.1:4780 | sh`,
    )
    .action(async (paths: string[], options: ImportOptions) => {
      if (options.as && (options.json || options.apply))
        throw new CommandError('--as prints a form of its own and changes nothing: leave out --json and --apply');
      const read = readRules(paths);
      for (const warning of crowding(read)) terminal.note(`! ${warning}`);
      if (options.as === undefined && !options.json) terminal.out(rulesText(read, terminal.colors));
      const outcomes = options.as || options.apply ? await make(read, options, terminal) : undefined;
      if (options.json) {
        const told = outcomes ? { outcomes } : {};
        terminal.out(JSON.stringify({ rules: read.rules.map(ruleJson), passed: read.passed, ...told }));
      }
      const isFailed = outcomes?.some(({ outcome }) => outcome === 'failed') === true;
      end(isFailed ? EXIT.unfinished : exitCodeOf(read.rules));
    });
}

/** Prints the calls that make the rules ring, or makes them. */
async function make(read: ReadRules, options: ImportOptions, terminal: Terminal): Promise<StepOutcome[] | undefined> {
  const wire = openWire(4);
  const pace = new Pace(systemClock, systemIds);
  const ask = async (): Promise<Caller> => {
    const caller = await baseCaller(options, wire, pace);
    terminal.note(identityLine(caller));
    return caller;
  };
  try {
    if (!options.apply) {
      terminal.out(inForm(options.as ?? 'cli', await stepsFor(read, options, ask), options));
      return undefined;
    }
    const caller = await ask();
    checkAccount(options.confirmAccount, caller, '--apply');
    const steps = await stepsFor(read, options, async () => caller);
    return await applyPlans([{ steps }], {
      call: callsThrough(caller.door, pace, caller.account),
      allowed: new Set(),
      done: (outcome) => terminal.note(outcomeLine(outcome, terminal.colors)),
    });
  } finally {
    wire.destroy();
  }
}

/** What AWS allows in a log group, all its filters together. */
const [MOST_FILTERS, MOST_WITH_REGEX] = [100, 5];

function crowding({ rules }: ReadRules): string[] {
  const patterns = rules.flatMap(({ outcome }) => ('problem' in outcome ? [] : outcome.patterns));
  const withRegex = patterns.filter((pattern) => /= %/.test(pattern)).length;
  const warnings: string[] = [];
  if (patterns.length > MOST_FILTERS)
    warnings.push(`these are ${patterns.length} filters, and a log group has ${MOST_FILTERS}: choose among the rules`);
  if (withRegex > MOST_WITH_REGEX)
    warnings.push(`${withRegex} filters hold regular expressions, and a log group takes ${MOST_WITH_REGEX} of them`);
  return warnings;
}

function exitCodeOf(rules: readonly ReadRule[]): number {
  const relations = rules.map(({ outcome }) => ('problem' in outcome ? undefined : outcome.comparison.relation));
  if (relations.includes('uncertain')) return EXIT.unfinished;
  return relations.every((relation) => relation === 'equivalent') ? EXIT.clean : EXIT.findings;
}

/** Without a topic of the user's, the one that everything of ours tells, which is then made first. */
async function stepsFor(
  { rules }: ReadRules,
  { logGroup, topicArn, apply }: ImportOptions,
  ask: () => Promise<Caller>,
): Promise<Step[]> {
  const topic = topicArn === undefined ? undefined : parseArn(topicArn);
  if (topicArn !== undefined && topic?.service !== 'sns')
    throw new CommandError(`--topic-arn ${topicArn} is no ARN of a topic`);
  // Printing for a topic that is named needs no keys.
  const scope = topic && !apply ? topic : await ask();
  const arn = topicArn ?? arnOf('sns', scope, OWN_TOPIC);
  const written = rules.flatMap(({ outcome, ...rule }) =>
    'problem' in outcome ? [] : [{ ...rule, patterns: outcome.patterns }],
  );
  const { account, region } = scope;
  const steps = written.flatMap((rule) => ruleSteps(rule, { scope: { account, region }, logGroup, topicArn: arn }));
  return topic ? steps : [newTopic({ account, region }), ...steps];
}

function inForm(form: 'cli' | 'terraform', steps: readonly Step[], { endpointUrl }: ImportOptions): string {
  if (form === 'terraform') return asTerraform([{ steps }]);
  const settings = endpointUrl === undefined ? {} : { endpointUrl };
  return [
    '#!/bin/sh',
    'set -eu',
    '',
    ...steps.flatMap((step) => [`# ${oneLine(step.why)}`, commandOf(step, settings)]),
  ].join('\n');
}
