import type { Command } from 'commander';
import { durationOf } from '../base/duration.ts';
import { glob } from '../chain/access/glob.ts';
import { eachOf } from './each-of.ts';
import { Engine } from './engine.ts';
import { type EngineOptions, engineCommand } from './engine-subcommands.ts';
import { CommandError, type Terminal, terminalUser } from './terminal.ts';

interface ListOptions extends EngineOptions {
  readonly open?: boolean;
  readonly alarm?: string;
  readonly since: string;
  readonly limit: string;
}

/** What the own API says of a ring, as far as it matters here. */
interface Ring {
  readonly id: string;
  readonly at: number;
  readonly alarm: string;
  readonly account: string;
  readonly region: string;
  readonly kind: string;
  readonly newState: string;
  readonly headline: string;
  readonly acknowledgedAt: number | null;
  readonly acknowledgedBy: string | null;
  readonly silencedBy: string | null;
  readonly text?: string;
}

interface Acknowledged {
  readonly id: string;
  readonly acknowledgedAt: number;
  readonly acknowledgedBy: string;
}

/** Rings looked at in one go: as many as the own API gives. */
const MOST = 1_000;
/** Of an id. */
const FEWEST_CHARACTERS = 6;

export function ringCommand(terminal: Terminal): Command {
  const { command, subcommand } = engineCommand('ring', 'What has rung, and taking it on yourself.');

  subcommand('list', 'What has rung, the newest first.', 'list --open')
    .option('--open', 'only what nobody has acknowledged yet')
    .option('--alarm <name>', 'only of alarms of that name; * stands for any text')
    .option('--since <time>', 'a span such as 24h or 7d, or a time such as 2026-03-04T12:00:00Z', '7d')
    .option('--limit <n>', 'at most so many', '50')
    .action(async (options: ListOptions) => {
      const { open, alarm, json } = options;
      const query = { since: String(sinceOf(options.since)), ...(open && { open: 'true' }) };
      const looked = await ringsOf(new Engine(options.endpointUrl), query);
      if (looked.length === MOST) terminal.note(`Only the newest ${MOST} were looked at (--since).`);
      const rings = looked
        .filter((ring) => !open || isOpen(ring))
        .filter((ring) => alarm === undefined || glob(alarm, ring.alarm, ''))
        .slice(0, limitOf(options.limit));
      if (json) terminal.out(JSON.stringify({ rings: rings.map(({ text: _, ...ring }) => ring) }));
      else if (rings.length === 0) terminal.note(open ? 'Nothing waits for anybody.' : 'Nothing has rung.');
      else for (const ring of rings) terminal.out(lineOf(ring, terminal.colors));
    });

  subcommand(
    'acknowledge',
    'Take rings on: they and earlier ones of the same alarm are neither repeated nor escalated.',
    'acknowledge 1f0e2d3c --by Ada',
  )
    .argument('<id...>', `ids of rings, or their first ${FEWEST_CHARACTERS} characters and more`)
    .option('--by <name>', 'who takes them on; the user of this terminal unless given')
    .action(async (ids: string[], { endpointUrl, by, json }: EngineOptions & { by?: string }) => {
      const engine = new Engine(endpointUrl);
      const name = by ?? terminalUser();
      const take = async (id: string): Promise<Acknowledged> => {
        const path = `/api/v1/rings/${encodeURIComponent(id)}/acknowledge`;
        return { id, ...(await engine.send<Omit<Acknowledged, 'id'>>('POST', path, { by: name })) };
      };
      await eachOf(await wholeIds(engine, ids), take, (acknowledged) => {
        if (json) return terminal.out(JSON.stringify({ acknowledged }));
        for (const { id, acknowledgedAt, acknowledgedBy } of acknowledged)
          terminal.out(`${id} is acknowledged by ${acknowledgedBy} since ${timeOf(acknowledgedAt)}`);
      });
    });
  return command;
}

async function ringsOf(engine: Engine, query: Readonly<Record<string, string>>): Promise<Ring[]> {
  const parameters = new URLSearchParams({ ...query, limit: String(MOST) });
  const { rings } = await engine.get<{ rings: Ring[] }>(`/api/v1/rings?${parameters}`);
  return rings;
}

/** Whether it waits for somebody. What is silenced was told to nobody. */
const isOpen = ({ newState, acknowledgedAt, silencedBy }: Ring): boolean =>
  newState === 'ALARM' && acknowledgedAt === null && silencedBy === null;

function sinceOf(text: string): number {
  const span = durationOf(text);
  if (span !== undefined) return Math.max(0, Date.now() - span);
  const at = Date.parse(text);
  if (Number.isNaN(at) || at < 0) {
    throw new CommandError(`--since ${text} is no time: write it like 24h, 7d or 2026-03-04T12:00:00Z`);
  }
  return at;
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit;
  throw new CommandError(`--limit is a number from 1 to ${MOST}`);
}

/** The ids that begin so; each beginning must be of one ring. */
async function wholeIds(engine: Engine, beginnings: readonly string[]): Promise<string[]> {
  const whole: string[] = [];
  for (const beginning of beginnings) {
    if (beginning.length < FEWEST_CHARACTERS)
      throw new CommandError(`"${beginning}" is too short: give ${FEWEST_CHARACTERS} characters of an id, or more`);
    // What cannot be the beginning of an id is refused like one that there is not.
    const isHex = /^[0-9a-f-]{1,36}$/.test(beginning);
    const rings = isHex && beginning.length < 36 ? await ringsOf(engine, { id: beginning }) : [];
    const [found, ...others] = beginning.length === 36 ? [{ id: beginning }] : rings;
    if (!found) throw new CommandError(`there is no ring whose id begins with ${beginning} (trailbell ring list)`);
    if (others.length > 0) throw new CommandError(`${others.length + 1} rings have ids that begin with ${beginning}`);
    whole.push(found.id);
  }
  return whole;
}

function lineOf(ring: Ring, colors: Terminal['colors']): string {
  const { id, at, alarm, account, region, kind, headline } = ring;
  const state = stateOf(ring);
  const mark = isOpen(ring) ? colors.yellow('!') : colors.green('✓');
  return `${mark} ${timeOf(at)}  ${id}  ${alarm} in ${region} of ${account}, ${kind}, ${state}\n    ${headline}`;
}

function stateOf({ newState, acknowledgedAt, acknowledgedBy, silencedBy }: Ring): string {
  if (newState !== 'ALARM') return newState === 'OK' ? 'over' : newState;
  if (silencedBy !== null) return 'silenced';
  if (acknowledgedAt === null) return 'open';
  return `acknowledged by ${acknowledgedBy} at ${timeOf(acknowledgedAt)}`;
}

const timeOf = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
