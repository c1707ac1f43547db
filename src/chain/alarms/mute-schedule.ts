import { Refusal } from '../../base/refusal.ts';
import { dayOfDate, instantOf, isTimeZone, type LocalDay, localDayAt } from './time-zone.ts';

/** When a mute rule mutes. */
export interface MuteSchedule {
  readonly kind: 'at' | 'cron';
  readonly timeZone: string;
  /** Milliseconds. */
  readonly duration: number;
  /** Days on which windows begin. */
  readonly startsOn: (day: LocalDay) => boolean;
  /** Minutes of such a day at which they begin, the last first. */
  readonly minutes: readonly number[];
}

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const FIELDS: readonly Field[] = [
  { name: 'minutes', least: 0, most: 59 },
  { name: 'hours', least: 0, most: 23 },
  { name: 'day of month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, names: MONTHS },
  { name: 'day of week', least: 0, most: 6, names: DAYS },
];
const MINUTE = 60_000;
const DAY = 86_400_000;
/** AWS documents PT1M to P15D. */
const LONGEST = 15 * DAY;

/**
 * Reads `cron(0 2 * * SUN)` or `at(2026-05-10T14:00)` with an ISO 8601 duration.
 * @throws Refusal ValidationError
 */
export function parseMuteSchedule(expression: string, duration: string, timeZone = 'UTC'): MuteSchedule {
  if (!isTimeZone(timeZone)) throw invalid(`Schedule.Timezone ${timeZone} is not a known time zone`);
  const base = { timeZone, duration: durationOf(duration) };
  const [, cron] = /^cron\((.*)\)$/s.exec(expression) ?? [];
  if (cron !== undefined) return { kind: 'cron', ...base, ...cronOf(cron) };
  const [, date, hour, minute] = /^at\((\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):([0-5]\d)\)$/.exec(expression) ?? [];
  const day = date === undefined ? undefined : dayOfDate(date);
  if (!day)
    throw invalid(
      'Schedule.Expression must be cron(minutes hours day-of-month month day-of-week) or at(yyyy-MM-ddThh:mm)',
    );
  const isThatDay = ({ year, month, date: number }: LocalDay) =>
    year === day.year && month === day.month && number === day.date;
  return { kind: 'at', ...base, startsOn: isThatDay, minutes: [Number(hour) * 60 + Number(minute)] };
}

/** The end of the window that is open at `now`; undefined where none is. */
export function windowEndAt(schedule: MuteSchedule, now: number): number | undefined {
  const { timeZone, duration } = schedule;
  // The newest start decides: no earlier one lasts longer.
  for (let back = -1; back <= duration / DAY + 1; back += 1) {
    const day = localDayAt(timeZone, now - back * DAY);
    if (!schedule.startsOn(day)) continue;
    for (const minute of schedule.minutes) {
      const start = instantOf(timeZone, day, minute);
      if (start <= now) return start + duration > now ? start + duration : undefined;
    }
  }
  return undefined;
}

/** Whether a window is open now or may open later: false for an `at()` whose window is over. */
export function isOver(schedule: MuteSchedule, expression: string, now: number): boolean {
  if (schedule.kind === 'cron') return false;
  const day = dayOfDate(expression.slice(3, 13));
  return day !== undefined && instantOf(schedule.timeZone, day, schedule.minutes[0] ?? 0) + schedule.duration <= now;
}

function cronOf(text: string): Pick<MuteSchedule, 'startsOn' | 'minutes'> {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) throw invalid('A cron expression has five fields');
  const [minutes, hours, dates, months, weekdays] = parts.map((part, i) => setOf(part, FIELDS[i]!));
  const anyDate = parts[2] === '*';
  const anyWeekday = parts[4] === '*';
  const starts = [...hours!].flatMap((hour) => [...minutes!].map((minute) => hour * 60 + minute));
  return {
    minutes: starts.sort((a, b) => b - a),
    startsOn({ month, date, weekday }) {
      if (!months!.has(month)) return false;
      // As in every cron: where both are restricted, either will do.
      if (anyDate || anyWeekday) return dates!.has(date) && weekdays!.has(weekday);
      return dates!.has(date) || weekdays!.has(weekday);
    },
  };
}

/** The numbers of a field such as `*`, `1,3`, `MON-FRI`. */
function setOf(text: string, field: Field): Set<number> {
  const { least, most } = field;
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const [from, to = from, ...rest] = part === '*' ? [String(least), String(most)] : part.split('-');
    const [first, last] = [numberOf(from, field), numberOf(to, field)];
    if (rest.length > 0 || first === undefined || last === undefined || first > last)
      throw invalid(`Schedule.Expression has ${part} for the ${field.name}; ${least} to ${most} is wanted`);
    for (let number = first; number <= last; number += 1) found.add(number);
  }
  return found;
}

function numberOf(text: string | undefined, { least, most, names }: Field): number | undefined {
  const named = names?.indexOf(text?.toUpperCase() ?? '') ?? -1;
  if (named >= 0) return named + least;
  const number = /^\d{1,2}$/.test(text ?? '') ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}

function durationOf(text: string): number {
  const form = /^P(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,5})M)?(?:(\d{1,7})S)?)?$/;
  const [, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = form.exec(text) ?? [];
  const hoursInAll = (Number(weeks) * 7 + Number(days)) * 24 + Number(hours);
  const duration = (hoursInAll * 60 + Number(minutes)) * MINUTE + Number(seconds) * 1_000;
  if (duration >= MINUTE && duration <= LONGEST) return duration;
  throw invalid('Schedule.Duration must be an ISO 8601 duration from PT1M to P15D');
}

const invalid = (message: string): Refusal => new Refusal('ValidationError', message);
