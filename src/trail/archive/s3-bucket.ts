import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { type Bucket, type BucketPage, FinalError } from './bucket.ts';
import { type S3Call, s3ErrorOf } from './s3-failure.ts';
import { type S3Get, s3Get } from './s3-get.ts';

const LISTING_ATTEMPTS = 3;
/** Connections to one host. */
const CONNECTIONS = 128;

export interface S3ClientSettings {
  /** Another address than AWS's own; buckets are then parts of the path. */
  readonly endpoint?: string | undefined;
  readonly region: string;
  /** Where AWS's own programs take them from, if not given: environment, profiles, roles. */
  readonly credentials?: S3ClientConfig['credentials'] | undefined;
  /** Attempts of a call, the first included; 3 unless given: whoever reads objects tries again by itself. */
  readonly attempts?: number | undefined;
}

/** A client for AWS's S3, or any other store that speaks it. */
export function s3Client({ endpoint, region, credentials, attempts = 3 }: S3ClientSettings): S3Client {
  const agent = { keepAlive: true, maxSockets: CONNECTIONS };
  const settings: S3ClientConfig = {
    region,
    followRegionRedirects: true,
    maxAttempts: attempts,
    // Content is checked by gzip, and by digests where it matters; other stores know only some checksums.
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, httpAgent: agent, httpsAgent: agent },
    ...(credentials && { credentials }),
  };
  return new S3Client(endpoint ? { ...settings, endpoint, forcePathStyle: true } : settings);
}

const gets = new WeakMap<S3Client, S3Get>();

/** One for a client: its buckets share connections. */
function getOf(client: S3Client): S3Get {
  const get = gets.get(client) ?? s3Get(client, CONNECTIONS);
  gets.set(client, get);
  return get;
}

export interface S3BucketSettings {
  /** Agrees to pay for what is read. */
  readonly requesterPays?: boolean | undefined;
}

/** The SDK tries a call again, but not one whose answer breaks off. */
async function again<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (let left = LISTING_ATTEMPTS - 1; ; left -= 1) {
    try {
      return await call();
    } catch (error) {
      if (left === 0 || error instanceof FinalError) throw error;
    }
  }
}

/** A bucket as `client` reaches it. */
export function s3Bucket(client: S3Client, name: string, settings: S3BucketSettings = {}): Bucket {
  const common = { Bucket: name, ...(settings.requesterPays && { RequestPayer: 'requester' as const }) };
  const quickly = getOf(client);
  const told = <Answer>(call: Omit<S3Call, 'bucket'>, send: () => Promise<Answer>): Promise<Answer> =>
    send().catch((error) => {
      throw s3ErrorOf(error, { bucket: name, ...call });
    });

  async function page(input: Omit<ListObjectsV2CommandInput, 'Bucket'>): Promise<BucketPage> {
    const list = () =>
      told({ action: 's3:ListBucket' }, () => client.send(new ListObjectsV2Command({ ...common, ...input })));
    const answer = await again(list);
    return {
      objects: (answer.Contents ?? []).map(({ Key, Size, ETag }) => ({ key: Key ?? '', size: Size ?? 0, etag: ETag })),
      prefixes: (answer.CommonPrefixes ?? []).flatMap(({ Prefix }) => Prefix ?? []),
      next: answer.IsTruncated ? answer.NextContinuationToken : undefined,
    };
  }

  const bucket: Bucket = {
    name,

    list: (prefix, isFlat, token) =>
      page({
        Prefix: prefix,
        ...(isFlat ? {} : { Delimiter: '/' }),
        ...(token === undefined ? {} : { ContinuationToken: token }),
      }),

    listAfter: (prefix, after) => page({ Prefix: prefix, ...(after > prefix && { StartAfter: after }) }),

    async *read(key, from, etag) {
      const headers = {
        ...(from > 0 && { range: `bytes=${from}-` }),
        ...(etag !== undefined && { 'if-match': etag }),
        ...(settings.requesterPays && { 'x-amz-request-payer': 'requester' }),
      };
      const content = await quickly(key, { bucket: name, headers }).catch(() => undefined);
      if (content) {
        yield* content;
        return;
      }
      const answer = await told({ action: 's3:GetObject', key }, () =>
        client.send(
          new GetObjectCommand({
            ...common,
            Key: key,
            ...(from > 0 ? { Range: `bytes=${from}-` } : {}),
            ...(etag === undefined ? {} : { IfMatch: etag }),
          }),
        ),
      );
      if (from > 0 && !answer.ContentRange?.startsWith(`bytes ${from}-`)) {
        throw new FinalError('the store cannot continue in the middle of an object');
      }
      yield* answer.Body as AsyncIterable<Uint8Array>;
    },

    async metadata(key) {
      const answer = await told({ action: 's3:GetObject', key }, () =>
        client.send(new HeadObjectCommand({ ...common, Key: key })),
      );
      return answer.Metadata ?? {};
    },

    async facts(key) {
      try {
        const { ContentLength, ETag } = await told({ action: 's3:GetObject', key }, () =>
          client.send(new HeadObjectCommand({ ...common, Key: key })),
        );
        return { key, size: ContentLength ?? 0, etag: ETag };
      } catch (error) {
        // Answers to HEAD have no body, and so no reason: reading tells it.
        if (error instanceof FinalError && error.failure?.kind === 'denied')
          for await (const _ of bucket.read(key, 0, undefined)) break;
        throw error;
      }
    },
  };
  return bucket;
}
