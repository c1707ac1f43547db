import { Refusal } from '../../base/refusal.ts';
import { type MuteSchedule, parseMuteSchedule } from '../../chain/alarms/mute-schedule.ts';
import { instantOf, localDayAt } from '../../chain/alarms/time-zone.ts';
import type { MuteRule } from '../state.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** No single window lasts longer than 15 days: a silence of so long without a gap comes again and again. */
const FOR_EVER = 16 * DAY;

export type Muting = 'never' | 'at-times' | 'always' | 'unclear';

interface Window {
  readonly schedule: MuteSchedule;
  readonly from: number;
  readonly until: number;
}

/** How mute rules on one alarm, taken together, silence it from `now` on. */
export function mutingBy(rules: readonly MuteRule[], now: number): Muting {
  const windows: Window[] = [];
  for (const { Rule, Status, StartDate, ExpireDate } of rules) {
    if (Status === 'EXPIRED') continue;
    const until = ExpireDate === undefined ? Number.POSITIVE_INFINITY : Date.parse(ExpireDate);
    const from = StartDate === undefined ? Number.NEGATIVE_INFINITY : Date.parse(StartDate);
    if (Number.isNaN(until) || Number.isNaN(from)) return 'unclear';
    if (until <= now) continue;
    const { Expression, Duration, Timezone } = Rule.Schedule;
    try {
      windows.push({ schedule: parseMuteSchedule(Expression, Duration, Timezone), from, until });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return 'unclear';
    }
  }
  if (windows.length === 0) return 'never';
  return isWithoutGap(windows, now) ? 'always' : 'at-times';
}

/** Whether the windows, in the order in which they begin, leave no moment open until the silence counts as for ever. */
function isWithoutGap(windows: readonly Window[], now: number): boolean {
  const spans = windows.flatMap((window) => spansOf(window, now)).sort(([a], [b]) => a - b);
  let covered = now;
  for (const [start, end] of spans) {
    if (start > covered) break;
    covered = Math.max(covered, end);
  }
  return covered >= now + FOR_EVER;
}

type Span = readonly [start: number, end: number];

/** When a rule mutes, from before `now` until long after. */
function spansOf({ schedule, from, until }: Window, now: number): readonly Span[] {
  const spans: Span[] = [];
  for (let time = now - schedule.duration - DAY; time <= now + FOR_EVER + DAY; time += DAY) {
    const day = localDayAt(schedule.timeZone, time);
    if (!schedule.startsOn(day)) continue;
    const midnight = instantOf(schedule.timeZone, day, 0);
    // Where the clock is changed a start is off by that hour, which no silence for ever hangs on.
    for (const minute of schedule.minutes) {
      const start = midnight + minute * MINUTE;
      const end = Math.min(start + schedule.duration, until);
      if (end > Math.max(start, from, now)) spans.push([Math.max(start, from), end]);
    }
  }
  return spans;
}
