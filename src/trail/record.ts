type Json = Readonly<Record<string, unknown>>;

/** The text at a path of member names; undefined when anything on the way is missing or of another type. */
export function textAt(record: unknown, ...path: string[]): string | undefined {
  const value = valueAt(record, ...path);
  return typeof value === 'string' ? value : undefined;
}

/** The value at a path of member names of hostile JSON; looks at own members only. */
export function valueAt(record: unknown, ...path: string[]): unknown {
  let value = record;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Json)[name];
  }
  return value;
}

/** eventTime in milliseconds; undefined when it is missing or unreadable. */
export function eventTimeOf(record: unknown): number | undefined {
  return timeOf(textAt(record, 'eventTime'));
}

const BASIC = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const EXTENDED = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,3})\d*)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * ISO 8601 as CloudTrail writes it, the basic form of very old records and the blank that some tools
 * put in place of the T included. A time without a zone is UTC.
 */
export function timeOf(text: string | undefined): number | undefined {
  const usual = text === undefined || text.length !== USUAL.length ? undefined : timeOfDay(text);
  if (text === undefined || usual === undefined) return parseTime(text);
  const day = text.slice(0, DAY);
  let midnight = days.get(day);
  if (midnight === undefined) {
    const parsed = parseTime(text);
    if (parsed === undefined) return undefined;
    midnight = parsed - usual;
    if (days.size >= MOST_DAYS) days.clear();
    days.set(day, midnight);
  }
  return midnight + usual;
}

const USUAL = '2026-03-04T10:16:40Z';
const DAY = USUAL.indexOf('T');
/** Days that were read: most that follow are of the same ones, and parsing costs ten times as much. */
const days = new Map<string, number>();
const MOST_DAYS = 500;

/** Milliseconds since midnight; undefined where the text, of usual length, has no usual form. */
function timeOfDay(text: string): number | undefined {
  if (text[10] !== 'T' || text[13] !== ':' || text[16] !== ':' || text[19] !== 'Z') return undefined;
  const [hour, minute, second] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)];
  return hour < 24 && minute < 60 && second < 60 ? ((hour * 60 + minute) * 60 + second) * 1_000 : undefined;
}

/** NaN where there are none. */
function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - 48, text.charCodeAt(at + 1) - 48];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function parseTime(text: string | undefined): number | undefined {
  const whole = text?.replace(BASIC, '$1-$2-$3T$4:$5:$6Z');
  const [, day, time, fraction = '0', zone = 'Z'] = EXTENDED.exec(whole ?? '') ?? [];
  if (day === undefined) return undefined;
  const parsed = Date.parse(`${day}T${time}.${fraction.padEnd(3, '0')}${zone}`);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** The account whose trail got the record: recipientAccountId, else the caller's; undefined without either. */
export function recipientOf(record: unknown): string | undefined {
  return accountIn(textAt(record, 'recipientAccountId') ?? textAt(record, 'userIdentity', 'accountId'));
}

/** An account, where the text is one. */
export const accountIn = (text: string | undefined): string | undefined =>
  text !== undefined && /^\d{12}$/.test(text) ? text : undefined;

/** The stream that CloudTrail writes a record to: `111122223333_CloudTrail_us-east-1`. */
export function streamNameOf(record: unknown, fallback: { account: string; region: string }): string {
  const region = textAt(record, 'awsRegion') ?? '';
  return `${recipientOf(record) ?? fallback.account}_CloudTrail_${/^[a-z0-9-]{1,32}$/.test(region) ? region : fallback.region}`;
}

/** The GUID that tells deliveries of the same event apart from others. */
export function eventIdOf(record: unknown): string | undefined {
  return textAt(record, 'eventID');
}
