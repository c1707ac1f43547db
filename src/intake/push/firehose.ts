import { Refusal } from '../../base/refusal.ts';
import { readRecords } from '../../trail/documents.ts';
import type { TrailItem } from '../../trail/record-item.ts';
import { inOneChunk } from './pushed-body.ts';

/**
 * A request of Amazon Data Firehose to an HTTP endpoint.
 * https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html
 */
export interface FirehoseRequest {
  /** The same for every attempt to deliver the same batch. */
  readonly requestId: string;
  readonly records: readonly Buffer[];
}

/** The most records of a batch that Firehose documents. */
const MOST_RECORDS = 10_000;

/** @throws Refusal 400 that says what is no request of Firehose */
export function readFirehose(body: Buffer, header: string | null): FirehoseRequest {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw notFirehose('the body is no JSON');
  }
  const { requestId, records } = (value ?? {}) as { requestId?: unknown; records?: unknown };
  if (typeof requestId !== 'string' || !/^[!-~]{1,256}$/.test(requestId)) throw notFirehose('requestId is missing');
  if (header !== null && header !== requestId) throw notFirehose('requestId is not that of X-Amz-Firehose-Request-Id');
  if (!Array.isArray(records) || records.length > MOST_RECORDS)
    throw notFirehose(`records is no list of at most ${MOST_RECORDS}`);
  return { requestId, records: records.map(dataOf) };
}

function dataOf(record: unknown, index: number): Buffer {
  const { data } = (record ?? {}) as { data?: unknown };
  if (typeof data !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(data))
    throw notFirehose(`records[${index}].data is not base64`);
  return Buffer.from(data, 'base64');
}

const notFirehose = (what: string): Refusal =>
  new Refusal('ValidationException', `This is no delivery of Firehose: ${what}.`, { status: 400 });

/** The CloudTrail records in a batch, each of whose pieces may be gzipped and hold several. */
export async function* itemsOf({ records }: FirehoseRequest): AsyncGenerator<TrailItem> {
  for (const record of records) yield* readRecords(inOneChunk(record));
}
