import { Refusal } from '../../base/refusal.ts';
import { type MuteSchedule, parseMuteSchedule, windowEndAt } from '../../chain/alarms/mute-schedule.ts';
import type { MuteRule } from '../state.ts';

const DAY = 86_400_000;
/** A silence without a gap of this length is as good as for ever. */
const FOR_EVER = 30 * DAY;
/** Enough looks for windows of a minute over an hour, and of an hour over a month. */
const MOST_LOOKS = 1_000;

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

/** Goes from the end of one window to the next, until a moment that none covers. */
function isWithoutGap(windows: readonly Window[], now: number): boolean {
  let time = now;
  for (let look = 0; look < MOST_LOOKS && time < now + FOR_EVER; look += 1) {
    const end = Math.max(...windows.map((window) => endAt(window, time) ?? time));
    if (end === time) return false;
    time = end;
  }
  return true;
}

function endAt({ schedule, from, until }: Window, time: number): number | undefined {
  if (time < from || time >= until) return undefined;
  const end = windowEndAt(schedule, time);
  return end === undefined ? undefined : Math.min(end, until);
}
