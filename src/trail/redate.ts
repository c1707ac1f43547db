import { eventTimeOf, timeOf } from './record.ts';

/** The newest eventTime in `examples/archive`, in milliseconds. */
export const EXAMPLES_END = Date.UTC(2026, 2, 4, 10, 24, 0);

const DATED = /"(eventTime|creationDate)"\s*:\s*"([^"\\]*)"/g;

/**
 * The same record, moved in time by `shift` milliseconds: eventTime and the session's creationDate
 * keep their distance. Everything else stays as written.
 */
export function redate(text: string, shift: number): string {
  return text.replace(DATED, (whole, name: string, value: string) => {
    const time = timeOf(value);
    return time === undefined ? whole : `"${name}":"${isoSeconds(time + shift)}"`;
  });
}

/** `2026-03-04T10:16:40Z`: whole seconds, as CloudTrail writes them. */
const isoSeconds = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

/** The newest eventTime of some records; undefined when none has one. */
export function newestOf(records: Iterable<unknown>): number | undefined {
  let newest: number | undefined;
  for (const record of records) {
    const time = eventTimeOf(record);
    if (time !== undefined && (newest === undefined || time > newest)) newest = time;
  }
  return newest;
}
