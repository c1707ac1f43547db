import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { noFaults, type ReachFault } from '../../src/base/faults.ts';
import { systemIds } from '../../src/base/ids.ts';
import type { Log } from '../../src/base/log.ts';
import { createAcceptEvents } from '../../src/chain/logs/accept-events.ts';
import { unpackEvents } from '../../src/chain/logs/chunk.ts';
import { Signals } from '../../src/chain/signals.ts';
import { createAcceptRecords } from '../../src/intake/accept-records.ts';
import type { Store } from '../../src/store/store.ts';
import { nothingNext } from '../chain/nothing-next.ts';

export const FALLBACK = { scope: { account: '000000000000', region: 'us-east-1' }, group: 'CloudTrail/logs' };

/** Context and entrance of the chain over a store, with nothing behind it. */
export function intakeWorld(store: Store, clock: Clock = systemClock, reach: ReachFault = noFaults) {
  const logged: { message: string; fields: object }[] = [];
  const note = (fields: object, message: string) => void logged.push({ message, fields });
  const log: Log = { debug: () => undefined, info: () => undefined, warn: note, error: note };
  const context = { store, clock, ids: systemIds, log, reach, signals: new Signals() };
  return { context, logged, accept: createAcceptRecords(context, createAcceptEvents(context, nothingNext), FALLBACK) };
}

/** The ids of all stored events, sorted. */
export async function storedIds(store: Store): Promise<string[]> {
  const chunks = await store.read.selectFrom('log_chunks').selectAll().execute();
  return chunks
    .flatMap((chunk) => unpackEvents(chunk))
    .map(({ message }) => (JSON.parse(message) as { eventID: string }).eventID)
    .sort();
}

export const recordOf = (id: string, at: number, more: object = {}) => ({
  eventVersion: '1.11',
  eventID: id,
  eventTime: `${new Date(at).toISOString().slice(0, 19)}Z`,
  eventSource: 'iam.amazonaws.com',
  eventName: 'GetUser',
  eventType: 'AwsApiCall',
  awsRegion: 'us-east-1',
  recipientAccountId: '111122223333',
  ...more,
});

export interface Delivery {
  readonly at: number;
  readonly account?: string;
  readonly region?: string;
  /** Ids of its records. */
  readonly ids: readonly string[];
  /** Tells files of the same five minutes apart. */
  readonly unique?: string;
}

/** The key that CloudTrail gives a file, below `root`, such as `AWSLogs/o-abcdefghij/`. */
export function deliveryKey(root: string, delivery: Delivery): string {
  const { at, account = '111122223333', region = 'us-east-1', ids, unique = ids[0] ?? 'none' } = delivery;
  const iso = new Date(at).toISOString();
  const stamp = `${iso.slice(0, 16).replaceAll(/[-:]/g, '')}Z`;
  const day = iso.slice(0, 10).replaceAll('-', '/');
  const name = `${account}_CloudTrail_${region}_${stamp}_${unique.replaceAll(/\W/g, '')}.json.gz`;
  return `${root}${account}/CloudTrail/${region}/${day}/${name}`;
}

export const deliveryBody = ({ at, account = '111122223333', region = 'us-east-1', ids }: Delivery): Buffer =>
  gzipSync(
    JSON.stringify({
      Records: ids.map((id) => recordOf(id, at - 200_000, { awsRegion: region, recipientAccountId: account })),
    }),
  );

/** A bucket of an S3 server, as the one who writes into it sees it. */
export async function bucketOf(endpoint: string, name: string) {
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await client.send(new CreateBucketCommand({ Bucket: name }));
  const put = async (key: string, body: Uint8Array | string, metadata: Record<string, string> = {}) => {
    const { ETag } = await client.send(
      new PutObjectCommand({ Bucket: name, Key: key, Body: body, Metadata: metadata }),
    );
    return ETag ?? '';
  };
  return {
    client,
    put,
    deliver: (root: string, delivery: Delivery) => put(deliveryKey(root, delivery), deliveryBody(delivery)),
  };
}
