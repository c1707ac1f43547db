import { compactJson, memberText } from './compact-json.ts';
import { type ReadRecord, readRecord } from './read-record.ts';
import type { Damage } from './record-item.ts';
import { ValueSplitter } from './value-splitter.ts';

type Json = Record<string, unknown>;

/** Keys that only CloudTrail records have together; two of them suffice. */
export const RECORD_MARKS = [
  'eventVersion',
  'eventTime',
  'eventName',
  'eventSource',
  'userIdentity',
  'awsRegion',
  'eventID',
  'eventType',
];

/** With an object in one of these, it is an envelope whatever else it has. */
export const ENVELOPE_MARKS = ['s3', 'detail'];

/**
 * What one JSON value of a file holds: a record itself, or a record in EventBridge's envelope, in an
 * answer of LookupEvents, or several in a subscription message of CloudWatch Logs or in the results of
 * a Lake query. Digests hold none.
 */
export function unwrap(text: string, offset: number): (ReadRecord | Damage)[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return [damage(`not valid JSON: ${(error as Error).message}`, offset)];
  }
  return unwrapValue(value, text, offset, 0);
}

/** Envelopes within envelopes end here: S3 to EventBridge to a log group is the deepest in the wild. */
const DEEPEST = 4;

function unwrapValue(value: unknown, text: string, offset: number, depth: number): (ReadRecord | Damage)[] {
  if (!isObject(value) || depth > DEEPEST) return [damage('not a CloudTrail record', offset)];
  if (isRecord(value)) return [readRecord(compactJson(text), value)];
  if (isObject(value.detail)) return unwrapMember(value.detail, text, 'detail', offset, depth);
  if (typeof value.CloudTrailEvent === 'string') return unwrapText(value.CloudTrailEvent, offset, depth);
  for (const name of ['Records', 'Events']) {
    if (Array.isArray(value[name])) return unwrapList(memberText(text, name) ?? '[]', offset, depth);
  }
  if (value.messageType === 'CONTROL_MESSAGE') return [];
  if (Array.isArray(value.QueryResultRows))
    return value.QueryResultRows.flatMap((row) => unwrapRow(row, offset, depth));
  if (Array.isArray(value.logEvents)) {
    return value.logEvents.flatMap((event: unknown) =>
      isObject(event) && typeof event.message === 'string'
        ? unwrapText(event.message, offset, depth)
        : [damage('a log event without a message', offset)],
    );
  }
  if ('digestS3Object' in value) return [];
  if (isObject(value.s3)) return [damage('a notification of S3, not CloudTrail records', offset)];
  return [damage('not a CloudTrail record', offset)];
}

/** Elements by their source, not by JSON.stringify, which changes numbers and fails on hostile depth. */
function unwrapList(text: string, offset: number, depth: number): (ReadRecord | Damage)[] {
  return new ValueSplitter().feed(Buffer.from(text)).flatMap((piece) => {
    if (piece.kind === 'damage') return [{ ...piece, offset }];
    const element = piece.bytes.toString();
    return unwrapValue(JSON.parse(element), element, offset, depth + 1);
  });
}

/** A row of GetQueryResults: a list of objects with a column each. */
function unwrapRow(row: unknown, offset: number, depth: number): (ReadRecord | Damage)[] {
  const columns = Array.isArray(row) ? row.filter(isObject) : [];
  const text = columns.flatMap(Object.entries).find(([name]) => name.toLowerCase() === 'eventjson')?.[1];
  if (typeof text === 'string') return unwrapText(text, offset, depth);
  return [damage('a row of a Lake query without the column eventJson', offset)];
}

function unwrapMember(value: Json, text: string, name: string, offset: number, depth: number): (ReadRecord | Damage)[] {
  return unwrapValue(value, memberText(text, name) ?? '', offset, depth + 1);
}

function unwrapText(text: string, offset: number, depth: number): (ReadRecord | Damage)[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [damage('a log event that is not JSON', offset)];
  }
  return unwrapValue(value, text, offset, depth + 1);
}

function isRecord(value: Json): boolean {
  if (ENVELOPE_MARKS.some((mark) => isObject(value[mark]))) return false;
  let marks = 0;
  for (const mark of RECORD_MARKS) if (value[mark] !== undefined) marks += 1;
  return marks >= 2;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const damage = (message: string, offset: number): Damage => ({ kind: 'damage', message, offset, incomplete: false });
