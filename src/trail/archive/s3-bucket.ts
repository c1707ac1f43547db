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

/** Connections to one host. */
const CONNECTIONS = 128;

export interface S3ClientSettings {
  /** Another address than AWS's own; buckets are then parts of the path. */
  readonly endpoint?: string | undefined;
  readonly region: string;
  /** Where AWS's own programs take them from, if not given: environment, profiles, roles. */
  readonly credentials?: S3ClientConfig['credentials'] | undefined;
  /** Attempts of a call, the first included; 6 unless given. */
  readonly attempts?: number | undefined;
}

/** A client for AWS's S3, or any other store that speaks it. */
export function s3Client({ endpoint, region, credentials, attempts = 6 }: S3ClientSettings): S3Client {
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

export interface S3BucketSettings {
  /** Agrees to pay for what is read. */
  readonly requesterPays?: boolean | undefined;
}

/** A bucket as `client` reaches it. */
export function s3Bucket(client: S3Client, name: string, settings: S3BucketSettings = {}): Bucket {
  const common = { Bucket: name, ...(settings.requesterPays && { RequestPayer: 'requester' as const }) };
  const told = <Answer>(call: Omit<S3Call, 'bucket'>, send: () => Promise<Answer>): Promise<Answer> =>
    send().catch((error) => {
      throw s3ErrorOf(error, { bucket: name, ...call });
    });

  async function page(input: Omit<ListObjectsV2CommandInput, 'Bucket'>): Promise<BucketPage> {
    const answer = await told({ action: 's3:ListBucket' }, () =>
      client.send(new ListObjectsV2Command({ ...common, ...input })),
    );
    return {
      objects: (answer.Contents ?? []).map(({ Key, Size, ETag }) => ({ key: Key ?? '', size: Size ?? 0, etag: ETag })),
      prefixes: (answer.CommonPrefixes ?? []).flatMap(({ Prefix }) => Prefix ?? []),
      next: answer.IsTruncated ? answer.NextContinuationToken : undefined,
    };
  }

  return {
    name,

    list: (prefix, isFlat, token) =>
      page({
        Prefix: prefix,
        ...(isFlat ? {} : { Delimiter: '/' }),
        ...(token === undefined ? {} : { ContinuationToken: token }),
      }),

    listAfter: (prefix, after) => page({ Prefix: prefix, ...(after > prefix && { StartAfter: after }) }),

    async *read(key, from, etag) {
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
      const { ContentLength, ETag } = await told({ action: 's3:GetObject', key }, () =>
        client.send(new HeadObjectCommand({ ...common, Key: key })),
      );
      return { key, size: ContentLength ?? 0, etag: ETag };
    },
  };
}
