import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { s3Bucket, s3Client } from '../../src/trail/archive/s3-bucket.ts';
import { bucketOf } from '../intake/trail-world.ts';
import { hasMoto, startMoto } from './moto.ts';

describe.skipIf(!hasMoto)('the key of an object, on an independent S3 server (moto)', () => {
  let moto: Awaited<ReturnType<typeof startMoto>>;
  beforeAll(async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    moto = await startMoto();
  }, 60_000);
  afterAll(async () => {
    await moto?.stop();
    vi.unstubAllEnvs();
  });

  it.each(['../secrets/key', 'a/../../secrets/key', './../secrets/key', '%2e%2e/secrets/key', '..%2fsecrets/key'])(
    'leads to no other bucket: %s',
    async (key) => {
      const client = s3Client({ endpoint: moto.url, region: 'us-east-1', attempts: 1 });
      await (await bucketOf(moto.url, 'secrets').catch(() => undefined))?.put('key', 'not yours');
      await bucketOf(moto.url, 'trail').catch(() => undefined);
      const content: Buffer[] = [];
      const read = async () => {
        for await (const bytes of s3Bucket(client, 'trail').read(key, 0, undefined)) content.push(Buffer.from(bytes));
      };
      await expect(read()).rejects.toThrow();
      expect(Buffer.concat(content).toString()).toBe('');
      await expect(s3Bucket(client, 'trail').facts(key)).rejects.toThrow();
    },
  );
});
