import { timeOf } from '../../trail/record.ts';
import { CommandError } from '../terminal.ts';

const DAY = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY, w: 7 * DAY, y: 365 * DAY };

/** What the time options of a command name: milliseconds, `from` included, `to` not. */
export interface Span {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/**
 * Reads `--start-time`, `--end-time` and `--since`: days (`2026-01-31`), moments (`2026-01-31T09:00:00Z`; without a
 * zone they are UTC) and ages (`90d`, `12h`, `4w`, `2y`). An end belongs to the span: the whole day, or the moment.
 */
export function spanOf(options: { startTime?: string; endTime?: string; since?: string }, now: number): Span {
  if (options.startTime !== undefined && options.since !== undefined) {
    throw new CommandError('--since and --start-time both say where to begin: give one of them');
  }
  const since = options.since === undefined ? undefined : now - ageOf(options.since);
  const from = options.startTime === undefined ? since : momentOf('--start-time', options.startTime);
  const to = options.endTime === undefined ? undefined : endOf(options.endTime);
  if (from !== undefined && to !== undefined && from >= to)
    throw new CommandError('the time span ends before it begins');
  return { from, to };
}

function ageOf(text: string): number {
  const [, count, unit] = /^(\d{1,6})([mhdwy])$/.exec(text) ?? [];
  if (count === undefined) throw new CommandError(`--since ${text} is no age: write it like 90d, 12h, 4w or 2y`);
  return Number(count) * UNITS[unit!]!;
}

function endOf(text: string): number {
  const moment = momentOf('--end-time', text);
  return isDay(text) ? moment + DAY : moment + 1;
}

function momentOf(option: string, text: string): number {
  const moment = isDay(text) ? timeOf(`${text}T00:00:00Z`) : timeOf(text.toUpperCase());
  const isReal = moment !== undefined && (!isDay(text) || new Date(moment).toISOString().startsWith(text));
  if (isReal) return moment;
  throw new CommandError(`${option} ${text} is no time: write it like 2026-01-31 or 2026-01-31T09:00:00Z`);
}

const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text);
