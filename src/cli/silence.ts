import type { Command } from 'commander';
import type { SilenceMatcher } from '../chain/answers/silence-matcher.ts';
import type { Silence } from '../chain/answers/silences.ts';
import { eachOf } from './each-of.ts';
import { Engine } from './engine.ts';
import { type EngineOptions, engineCommand } from './engine-subcommands.ts';
import { CommandError, type Terminal, terminalUser } from './terminal.ts';

/** The options of `create`, all but those of every command: the members of the matcher, and the rest. */
interface Wish extends EngineOptions, SilenceMatcher {
  readonly reason: string;
  readonly owner?: string;
  readonly until: string;
}

export function silenceCommand(terminal: Terminal): Command {
  const { command, subcommand } = engineCommand(
    'silence',
    'Rings that nobody is told of for a while, with a reason, an owner and an end.',
  );

  subcommand(
    'create',
    'Tell nobody of rings that fit all that is given; * stands for any text. They are kept and shown.',
    'create --alarm "cis-4.*" --until 4h --reason "moving the buckets" --owner Ada',
  )
    .option('--alarm <name>', 'name of the alarm')
    .option('--account <id>', 'account of the alarm')
    .option('--region <name>', 'region of the alarm')
    .option('--severity <word>', 'severity by the tag of the alarm')
    .option('--principal <name>', 'who did all that the ring is about')
    .option('--source-address <address>', 'where all of it came from')
    .requiredOption('--until <time>', 'a span such as 30m, 4h or 2d, or a time such as 2026-03-04T12:00:00Z')
    .requiredOption('--reason <text>', 'why')
    .option('--owner <name>', 'who answers for it; the user of this terminal unless given')
    .action(async ({ endpointUrl, json, until, reason, owner, ...matcher }: Wish) => {
      if (Object.keys(matcher).length === 0)
        throw new CommandError(
          'which rings? Give --alarm, --account, --region, --severity, --principal or --source-address',
        );
      const wish = { matcher, until, reason, owner: owner ?? terminalUser() };
      const made = await new Engine(endpointUrl).send<Silence>('POST', '/api/v1/silences', wish);
      terminal.out(json ? JSON.stringify(made) : lineOf(made));
    });

  subcommand('list', 'Silences in force, the one that ends last first.', 'list --all')
    .option('--all', 'those that are over, too')
    .action(async ({ endpointUrl, json, all }: EngineOptions & { all?: boolean }) => {
      const path = `/api/v1/silences${all ? '?all=true' : ''}`;
      const { silences } = await new Engine(endpointUrl).get<{ silences: Silence[] }>(path);
      if (json) terminal.out(JSON.stringify({ silences }));
      else if (silences.length === 0) terminal.note('Nothing is silenced.');
      else for (const silence of silences) terminal.out(lineOf(silence));
    });

  subcommand('end', 'End silences now: what comes next rings again.', 'end 0d9f9a3e-aaaa-4bbb-8ccc-ddddeeeeffff')
    .argument('<id...>', 'ids of silences')
    .action(async (ids: string[], { endpointUrl, json }: EngineOptions) => {
      const engine = new Engine(endpointUrl);
      const end = async (id: string) => {
        await engine.send('DELETE', `/api/v1/silences/${encodeURIComponent(id)}`);
        return id;
      };
      await eachOf(ids, end, (ended) => {
        if (json) terminal.out(JSON.stringify({ ended }));
        else for (const id of ended) terminal.out(`${id} is over`);
      });
    });
  return command;
}

const timeOf = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');

function lineOf({ id, matcher, reason, owner, endsAt }: Silence): string {
  const what = Object.entries(matcher).map(([name, value]) => `${name} ${value}`);
  return `${id}  ${what.join(', ')}, until ${timeOf(endsAt)}, by ${owner}: ${reason}`;
}
