/** A day on the calendar of some place. */
export interface LocalDay {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly date: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

const MINUTE = 60_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Zones known to this process; bounded, because names come from clients. */
const MOST_FORMATS = 500;

export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** The day that an instant falls on in a time zone. */
export function localDayAt(timeZone: string, at: number): LocalDay {
  return dayAt(at + offsetAt(timeZone, at));
}

/** The day of a date such as `2026-05-10`; undefined where the calendar has no such day. */
export function dayOfDate(text: string): LocalDay | undefined {
  const at = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text ? undefined : dayAt(at);
}

/**
 * The instant at which clocks in a zone show a minute of a day. One that is skipped in spring is an hour
 * later; one that comes twice in autumn is the first.
 */
export function instantOf(timeZone: string, { year, month, date }: LocalDay, minuteOfDay: number): number {
  const shown = Date.UTC(year, month - 1, date) + minuteOfDay * MINUTE;
  const candidates = [offsetAt(timeZone, shown - 86_400_000), offsetAt(timeZone, shown + 86_400_000)];
  for (const offset of candidates) if (offsetAt(timeZone, shown - offset) === offset) return shown - offset;
  return shown - candidates[0]!;
}

function dayAt(shown: number): LocalDay {
  const day = new Date(shown);
  const [year, month, date] = [day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate()];
  return { year, month, date, weekday: day.getUTCDay() };
}

/** What clocks in a zone show, less UTC, in milliseconds. */
function offsetAt(timeZone: string, at: number): number {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1_000) * 1_000;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric' } as const;
  const rest = { minute: 'numeric', second: 'numeric', hourCycle: 'h23', calendar: 'gregory' } as const;
  const made = new Intl.DateTimeFormat('en-US', { timeZone, ...fields, ...rest });
  if (formats.size >= MOST_FORMATS) formats.clear();
  formats.set(timeZone, made);
  return made;
}
