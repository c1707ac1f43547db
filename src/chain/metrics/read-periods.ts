import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import { readDatapoints } from './datapoints.ts';
import { findMetric, type MetricName } from './metric.ts';
import { type Period, periodsByUnit, roundedStart } from './series.ts';

/** What is asked for, in milliseconds; the end does not belong to it. */
export interface AskedSpan {
  readonly start: number;
  readonly until: number;
  readonly period: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTE = 60_000;

/** AWS documents that older points are seen only in periods that are multiples of these. */
const COARSER: readonly { readonly age: number; readonly multiple: number }[] = [
  { age: 63 * DAY, multiple: 60 * MINUTE },
  { age: 15 * DAY, multiple: 5 * MINUTE },
  { age: 3 * HOUR, multiple: MINUTE },
];

/** The samples of a metric by unit and period. Periods start at `roundedStart`. */
export async function readPeriods(
  db: Kysely<Tables>,
  metric: MetricName,
  { start, until, period }: AskedSpan,
  unit: string | undefined,
  now: number,
): Promise<ReadonlyMap<string, readonly Period[]>> {
  const from = roundedStart(start, period, now);
  const id = await findMetric(db, metric);
  if (id === undefined) return new Map();
  const stored = await readDatapoints(db, id, from, until, unit);
  return periodsByUnit(
    stored.filter(({ at }) => isSeen(now - at, period)),
    from,
    period,
  );
}

function isSeen(age: number, period: number): boolean {
  const rule = COARSER.find((coarser) => age > coarser.age);
  return rule === undefined || period % rule.multiple === 0;
}
