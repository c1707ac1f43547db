import { eventTimeOf, recipientOf } from '../record.ts';
import { isOtherService, type ObjectKey, readObjectKey } from './object-key.ts';

/** Which part of an archive is asked for. Times are milliseconds, `from` included, `to` not. */
export interface Selection {
  /** Twelve digits each; undefined for all. */
  readonly accounts?: ReadonlySet<string> | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Stamps are rounded, and clocks of AWS services differ by seconds. */
const EARLY = 15 * 60_000;

/**
 * How long after an event CloudTrail may still deliver it. Minutes as a rule; after an outage of a
 * service, hours. Files stamped later than this after the end are not read.
 */
export const LATEST_DELIVERY = 2 * 24 * 3_600_000;

const DAY = 24 * 3_600_000;

/** False where the key alone shows that a file holds nothing of the selection. */
export function mayHold(key: ObjectKey, selection: Selection): boolean {
  if (selection.accounts && !selection.accounts.has(key.account)) return false;
  // The day of a query's result says nothing about the days of the events in it.
  if (key.delivery === 'lake-query') return true;
  const [first, last] = key.deliveredAt === undefined ? [key.day, key.day + DAY] : [key.deliveredAt, key.deliveredAt];
  if (selection.from !== undefined && last < selection.from - EARLY) return false;
  return selection.to === undefined || first < selection.to + LATEST_DELIVERY;
}

/** True where a record belongs to the selection. One without a readable time or account cannot be left out. */
export function holdsRecord(record: unknown, selection: Selection, accountOfFile?: string): boolean {
  if (selection.accounts) {
    const account = recipientOf(record) ?? accountOfFile;
    if (account !== undefined && !selection.accounts.has(account)) return false;
  }
  if (selection.from === undefined && selection.to === undefined) return true;
  const time = eventTimeOf(record);
  if (time === undefined) return true;
  if (selection.from !== undefined && time < selection.from) return false;
  return selection.to === undefined || time < selection.to;
}

const FOLDER =
  /(?:^|\/)AWSLogs\/(?:(?:o-[a-z0-9]{10,32})\/)?(\d{12})(?:\/(CloudTrail[A-Za-z-]*)(?:\/([^/]+)(?:\/(\d{4})(?:\/(\d\d)(?:\/(\d\d))?)?)?)?)?\/?$/;

/**
 * False where nothing below a folder can belong to the selection: another account's, another
 * service's, or of another year, month or day. `path` has no file name.
 */
export function mayLieBelow(path: string, selection: Selection): boolean {
  if (isOtherService(`${path}/`)) return false;
  const [, account, service, , year, month, day] = FOLDER.exec(path) ?? [];
  if (account === undefined) return true;
  if (selection.accounts && !selection.accounts.has(account)) return false;
  if (year === undefined || service === 'CloudTrail-Lake') return true;
  const first = Date.UTC(+year, month ? +month - 1 : 0, day ? +day : 1);
  const end = month ? (day ? first + DAY : Date.UTC(+year, +month, 1)) : Date.UTC(+year + 1, 0, 1);
  if (selection.from !== undefined && end <= selection.from - EARLY) return false;
  return selection.to === undefined || first < selection.to + LATEST_DELIVERY;
}

/** True for a month or day of which everything is selected: what lies below need not be looked at folder by folder. */
export function isWhollySelected(path: string, selection: Selection): boolean {
  const [, , , , year, month, day] = FOLDER.exec(path) ?? [];
  if (year === undefined || month === undefined) return false;
  if (day !== undefined) return true;
  const [first, end] = [Date.UTC(+year, +month - 1, 1), Date.UTC(+year, +month, 1)];
  if (selection.from !== undefined && first < selection.from) return false;
  return selection.to === undefined || end <= selection.to + LATEST_DELIVERY;
}

const RECORD_FILE = /\.(?:json|jsonl|ndjson|log|csv)(?:\.gz)?$|\.gz$/i;
/** Firehose names its objects by time and a random id, without an ending. */
const FIREHOSE_OBJECT = /-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9a-f-]{36}$/;

/** Why a file that was found is not read. Digests, and the signatures of Lake queries, hold no records. */
export type SkipReason = 'digest' | 'other service' | 'other kind' | 'not selected' | 'empty';

/** Why a file below a folder is not read; undefined for one that is. */
export function reasonToSkip(path: string, selection: Selection): SkipReason | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (isOtherService(path)) return 'other service';
  const key = readObjectKey(path);
  if (key?.delivery === 'digest' || path.includes('/CloudTrail-Digest/')) return 'digest';
  if (!RECORD_FILE.test(name) && !FIREHOSE_OBJECT.test(name)) return 'other kind';
  // Beside the results of a Lake query lies their signature.
  if (name === 'result_sign.json') return 'digest';
  return key && !mayHold(key, selection) ? 'not selected' : undefined;
}
