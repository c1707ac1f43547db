import type { Command } from 'commander';
import type { ForwardState } from '../forward/forward-states.ts';
import type { RefusedRecord } from '../forward/refusals.ts';
import type { Resent } from '../forward/resend.ts';
import type { Tested } from '../server/forwards-api.ts';
import { Engine } from './engine.ts';
import { type EngineOptions, engineCommand } from './engine-subcommands.ts';
import { CommandError, EXIT, type Terminal } from './terminal.ts';

export function forwardCommand(terminal: Terminal, end: (code: number) => void): Command {
  const { command, subcommand } = engineCommand('forward', 'What goes on to other systems, and what they refused.');
  command.addHelpText('after', '\nExample:\n  trailbell forward list');

  subcommand(
    'list',
    'How every forward is doing. Exits 1 when one cannot send, or lost or set aside records.',
    'list',
  ).action(async ({ endpointUrl, json }: EngineOptions) => {
    const { forwards } = await new Engine(endpointUrl).get<{ forwards: ForwardState[] }>('/api/v1/forwards');
    terminal.out(json ? JSON.stringify({ forwards }) : describeForwards(forwards, terminal.colors));
    if (forwards.some((state) => isTroubled(state))) end(EXIT.findings);
  });
  subcommand('test', 'Send one record that says it is a test, and tell what the receiver makes of it.', 'test siem')
    .argument('<name>', 'the forward')
    .action(async (name: string, { endpointUrl, json }: EngineOptions) => {
      const answer = await new Engine(endpointUrl).post<Tested>(`${pathOf(name)}/test`);
      if (json) terminal.out(JSON.stringify(answer));
      else
        terminal.out(
          answer.sent ? `${name} took the test record` : `${name} did not: ${answer.text} (${answer.reason})`,
        );
      if (!answer.sent) end(EXIT.findings);
    });
  subcommand('refused', 'Records that a receiver refused, and why.', 'refused siem --limit 20')
    .argument('<name>', 'the forward')
    .option('--limit <n>', 'most records, the newest first', '100')
    .action(async (name: string, { endpointUrl, json, limit }: EngineOptions & { limit: string }) => {
      const path = `${pathOf(name)}/refused?limit=${encodeURIComponent(limit)}`;
      const { refused } = await new Engine(endpointUrl).get<{ refused: RefusedRecord[] }>(path);
      if (json) terminal.out(JSON.stringify({ refused }));
      else if (refused.length === 0) terminal.out('Nothing is set aside');
      else for (const one of refused) terminal.out(describeRefused(one));
    });
  subcommand('resend', 'Send once more what was refused; what is taken now is no longer set aside.', 'resend siem')
    .argument('<name>', 'the forward')
    .action(async (name: string, { endpointUrl, json }: EngineOptions) => {
      const answer = await new Engine(endpointUrl).post<Resent>(`${pathOf(name)}/resend`);
      terminal.out(json ? JSON.stringify(answer) : `${answer.sent} sent, ${answer.refused} refused again`);
      if (answer.refused > 0) end(EXIT.findings);
    });
  subcommand('dismiss', 'Take note of what was refused and lost: refused records are forgotten.', 'dismiss siem')
    .argument('<name>', 'the forward')
    .action(async (name: string, { endpointUrl, json }: EngineOptions) => {
      const answer = await new Engine(endpointUrl).post<{ count: number }>(`${pathOf(name)}/dismiss`);
      terminal.out(json ? JSON.stringify(answer) : `${answer.count} refused records forgotten`);
    });
  subcommand('backfill', 'Send everything again that happened since a time.', 'backfill siem --from 2026-01-01')
    .argument('<name>', 'the forward')
    .requiredOption('--from <time>', 'such as 2026-01-01 or 2026-01-01T12:00:00Z')
    .action(async (name: string, { endpointUrl, json, from }: EngineOptions & { from: string }) => {
      const since = Date.parse(from);
      if (Number.isNaN(since)) throw new CommandError(`--from ${from} is no time: write it like 2026-01-01T12:00:00Z`);
      const query = new URLSearchParams({ from: new Date(since).toISOString() });
      const answer = await new Engine(endpointUrl).post<{ from: string }>(`${pathOf(name)}/backfill?${query}`);
      terminal.out(json ? JSON.stringify(answer) : `${name} sends everything since ${answer.from} again`);
    });
  return command;
}

const pathOf = (name: string): string => `/api/v1/forwards/${encodeURIComponent(name)}`;

const isTroubled = ({ failing, setAside, lostUnseen }: ForwardState): boolean =>
  failing !== null || setAside > 0 || lostUnseen > 0;

/** One line a forward, its trouble below it. */
export function describeForwards(forwards: readonly ForwardState[], colors: Terminal['colors']): string {
  if (forwards.length === 0) return 'There are no forwards: docs/forwards.md shows how to configure one';
  return forwards
    .flatMap((state) => {
      const { name, what, to, sent, waiting, refused, lost, leftOut, failing, setAside, lostUnseen } = state;
      // A pattern or a log group that is spelled wrongly shows in nothing else.
      const passed = leftOut > 0 ? `, ${leftOut} not asked for` : '';
      const mark = isTroubled(state) ? colors.red('✗') : colors.green('✓');
      const lines = [
        `${mark} ${name}: ${what} to ${to}, ${sent} sent, ${waiting} waiting, ${refused} refused, ${lost} lost${passed}`,
      ];
      if (failing) lines.push(`  cannot send since ${new Date(failing.since).toISOString()}: ${failing.error}`);
      if (setAside > 0) lines.push(`  ${setAside} refused records are set aside: trailbell forward refused ${name}`);
      if (lostUnseen > 0) lines.push(`  ${lostUnseen} records were removed by retention before they were sent`);
      return lines;
    })
    .join('\n');
}

const describeRefused = ({ at, refusedAt, reason, error, record }: RefusedRecord): string =>
  `${new Date(at).toISOString()} refused ${new Date(refusedAt).toISOString()}, ${reason}: ${error}\n  ${JSON.stringify(record)}`;
