import { type Bucket, type Patience, readObject } from '../archive/bucket.ts';
import { inflated } from '../inflate.ts';
import type { DigestStore } from './verify-chain.ts';

const URL_OF_OBJECT = /^s3:\/\/([a-z0-9][a-z0-9._-]{1,62})\/(.*)$/s;

/** Digests and log files in buckets, by names like `s3://bucket/key`. */
export function bucketDigests(bucketNamed: (name: string) => Promise<Bucket>, patience: Patience): DigestStore {
  const placeOf = async (name: string) => {
    const [, bucket, key] = URL_OF_OBJECT.exec(name) ?? [];
    if (bucket === undefined || key === undefined) throw new Error(`${name} is no object of a bucket`);
    return { bucket: await bucketNamed(bucket), key };
  };
  async function* content(name: string): AsyncGenerator<Uint8Array> {
    const { bucket, key } = await placeOf(name);
    yield* readObject(bucket, key, { size: undefined, etag: undefined }, patience);
  }
  return {
    content: (name) => inflated(content(name)),
    async signature(name) {
      const { bucket, key } = await placeOf(name);
      return (await bucket.metadata(key)).signature;
    },
    nameOf: (_from, bucket, object) => `s3://${bucket}/${object}`,
    isAt: (name, bucket, object) => name === `s3://${bucket}/${object}`,
  };
}
