import { createReadStream, readFileSync } from 'node:fs';
import { type Bucket, MissingObject, readObject } from '../../trail/archive/bucket.ts';
import { keyBelowPrefix } from '../../trail/digest/digest-name.ts';
import { NoKeys, type PublicKey, publicKey, readPublicKeys } from '../../trail/digest/public-keys.ts';
import type { DigestStore } from '../../trail/digest/verify-chain.ts';
import { inflated } from '../../trail/inflate.ts';
import { CommandError } from '../terminal.ts';
import { bucketPath, PATIENCE } from './sources.ts';

/** Digests and log files in folders and in buckets, by the names that a search gives them. */
export function digestStore(bucketNamed: (name: string) => Promise<Bucket>): DigestStore {
  const isUrl = (name: string): boolean => name.startsWith('s3://');
  const bucketOf = async (name: string) => {
    const { bucket, prefix: key } = bucketPath(name);
    return { bucket: await bucketNamed(bucket), key };
  };
  async function* objectContent(name: string): AsyncGenerator<Uint8Array> {
    const { bucket, key } = await bucketOf(name);
    yield* readObject(bucket, key, { size: undefined, etag: undefined }, PATIENCE);
  }
  return {
    content(name) {
      return inflated(isUrl(name) ? objectContent(name) : fileContent(name));
    },
    async signature(name) {
      if (!isUrl(name)) return undefined;
      const { bucket, key } = await bucketOf(name);
      return (await bucket.metadata(key)).signature;
    },
    nameOf(from, bucket, object) {
      if (isUrl(from)) return `s3://${bucket}/${object}`;
      return from.slice(0, from.length - keyBelowPrefix(from).length) + keyBelowPrefix(object);
    },
    isAt(name, bucket, object) {
      // A folder does not tell which bucket it was copied from, nor the prefix above AWSLogs.
      if (!isUrl(name)) return keyBelowPrefix(name) === keyBelowPrefix(object);
      return name === `s3://${bucket}/${object}`;
    },
  };
}

async function* fileContent(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new MissingObject(`${path} is not there`);
    throw error;
  }
}

/** Public keys from a file that `aws cloudtrail list-public-keys` printed. */
export function keysFromFile(file: string): readonly PublicKey[] {
  try {
    return readPublicKeys(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const { message } = error as Error;
    const hint = 'it is what "aws cloudtrail list-public-keys" prints';
    throw new CommandError(`--public-keys ${file} cannot be used (${message}): ${hint}`);
  }
}

/** Public keys as CloudTrail gives them, for a region and a time. */
export async function keysFromAws(region: string, from: number, to: number): Promise<readonly PublicKey[]> {
  const { CloudTrailClient, ListPublicKeysCommand } = await import('@aws-sdk/client-cloudtrail');
  const client = new CloudTrailClient({ region });
  const keys: PublicKey[] = [];
  let page: string | undefined;
  try {
    do {
      const answer = await client.send(
        new ListPublicKeysCommand({ StartTime: new Date(from), EndTime: new Date(to), NextToken: page }),
      );
      for (const { Value, Fingerprint } of answer.PublicKeyList ?? []) {
        if (Value) keys.push(publicKey(Buffer.from(Value), Fingerprint));
      }
      page = answer.NextToken;
    } while (page !== undefined);
    return keys;
  } catch (error) {
    if (error instanceof NoKeys) throw error;
    const { name, message } = error as Error;
    throw new Error(`${name}: ${message}; or give --public-keys FILE, from "aws cloudtrail list-public-keys"`);
  } finally {
    client.destroy();
  }
}
