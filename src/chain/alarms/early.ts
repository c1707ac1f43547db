import { decide, isReal, tally } from './decision.ts';
import { type AlarmRule, type AlarmState, breaches } from './rule.ts';
import { type Bucket, nextInstant, openEnd, type Point, rangeOf, type Schedule, windowEnd } from './window.ts';

/** What is known of the data that may still come. */
export interface Outlook {
  /**
   * Whether every point that can still come breaches by itself: the metric is fed by metric filters
   * alone, none has a default value, and each counts a constant that is over the threshold.
   */
  readonly everyPointBreaches: boolean;
}

const GROWING: ReadonlySet<string> = new Set(['Sum', 'SampleCount', 'Maximum']);

/**
 * The end of the window by which the alarm may enter ALARM at `instant`, before its schedule would
 * say so; undefined where it must wait. Ringing early must never change what would have happened:
 *
 * - A pending judgement, whatever data still comes, is sure to say ALARM. For sums, counts and
 *   maxima over a threshold a bad bucket stays bad; and where good data may still fill a gap, only
 *   the newest N buckets count, because nothing can push those out.
 * - No judgement before that one can make another transition. At most one may come in between, it
 *   changes nothing on present data, and no data that can still arrive lets it say anything but
 *   ALARM or the present state.
 */
export function earlyEnd(
  rule: AlarmRule,
  schedule: Schedule,
  state: AlarmState,
  judgedTo: number | undefined,
  points: readonly Point[],
  outlook: Outlook,
  instant: number,
): number | undefined {
  if (!mayRingEarly(rule, state)) return undefined;
  const last = openEnd(schedule, instant);
  let unsure = 0;
  for (let due = nextInstant(schedule, instant); ; due += schedule.step) {
    const end = windowEnd(schedule, due);
    // A window that was judged ahead of its schedule is not judged again.
    if (end >= (judgedTo ?? end)) {
      const range = rangeOf(rule, points, end);
      if (isSureAlarm(rule, range, outlook) && isNonNegative(rule, points, range, end)) return end;
      unsure += 1;
      if (unsure > 1 || !staysOrAlarms(rule, state, range, outlook)) return undefined;
    }
    if (end >= last) return undefined;
  }
}

/** Whether more data can only move a bucket further over the threshold, and nothing rings yet. */
export const mayRingEarly = (rule: AlarmRule, state: AlarmState): boolean =>
  state !== 'ALARM' &&
  rule.statistic.kind === 'plain' &&
  GROWING.has(rule.statistic.name) &&
  rule.operator.startsWith('GreaterThan');

/** A sum shrinks when negative values come. Counts and maxima do not. */
function isNonNegative(rule: AlarmRule, points: readonly Point[], range: readonly Bucket[], end: number): boolean {
  if (rule.statistic.name !== 'Sum') return true;
  const start = range.at(-1)?.start ?? end;
  return points.every((point) => point.minimum >= 0 || point.at < start || point.at >= end);
}

function isSureAlarm(rule: AlarmRule, range: readonly Bucket[], outlook: Outlook): boolean {
  const bad = outlook.everyPointBreaches
    ? tally(rule, range).bad
    : range.slice(0, rule.evaluationPeriods).filter((bucket) => isReal(bucket) && breaches(rule, bucket.value));
  return bad.length >= rule.datapointsToAlarm;
}

/** Whether a judgement of this range can, with any further data, only say ALARM or leave `state` as it is. */
function staysOrAlarms(rule: AlarmRule, state: AlarmState, range: readonly Bucket[], outlook: Outlook): boolean {
  const verdict = decide(rule, range);
  // With data in the range it never becomes INSUFFICIENT_DATA, so that OK can only stay or ring.
  if (state === 'OK') return verdict !== 'INSUFFICIENT_DATA';
  // A single good point makes INSUFFICIENT_DATA an OK, so none may come.
  return outlook.everyPointBreaches && verdict !== 'OK';
}
