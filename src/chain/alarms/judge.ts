import { decide } from './decision.ts';
import { earlyEnd, mayRingEarly, type Outlook } from './early.ts';
import type { AlarmRule, AlarmState } from './rule.ts';
import {
  type Bucket,
  firstFrom,
  instantSeeing,
  nextInstant,
  type Point,
  rangeOf,
  rangeStart,
  type Schedule,
  windowEnd,
} from './window.ts';

/** An alarm as a judge sees it. */
export interface Judgeable {
  readonly rule: AlarmRule;
  readonly schedule: Schedule;
  /** What is known of data to come; without it the alarm is judged on its schedule alone. */
  readonly outlook: Outlook | undefined;
}

export interface Standing {
  readonly state: AlarmState;
  /** End of the newest window judged. It never moves back. */
  readonly judgedTo: number | undefined;
}

/** A change of state, with the range (newest bucket first) that decided it. */
export interface Transition {
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly at: number;
  readonly end: number;
  readonly range: readonly Bucket[];
}

export interface Advance {
  readonly standing: Standing;
  readonly transitions: readonly Transition[];
  /** When to look again; undefined while only new data can change anything. */
  readonly next: number | undefined;
}

/** A day of minutes: what is judged again after a longer stop would help nobody. */
export const MOST_JUDGEMENTS = 1_440;

/**
 * Brings an alarm up to `now`: the judgements its schedule had from `since` on, then, where it is
 * safe, the entry into ALARM that a coming judgement is sure to make. `points` are sorted by time and
 * cover every range involved (`rangeStart` of the earliest). `atOnce` adds a judgement right now, which a
 * new alarm gets.
 */
export function advance(
  alarm: Judgeable,
  standing: Standing,
  points: readonly Point[],
  since: number,
  now: number,
  atOnce = false,
): Advance {
  const { schedule } = alarm;
  const transitions: Transition[] = [];
  let current = standing;
  const note = (transition: Transition | undefined, end: number) => {
    if (transition) transitions.push(transition);
    current = { state: transition?.to ?? current.state, judgedTo: Math.max(current.judgedTo ?? end, end) };
  };
  const tryEarly = (at: number) => {
    const end =
      alarm.outlook && earlyEnd(alarm.rule, schedule, current.state, current.judgedTo, points, alarm.outlook, at + 1);
    if (end === undefined) return;
    const range = rangeOf(alarm.rule, points, end);
    note({ from: current.state, to: 'ALARM', at, end, range }, end);
  };

  let due = firstOf(alarm, standing, points, since, now);
  while (due !== undefined && due <= now) {
    note(judge(alarm, current, points, due), windowEnd(schedule, due));
    tryEarly(due);
    due = nextLook(alarm, current, points, due);
  }
  if (atOnce) note(judge(alarm, current, points, now), windowEnd(schedule, now));
  tryEarly(now);
  return { standing: current, transitions, next: nextLook(alarm, current, points, now) };
}

/** One judgement on schedule: the transition it makes, if any. */
function judge(alarm: Judgeable, standing: Standing, points: readonly Point[], at: number): Transition | undefined {
  const end = windowEnd(alarm.schedule, at);
  if (standing.judgedTo !== undefined && end < standing.judgedTo) return undefined;
  const range = rangeOf(alarm.rule, points, end);
  const verdict = decide(alarm.rule, range);
  if (verdict === 'keep' || verdict === standing.state) return undefined;
  return { from: standing.state, to: verdict, at, end, range };
}

/**
 * The first judgement after `after` that could change anything on present data; undefined when silence
 * changes nothing any more. This is what lets ten thousand quiet alarms cost nothing.
 */
export function nextLook(
  alarm: Judgeable,
  standing: Standing,
  points: readonly Point[],
  after: number,
): number | undefined {
  const { rule, schedule } = alarm;
  let next = nextInstant(schedule, after + 1);
  if (standing.judgedTo !== undefined && windowEnd(schedule, next) < standing.judgedTo)
    next = instantSeeing(schedule, standing.judgedTo - 1);
  if (!isAtRest(rule, standing.state)) return next;
  const visible = points[firstFrom(points, rangeStart(rule, windowEnd(schedule, next)))];
  if (!visible) return undefined;
  // A judgement that stood in the way of ringing early stands there no longer once it is made.
  if (alarm.outlook && visible.at <= after && mayRingEarly(rule, standing.state)) return next;
  return Math.max(next, instantSeeing(schedule, visible.at));
}

/** Whether an empty range leaves the state as it is. */
export function isAtRest(rule: AlarmRule, state: AlarmState): boolean {
  // Metric math may make values of nothing: FILL does.
  if (rule.statistic.kind === 'math') {
    const verdict = decide(rule, rangeOf(rule, [], 0));
    return verdict === 'keep' || verdict === state;
  }
  switch (rule.missing) {
    case 'ignore':
      return true;
    case 'missing':
      return state === 'INSUFFICIENT_DATA';
    case 'notBreaching':
      return state === 'OK';
    case 'breaching':
      return state === 'ALARM';
  }
}

function firstOf(
  alarm: Judgeable,
  standing: Standing,
  points: readonly Point[],
  since: number,
  now: number,
): number | undefined {
  const earliest = Math.max(since, now - MOST_JUDGEMENTS * alarm.schedule.step);
  return nextLook(alarm, standing, points, earliest - 1);
}
