import type { Datapoint } from './datapoints.ts';
import { mergeSets, type StatisticSet } from './statistic.ts';

/** The samples of one period. */
export interface Period {
  /** Its first instant. */
  readonly at: number;
  readonly samples: StatisticSet;
}

/** Cuts points into periods of `length` milliseconds from `start` on, by unit; periods without data are absent. */
export function periodsByUnit(
  points: readonly Datapoint[],
  start: number,
  length: number,
): ReadonlyMap<string, readonly Period[]> {
  const units = new Map<string, Map<number, StatisticSet>>();
  for (const point of points) {
    const at = point.at - ((point.at - start) % length);
    const periods = units.get(point.unit) ?? new Map<number, StatisticSet>();
    units.set(point.unit, periods);
    const known = periods.get(at);
    periods.set(at, known ? mergeSets(known, point) : point);
  }
  return new Map([...units].map(([unit, periods]) => [unit, [...periods].map(([at, samples]) => ({ at, samples }))]));
}

const DAY = 86_400_000;

/**
 * AWS documents how a start time is rounded down: to the minute within the last 15 days, to five
 * minutes within 63, to the hour before; for periods below a minute, to the period.
 */
export function roundedStart(start: number, period: number, now: number): number {
  const age = now - start;
  const grain = period < 60_000 ? period : age <= 15 * DAY ? 60_000 : age <= 63 * DAY ? 300_000 : 3_600_000;
  return Math.floor(start / grain) * grain;
}
