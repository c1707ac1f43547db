import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import type { DrillLevel } from '../audit/drill/drill-step.ts';
import type { DrillLink, DrillReport } from '../server/drill/follow-drill.ts';
import type { Receipt } from '../server/drill/receipts.ts';
import type { Drill } from '../server/drill/start-drill.ts';
import { accountDrill, fileProof } from './account-drill.ts';
import { askForReceipt, checkDeclarations, declareDrill } from './drill-receipt.ts';
import { DEFAULT_ENDPOINT, Engine } from './engine.ts';
import { CommandError, EXIT, type Terminal } from './terminal.ts';

interface DrillOptions {
  readonly aws?: boolean;
  readonly endpointUrl?: string;
  readonly account?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly control?: string;
  readonly through?: 'metric' | 'alarm';
  readonly inject?: boolean;
  readonly live?: boolean;
  readonly expect?: string;
  readonly callback?: string;
  readonly declarations?: string;
  readonly markRole?: string;
  readonly confirmAccount?: string;
  readonly proof?: string;
  readonly wait?: string;
  readonly json?: boolean;
}

/** What a drill on an engine cannot show, said every time. */
const NOT_PROVED = 'Not proved: that CloudTrail itself records and delivers (that takes a real use of the account).';
const PAUSE = 200;
const PROOFS = 'trailbell-drills.jsonl';
/** Seconds: an engine of ours rings at once; CloudTrail may take a quarter of an hour. */
const [USUAL_WAIT, AWS_WAIT] = ['30', '900'];

export function drillCommand(terminal: Terminal, end: (code: number) => void): Command {
  return new Command('drill')
    .description('Prove link by link that it rings: on a running engine with a marked sign-in of root, or on AWS.')
    .option('--endpoint-url <url>', 'the engine, or with --aws another endpoint than AWS')
    .option('--account <number>', 'the account that root is said to sign in to; the default one of the engine')
    .option('--region <region>', 'the region of the sign-in, or with --aws to ask first')
    .option('--aws', "drill an account through AWS's API: reads, and makes one harmless call of its own")
    .option('--profile <name>', "with --aws: profile of AWS's configuration files")
    .option('--control <name>', 'with --aws: the control whose chain is drilled (root-usage)')
    .option('--mark-role <arn>', 'with --aws: enter this role as the marked call, in place of GetCallerIdentity')
    .addOption(
      new Option('--through <link>', 'with --aws: put in a datum, or set the alarm, and follow it').choices([
        'metric',
        'alarm',
      ]),
    )
    .option('--inject', 'with --aws: put a marked record into the log group, and follow it')
    .option('--live', 'with --aws: wait for a real use of root, and follow it')
    .option('--confirm-account <number>', 'the account that --through and --inject may write to')
    .option('--expect <name>', 'also wait until whoever this is has confirmed, by an address that is shown')
    .option('--callback <url>', 'with --aws: the engine that takes the confirmation')
    .option('--declarations <file>', 'add a confirmed drill to this file of audit --declarations')
    .option('--proof <file>', `add the proof to this file (with --aws ${PROOFS})`)
    .option('--wait <seconds>', `how long to wait for each link (${USUAL_WAIT}; with --aws ${AWS_WAIT})`)
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `
Exits 0 when everything that was looked at holds, 1 when a link is broken, 3 when one could not be proved.
Example:
  trailbell drill --account 111122223333
  trailbell drill --aws --profile security
  trailbell drill --aws --through alarm --confirm-account 111122223333`,
    )
    .action(async (options: DrillOptions) => {
      const patience = patienceOf(options);
      if (options.declarations !== undefined) checkDeclarations(options.declarations);
      end(options.aws ? await onAws(options, patience, terminal) : await onEngine(options, patience, terminal));
    });
}

function patienceOf({ wait, aws }: DrillOptions): number {
  const patience = Number(wait ?? (aws ? AWS_WAIT : USUAL_WAIT));
  if (!(patience >= 1 && patience <= 3_600)) throw new CommandError('--wait is a number of seconds from 1 to 3600');
  return patience * 1_000;
}

async function onAws(options: DrillOptions, patience: number, terminal: Terminal): Promise<number> {
  const { through, inject, live, account, expect } = options;
  if (account !== undefined) throw new CommandError('--account has no meaning with --aws: the keys name the account');
  const levels = [through, inject && 'inject', live && 'live'].filter((level) => level) as DrillLevel[];
  if (levels.length > 1) throw new CommandError('--through, --inject and --live each are a drill: give one of them');
  const [level = 'read'] = levels;
  if (expect !== undefined && level === 'read') {
    throw new CommandError('--expect needs something that rings: --live, --inject or --through');
  }
  const { control = 'root-usage', proof = PROOFS, json = false } = options;
  return await accountDrill({ ...options, control, level, proof, patience, json }, terminal);
}

const ONLY_AWS = ['profile', 'control', 'through', 'inject', 'live', 'markRole', 'confirmAccount', 'callback'] as const;

async function onEngine(options: DrillOptions, patience: number, terminal: Terminal): Promise<number> {
  const wrong = ONLY_AWS.find((name) => options[name] !== undefined);
  if (wrong) {
    const flag = wrong.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new CommandError(`--${flag} is for drills through AWS's API: give --aws, too`);
  }
  const engine = new Engine(options.endpointUrl ?? process.env.AWS_ENDPOINT_URL ?? DEFAULT_ENDPOINT);
  const query = new URLSearchParams();
  if (options.account) query.set('account', options.account);
  if (options.region) query.set('region', options.region);
  const { expect } = options;
  const asked = expect === undefined ? undefined : await askForReceipt(engine, expect, terminal);
  const drill = await engine.post<Drill>(`/api/v1/drills?${query}`);
  terminal.note(`Drill ${drill.id}: a marked sign-in of root to account ${drill.account} was handed in.`);
  const report = await followed(engine, drill, patience);
  const receipt = asked && (await asked.wait(patience, new AbortController().signal));
  const full = { ...drill, ...report, ...(asked && { receipt: receipt ?? null }) };
  terminal.out(options.json ? JSON.stringify(full) : describe(drill, full, expect, terminal.colors));
  if (options.proof !== undefined) fileProof(full, options.proof);
  if (receipt && expect !== undefined && options.declarations !== undefined) {
    const { account, startedAt: at, id: eventId } = drill;
    declareDrill(options.declarations, { expect, control: 'root-usage', account, at, receipt, eventId });
  }
  return report.outcome === 'rang' && (!asked || receipt) ? EXIT.clean : EXIT.findings;
}

/** The report once it rang, or once nothing more can come, or when patience is at its end. */
async function followed(engine: Engine, drill: Drill, patience: number): Promise<DrillReport> {
  const stop = performance.now() + patience;
  for (;;) {
    const report = await engine.get<DrillReport>(`/api/v1/drills/${drill.id}`);
    const isOver = report.outcome !== 'waiting' && !report.links.some(({ says }) => says?.startsWith('waiting'));
    if (isOver || performance.now() > stop) return report;
    await sleep(PAUSE);
  }
}

function describe(
  drill: Drill,
  report: DrillReport & { receipt?: Receipt | null },
  expect: string | undefined,
  colors: Terminal['colors'],
): string {
  const lines = report.links.map((link) => lineOf(link, drill.startedAt, colors));
  if (!drill.stored) lines.unshift(`${colors.red('✗')} trail          its event selectors leave sign-ins out`);
  if (expect !== undefined) {
    const at = report.receipt?.confirmedAt ?? null;
    const says = `${expect} did not confirm in time`;
    const name = at === null ? '' : `${expect}, by ${report.receipt?.confirmedBy}`;
    lines.push(lineOf({ link: 'receipt', name, at, holds: at !== null, says }, drill.startedAt, colors));
  }
  const rang = report.outcome === 'rang';
  lines.push(rang ? colors.green('It rang.') : colors.red('It did not ring.'), NOT_PROVED);
  return lines.join('\n');
}

type Line = Omit<DrillLink, 'link'> & { readonly link: DrillLink['link'] | 'receipt' };

function lineOf({ link, name, at, holds, says }: Line, startedAt: number, colors: Terminal['colors']): string {
  const mark = holds ? colors.green('✓') : colors.red('✗');
  const when = at === null ? (says ?? '') : `after ${((at - startedAt) / 1_000).toFixed(3)} s`;
  return `${mark} ${link.padEnd(14)} ${name === '' ? when : `${name}  ${when}`}`;
}
