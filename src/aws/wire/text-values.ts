import { Unreadable } from './unreadable.ts';

/** Seconds since 1970, with or without a fraction, as a Date of whole milliseconds. */
export function dateFromEpoch(seconds: number): Date {
  const date = new Date(Math.round(seconds * 1000));
  if (Number.isNaN(date.getTime())) throw new Unreadable('A timestamp is out of range');
  return date;
}

const ISO_DATE = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?$/;

/** ISO 8601 text as a Date; without an offset it is UTC. */
export function dateFromIso(text: string): Date {
  const [, day, time = '00:00', offset = 'Z'] = ISO_DATE.exec(text) ?? [];
  const date = new Date(day === undefined ? Number.NaN : `${day}T${time}${offset}`);
  if (Number.isNaN(date.getTime())) throw new Unreadable(`'${text.slice(0, 100)}' is not a timestamp`);
  return date;
}

/** `2026-01-01T00:00:00Z`; a fraction only where there is one. */
export const isoFromDate = (date: Date): string => date.toISOString().replace('.000Z', 'Z');

export function bytesFromBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw new Unreadable('A binary member is not valid Base64');
  }
  return new Uint8Array(Buffer.from(text, 'base64'));
}

export const base64FromBytes = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
