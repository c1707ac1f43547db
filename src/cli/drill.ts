import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { DrillLink, DrillReport } from '../server/drill/follow-drill.ts';
import type { Drill } from '../server/drill/start-drill.ts';
import { DEFAULT_ENDPOINT, Engine } from './engine.ts';
import { CommandError, EXIT, type Terminal } from './terminal.ts';

interface DrillOptions {
  readonly endpointUrl: string;
  readonly account?: string;
  readonly region?: string;
  readonly wait: string;
  readonly json?: boolean;
}

/** What a drill on an engine cannot show, said every time. */
const NOT_PROVED = 'Not proved: that CloudTrail itself records and delivers (that takes a real use of the account).';
const PAUSE = 200;

export function drillCommand(terminal: Terminal, end: (code: number) => void): Command {
  return new Command('drill')
    .description('Prove that a running engine rings, link by link, with a marked sign-in of root.')
    .option('--endpoint-url <url>', 'the engine', process.env.AWS_ENDPOINT_URL ?? DEFAULT_ENDPOINT)
    .option('--account <number>', 'the account that root is said to sign in to; the default one of the engine')
    .option('--region <region>', 'the region of the sign-in')
    .option('--wait <seconds>', 'how long to wait for the last link', '30')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', '\nExample:\n  trailbell drill --account 111122223333')
    .action(async (options: DrillOptions) => {
      const patience = Number(options.wait);
      if (!(patience >= 1 && patience <= 3_600)) throw new CommandError('--wait is a number of seconds from 1 to 3600');
      const engine = new Engine(options.endpointUrl);
      const query = new URLSearchParams();
      if (options.account) query.set('account', options.account);
      if (options.region) query.set('region', options.region);
      const drill = await engine.post<Drill>(`/api/v1/drills?${query}`);
      terminal.note(`Drill ${drill.id}: a marked sign-in of root to account ${drill.account} was handed in.`);
      const report = await followed(engine, drill, patience * 1_000);
      terminal.out(options.json ? JSON.stringify({ ...drill, ...report }) : describe(drill, report, terminal.colors));
      if (report.outcome !== 'rang') end(EXIT.findings);
    });
}

/** The report once it rang, or once nothing more can come, or when patience is at its end. */
async function followed(engine: Engine, drill: Drill, patience: number): Promise<DrillReport> {
  const stop = performance.now() + patience;
  for (;;) {
    const report = await engine.get<DrillReport>(`/api/v1/drills/${drill.id}`);
    const isOver = report.outcome !== 'waiting' && !report.links.some(({ says }) => says === 'waiting');
    if (isOver || performance.now() > stop) return report;
    await sleep(PAUSE);
  }
}

function describe(drill: Drill, report: DrillReport, colors: Terminal['colors']): string {
  const lines = report.links.map((link) => lineOf(link, drill.startedAt, colors));
  if (!drill.stored) lines.unshift(`${colors.red('✗')} trail          its event selectors leave sign-ins out`);
  const rang = report.outcome === 'rang';
  lines.push(rang ? colors.green('It rang.') : colors.red('It did not ring.'), NOT_PROVED);
  return lines.join('\n');
}

function lineOf({ link, name, at, holds, says }: DrillLink, startedAt: number, colors: Terminal['colors']): string {
  const mark = holds ? colors.green('✓') : colors.red('✗');
  const when = at === null ? (says ?? '') : `after ${((at - startedAt) / 1_000).toFixed(3)} s`;
  return `${mark} ${link.padEnd(14)} ${name === '' ? when : `${name}  ${when}`}`;
}
