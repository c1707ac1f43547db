/** A number that AWS prints as a Java double, in text and in JSON: `1.0`, `1.0E7`. */
export class Double {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | Double
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/** `Double.toString` of Java: at least one decimal, scientific from 10^7 up and below 10^-3. */
export function javaDouble(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) {
    const text = Object.is(value, -0) ? '-0' : String(value);
    return text.includes('.') ? text : `${text}.0`;
  }
  if (!Number.isFinite(value)) return String(value);
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}

/** Compact JSON that keeps doubles as Java prints them. Members that are undefined are left out. */
export function writeJson(value: JsonValue): string {
  if (value instanceof Double) return javaDouble(value.value);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value as Readonly<Record<string, JsonValue | undefined>>)
    .filter((entry): entry is [string, JsonValue] => entry[1] !== undefined)
    .map(([key, member]) => `${JSON.stringify(key)}:${writeJson(member)}`);
  return `{${members.join(',')}}`;
}

/** `2026-03-04T10:16:40.123+0000`. */
export const offsetTime = (at: number): string => new Date(at).toISOString().replace('Z', '+0000');

/** `04/03/26 10:11:00`: day first, UTC. */
export function shortTime(at: number): string {
  const [date = '', time = ''] = new Date(at).toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  return `${day}/${month}/${year.slice(-2)} ${time.slice(0, 8)}`;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `Monday 14 September, 2026 11:18:44 UTC`. */
export function longTime(at: number): string {
  const date = new Date(at);
  const day = String(date.getUTCDate()).padStart(2, '0');
  const clock = date.toISOString().slice(11, 19);
  return `${DAYS[date.getUTCDay()]} ${day} ${MONTHS[date.getUTCMonth()]}, ${date.getUTCFullYear()} ${clock} UTC`;
}
