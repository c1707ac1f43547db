import { createReadStream, readFileSync } from 'node:fs';
import { type Bucket, MissingObject } from '../../trail/archive/bucket.ts';
import { awsPublicKeys } from '../../trail/digest/aws-public-keys.ts';
import { bucketDigests } from '../../trail/digest/bucket-digests.ts';
import { keyBelowPrefix } from '../../trail/digest/digest-name.ts';
import { NoKeys, type PublicKey, readPublicKeys } from '../../trail/digest/public-keys.ts';
import type { DigestStore } from '../../trail/digest/verify-chain.ts';
import { inflated } from '../../trail/inflate.ts';
import { CommandError } from '../terminal.ts';
import { PATIENCE } from './sources.ts';

/** Digests and log files in folders and in buckets, by the names that a search gives them. */
export function digestStore(bucketNamed: (name: string) => Promise<Bucket>): DigestStore {
  const isUrl = (name: string): boolean => name.startsWith('s3://');
  const buckets = bucketDigests(bucketNamed, PATIENCE);
  return {
    content: (name) => (isUrl(name) ? buckets.content(name) : inflated(fileContent(name))),
    signature: async (name) => (isUrl(name) ? buckets.signature(name) : undefined),
    nameOf(from, bucket, object) {
      if (isUrl(from)) return buckets.nameOf(from, bucket, object);
      return from.slice(0, from.length - keyBelowPrefix(from).length) + keyBelowPrefix(object);
    },
    isAt(name, bucket, object) {
      // A folder does not tell which bucket it was copied from, nor the prefix above AWSLogs.
      return isUrl(name) ? buckets.isAt(name, bucket, object) : keyBelowPrefix(name) === keyBelowPrefix(object);
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
  try {
    return await awsPublicKeys(region, from, to);
  } catch (error) {
    if (error instanceof NoKeys) throw error;
    const { name, message } = error as Error;
    throw new Error(`${name}: ${message}; or give --public-keys FILE, from "aws cloudtrail list-public-keys"`);
  }
}
