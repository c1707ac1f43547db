import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { type Bucket, FinalError, MissingObject } from '../../trail/archive/bucket.ts';

/** Connections to one host. */
const CONNECTIONS = 128;

/**
 * A client for AWS's S3, or any other store that speaks it. Credentials, region and endpoint come from where AWS's own
 * programs take them: environment, profiles, roles.
 */
export function s3Client(endpoint: string | undefined): S3Client {
  const agent = { keepAlive: true, maxSockets: CONNECTIONS };
  const settings: S3ClientConfig = {
    region: process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1',
    followRegionRedirects: true,
    maxAttempts: 6,
    // Content is checked by gzip, and by digests where it matters; other stores know only some checksums.
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, httpAgent: agent, httpsAgent: agent },
  };
  const named = endpoint ?? process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  return new S3Client(named ? { ...settings, endpoint: named, forcePathStyle: true } : settings);
}

/** A bucket as `client` reaches it. */
export function s3Bucket(client: S3Client, name: string): Bucket {
  return {
    name,

    async list(prefix, isFlat, page) {
      const answer = await told(() =>
        client.send(
          new ListObjectsV2Command({
            Bucket: name,
            Prefix: prefix,
            ...(isFlat ? {} : { Delimiter: '/' }),
            ...(page === undefined ? {} : { ContinuationToken: page }),
          }),
        ),
      );
      return {
        objects: (answer.Contents ?? []).map(({ Key, Size, ETag }) => ({
          key: Key ?? '',
          size: Size ?? 0,
          etag: ETag,
        })),
        prefixes: (answer.CommonPrefixes ?? []).flatMap(({ Prefix }) => Prefix ?? []),
        next: answer.IsTruncated ? answer.NextContinuationToken : undefined,
      };
    },

    async *read(key, from, etag) {
      const answer = await told(() =>
        client.send(
          new GetObjectCommand({
            Bucket: name,
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
      const answer = await told(() => client.send(new HeadObjectCommand({ Bucket: name, Key: key })));
      return answer.Metadata ?? {};
    },
  };
}

/** Runs a call, and says in a sentence why it failed. */
async function told<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    const status = $metadata?.httpStatusCode ?? 0;
    const text = reasonOf(name, message, status);
    if (name === 'NoSuchKey' || (status === 404 && name !== 'NoSuchBucket')) throw new MissingObject(text);
    // Everything else may pass: throttling, faults of the store, broken connections.
    if (name === 'CredentialsProviderError' || (status >= 400 && status < 500 && status !== 408 && status !== 429)) {
      throw new FinalError(text);
    }
    throw new Error(text);
  }
}

function reasonOf(name: string, message: string, status: number): string {
  if (name === 'CredentialsProviderError') {
    return 'no credentials: export AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
  }
  if (name === 'NoSuchBucket') return 'there is no such bucket';
  if (status === 412) return 'the object was replaced while it was read';
  if (status === 403)
    return `access is denied (${name}: s3:ListBucket and s3:GetObject are needed, kms:Decrypt where it is encrypted)`;
  if (status === 404) return 'there is no such object';
  return `${name}: ${message}`;
}
