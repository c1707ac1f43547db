import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import { readDatapoints } from '../metrics/datapoints.ts';
import { tally } from './decision.ts';
import { type PointSource, pointsOf } from './point-source.ts';
import type { AlarmRule } from './rule.ts';
import { type Bucket, firstFrom, type Point, rangeLength, rangeOf } from './window.ts';

const MINUTE = 60_000;

/** An archive may hold years of minutes: they are read a part at a time, and mostly the first decides. */
const POINTS_PER_READ = 5_000;

/** `firstAlarm` over the stored points of an alarm, from the minute of `first` to that of `last`. */
export async function findAlarm(
  db: Kysely<Tables>,
  source: PointSource,
  rule: AlarmRule,
  first: number,
  last: number,
): Promise<Bucket[] | undefined> {
  const length = rangeLength(rule) * rule.period;
  const until = last + MINUTE;
  let tail: Point[] = [];
  let from = first - length;
  let judgeFrom = first;
  for (;;) {
    const read = await readDatapoints(db, source.metricIds, from, until, source.unit, POINTS_PER_READ);
    const isLast = read.length < POINTS_PER_READ;
    // The last minute of a part may go on in the next one.
    const end = isLast ? until : minuteOf(read.at(-1)!.at);
    const points = [
      ...tail,
      ...pointsOf(
        source,
        read.filter(({ at }) => at < end),
      ),
    ];
    const range = firstAlarm(rule, points, judgeFrom);
    if (range || isLast) return range;
    tail = points.filter(({ at }) => at >= end - length);
    judgeFrom = Math.max(first, end);
    from = end;
  }
}

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
