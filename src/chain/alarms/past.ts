import { tally } from './decision.ts';
import type { AlarmRule } from './rule.ts';
import { type Bucket, firstFrom, type Point, rangeOf } from './window.ts';

const MINUTE = 60_000;

/**
 * The first range, newest bucket first, that ends with a point at or after `from` and has enough points
 * over the threshold, judged as if each point had come in time. Gaps count as nothing: old data is no
 * proof of silence. `points` are sorted by time.
 */
export function firstAlarm(rule: AlarmRule, points: readonly Point[], from: number): Bucket[] | undefined {
  let last: number | undefined;
  for (let i = firstFrom(points, minuteOf(from)); i < points.length; i += 1) {
    const end = minuteOf(points[i]!.at) + MINUTE;
    if (end === last) continue;
    last = end;
    const range = rangeOf(rule, points, end);
    if (tally(rule, range).bad.length >= rule.datapointsToAlarm) return range;
  }
  return undefined;
}

const minuteOf = (time: number): number => time - (time % MINUTE);
