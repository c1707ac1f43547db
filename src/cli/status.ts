import { Command } from 'commander';
import type { IntakeState } from '../intake/fetch/intake-state.ts';
import type { EngineStatus } from '../server/status.ts';
import { DEFAULT_ENDPOINT, Engine } from './engine.ts';
import { EXIT, type Terminal } from './terminal.ts';

export function statusCommand(terminal: Terminal, end: (code: number) => void): Command {
  return new Command('status')
    .description('Is every chain whole? Exits 1 when one cannot ring, or a message was lost.')
    .option('--endpoint-url <url>', 'the engine', process.env.AWS_ENDPOINT_URL ?? DEFAULT_ENDPOINT)
    .option('--json', 'print everything as JSON')
    .addHelpText('after', '\nExample:\n  trailbell status --json | jq .chains[].problems')
    .action(async (options: { endpointUrl: string; json?: boolean }) => {
      const status = await new Engine(options.endpointUrl).get<EngineStatus>('/api/v1/status');
      terminal.out(options.json ? JSON.stringify(status) : describeStatus(status, terminal.colors));
      if (!status.ok) end(EXIT.findings);
    });
}

/** One line a chain, problems and their fixes below it. */
export function describeStatus(status: EngineStatus, colors: Terminal['colors']): string {
  const { chains, rings, mail, deliveries } = status;
  const lines = [`${counted(chains.length, 'chain')}, ${counted(rings, 'ring')} in the last day, mail: ${mail}`];
  const shown = new Map<string, string[]>();
  const byName = (a: { alarm: string }, b: { alarm: string }): number =>
    a.alarm.localeCompare(b.alarm, 'en', { numeric: true });
  for (const chain of [...chains].sort(byName)) {
    const mark = chain.canRing ? colors.green('✓') : colors.red('✗');
    const said = chain.canRing ? `rings ${counted(chain.subscribers.length, 'subscriber')}` : 'cannot ring';
    lines.push(`${mark} ${chain.alarm.padEnd(24)} ${chain.state.padEnd(18)} ${said}`);
    for (const problem of chain.problems) {
      const text = `${problem.message}: ${problem.fix}`;
      shown.set(text, [...(shown.get(text) ?? []), chain.alarm]);
    }
  }
  // Most chains share a topic, and so a problem: say it once.
  for (const [text, alarms] of shown) {
    const who = alarms.length > 3 ? `${alarms.length} chains` : alarms.join(', ');
    lines.push(`${colors.yellow('!')} ${who}: ${text}`);
  }
  lines.push(...auditLines(status, colors));
  for (const { count, protocol, endpoint, reason, lastError } of deliveries.givenUp) {
    const to = `${protocol.startsWith('http') || protocol === 'sqs' ? '' : `${protocol} `}${endpoint}`;
    lines.push(`${colors.red('✗')} ${counted(count, 'message')} to ${to} given up, ${reason}: ${lastError}`);
  }
  if (deliveries.givenUp.length > 0) lines.push(`  ${status.endpoint}/console tries again, or sets them aside`);
  for (const source of status.intake.sources) lines.push(intakeLine(source, colors));
  for (const warning of status.warnings) lines.push(`${colors.yellow('!')} ${warning}`);
  return lines.join('\n');
}

/** What the audit finds wrong; most controls share their trail and topic, and so what is wrong with these. */
function auditLines({ controls }: EngineStatus, colors: Terminal['colors']): string[] {
  const groups = new Map<string, EngineStatus['controls'][number][]>();
  for (const one of controls.filter(({ verdict }) => verdict !== 'PASS')) {
    const key = JSON.stringify([one.account, one.verdict, one.brokenLinks, one.fix]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => {
    const [{ account, verdict, brokenLinks, reason, fix } = group[0]!] = group;
    const who =
      group.length > 3 ? `${group.length} controls` : group.map(({ control, name }) => `${control} ${name}`).join(', ');
    const mark = verdict === 'FAIL' ? colors.red('✗') : colors.yellow('?');
    return [`${mark} ${who} in ${account}:`, verdict, ...brokenLinks, `${reason} ${fix}`.trim()].join(' ');
  });
}

function intakeLine(
  { type, name, from, stats, objects, newestEventAt, ...state }: IntakeState,
  colors: Terminal['colors'],
) {
  const mark = state.trouble || state.isLagging ? colors.red('✗') : colors.green('✓');
  const newest = newestEventAt === null ? '' : `, newest event ${new Date(newestEventAt).toISOString().slice(0, 19)}Z`;
  const waiting = objects.waiting > 0 ? `, ${objects.waiting} waiting` : '';
  return `${mark} ${type} ${name} (${from}): ${counted(stats.records, 'record')} since the start${newest}${waiting}`;
}

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;
