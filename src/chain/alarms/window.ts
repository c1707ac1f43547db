import { mergeSets, type StatisticSet, statisticOf } from '../metrics/statistic.ts';
import { type InputPoint, mathValues } from './math-range.ts';
import type { AlarmRule } from './rule.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A stored datapoint: the samples of one minute or second. */
export type Point = InputPoint;

/** One period of an alarm's range; `value` is absent where there is no data. */
export interface Bucket {
  readonly start: number;
  readonly samples: number;
  readonly value?: number;
}

/** When an alarm is judged, and up to where each judgement looks. All in milliseconds. */
export interface Schedule {
  /** Time between two judgements. */
  readonly step: number;
  /** Offset of the judgements into each step: the alarm's own second. */
  readonly phase: number;
  /** Windows end at whole multiples of this. */
  readonly grain: number;
  /** How long a window must be over before it is looked at. */
  readonly trail: number;
}

/**
 * AWS judges once a minute, short periods every 10 s, and spans beyond a day once an hour. Recorded
 * on AWS: the newest window is the one that ended at least 10 s ago, or just now for metric math.
 */
export function scheduleOf(rule: AlarmRule, phase: number): Schedule {
  const trail = rule.statistic.kind === 'math' ? 0 : 10 * SECOND;
  if (rule.period < MINUTE) return { step: 10 * SECOND, phase: phase % (10 * SECOND), grain: rule.period, trail };
  const span = rule.period * rule.evaluationPeriods;
  if (span > DAY) return { step: HOUR, phase: phase % MINUTE, grain: HOUR, trail: 0 };
  return { step: MINUTE, phase: phase % MINUTE, grain: MINUTE, trail };
}

/** End of the newest window that a judgement at `instant` may see. */
export const windowEnd = (schedule: Schedule, instant: number): number =>
  Math.floor((instant - schedule.trail) / schedule.grain) * schedule.grain;

/** End of the window that is still open at `instant`. */
export const openEnd = (schedule: Schedule, instant: number): number =>
  Math.floor(instant / schedule.grain) * schedule.grain + schedule.grain;

/** The first judgement at or after `instant`. */
export const nextInstant = (schedule: Schedule, instant: number): number =>
  Math.ceil((instant - schedule.phase) / schedule.step) * schedule.step + schedule.phase;

/** The first judgement whose window reaches beyond `time`. */
export function instantSeeing(schedule: Schedule, time: number): number {
  const end = Math.floor(time / schedule.grain) * schedule.grain + schedule.grain;
  return nextInstant(schedule, end + schedule.trail);
}

/** Buckets that a judgement looks at: a few more than N, so that late and sparse data still count. */
export const rangeLength = (rule: AlarmRule): number =>
  rule.evaluationPeriods + (rule.period < MINUTE ? MINUTE / rule.period : 2);

/** First instant of the range whose window ends at `end`. */
export const rangeStart = (rule: AlarmRule, end: number): number => end - rangeLength(rule) * rule.period;

/**
 * The range that ends at `end`, newest bucket first. Buckets slide with the window's end; they are
 * not aligned to the clock. `points` are sorted by time and may reach beyond the range on both sides.
 */
export function rangeOf(rule: AlarmRule, points: readonly Point[], end: number): Bucket[] {
  const length = rangeLength(rule);
  const start = end - length * rule.period;
  const { statistic } = rule;
  if (statistic.kind === 'math') {
    const seen = points.slice(firstFrom(points, start), firstFrom(points, end));
    const values = mathValues(statistic, seen, { start, until: end, period: rule.period });
    return Array.from({ length }, (_, age) => bucketOf(end - (age + 1) * rule.period, values));
  }
  const sets: (StatisticSet | undefined)[] = new Array(length);
  for (let i = firstFrom(points, start); i < points.length; i += 1) {
    const point = points[i]!;
    if (point.at >= end) break;
    const age = Math.ceil((end - point.at) / rule.period) - 1;
    const present = sets[age];
    sets[age] = present ? mergeSets(present, point) : point;
  }
  return Array.from(sets, (set, age) => {
    const bucket = { start: end - (age + 1) * rule.period, samples: set?.count ?? 0 };
    const value = set && statisticOf(set, statistic);
    return value === undefined ? bucket : { ...bucket, value };
  });
}

function bucketOf(start: number, values: ReadonlyMap<number, number>): Bucket {
  const value = values.get(start);
  return value === undefined ? { start, samples: 0 } : { start, samples: 1, value };
}

/** Index of the first point at or after `time`. */
export function firstFrom(points: readonly Point[], time: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (points[middle]!.at < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
