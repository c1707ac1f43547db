import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { command } from '../public-face/command.ts';
import { type Mishap, startBadLine } from './bad-line.ts';
import { hasMoto, startMoto } from './moto.ts';

const ARCHIVE = 'test/data/cloudtrail/archive';
const ALL = ['--pattern', '{ $.eventName = * }', '--control', 'root-usage', '--control', 'cloudtrail-changes'];

const names = readdirSync(ARCHIVE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.gz'));

async function scan(...words: string[]) {
  const { code, out, notes } = await command('scan', '--json', '--workers', '1', ...words);
  if (out === '') throw new Error(notes);
  const { seconds: _, errors, ...rest } = JSON.parse(out.split('\n').at(-1)!);
  return { code, ...rest, errors: errors as { file: string; message: string }[] };
}

describe.skipIf(!hasMoto)('a bucket of an independent S3 server (moto)', { timeout: 120_000 }, () => {
  let moto: Awaited<ReturnType<typeof startMoto>>;
  let local: Awaited<ReturnType<typeof scan>>;
  const s3 = () =>
    new S3Client({
      endpoint: moto.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  const put = (client: S3Client, Bucket: string, Key: string, Body: Uint8Array | string, Metadata = {}) =>
    client.send(new PutObjectCommand({ Bucket, Key, Body, Metadata }));
  const folder = mkdtempSync(join(tmpdir(), 'trailbell-s3-'));

  beforeAll(async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    vi.stubEnv('AWS_ENDPOINT_URL', undefined);
    moto = await startMoto();
    const client = s3();
    await client.send(new CreateBucketCommand({ Bucket: 'trail' }));
    for (const name of names) await put(client, 'trail', `org/${name}`, readFileSync(join(ARCHIVE, name)));
    await put(client, 'trail', 'org/AWSLogs/', '');
    const other = 'org/AWSLogs/218007301253';
    await put(client, 'trail', `${other}/CloudTrail-Digest/us-east-1/2023/07/10/x.json.gz`, 'no record');
    await put(client, 'trail', `${other}/Config/us-east-1/2023/7/10/x.json.gz`, 'no record');
    client.destroy();
    local = await scan(ARCHIVE, ...ALL);
  }, 120_000);

  afterAll(async () => {
    await moto?.stop();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  it('comes to the same as the same files in a folder', async () => {
    expect(local).toMatchObject({ code: 1, records: 2902, errors: [] });
    expect(await scan('s3://trail/org/', '--endpoint-url', moto.url, ...ALL)).toEqual(local);
    expect(await scan('s3://trail', '--endpoint-url', moto.url, ...ALL)).toEqual(local);
  });

  it('is read by account and time without opening the rest', async () => {
    const one = await scan('s3://trail/org', '--endpoint-url', moto.url, '--account', '111111111111', ...ALL);
    expect(one).toMatchObject({ files: 1, records: 2, errors: [] });
    const span = ['--start-time', '2023-07-10T12:20:00Z', '--end-time', '2023-07-10T12:29:59Z', ...ALL];
    const some = await scan('s3://trail/org', '--endpoint-url', moto.url, ...span);
    expect(some).toEqual(await scan(ARCHIVE, ...span));
    expect(some.files).toBeLessThan(local.files);
  });

  it('is read to the end although calls fail, connections break off and answers are slow', async () => {
    const turn: Mishap[] = ['busy', 'none', 'broken', 'none', 'slow', 'none', 'broken'];
    const line = await startBadLine(moto.url, (n) => turn[n % turn.length]!);
    try {
      expect(await scan('s3://trail/org/', '--endpoint-url', line.url, ...ALL)).toEqual(local);
      expect(Math.min(...Object.values(line.mishaps))).toBeGreaterThan(5);
    } finally {
      await line.stop();
    }
  });

  it('is gone on with where a search ended, without reading what is done', async () => {
    const state = join(folder, 'state.ndjson');
    const args = ['s3://trail/org/', '--resume', state, ...ALL];
    const isLost = (path: string): boolean => /T12[123]\d/.test(path);
    const dead = await startBadLine(moto.url, (_, path) => (isLost(path) ? 'busy' : 'none'));
    const first = await scan(...args, '--endpoint-url', dead.url);
    await dead.stop();
    expect(first.code).toBe(3);
    expect(first.errors.length).toBeGreaterThan(10);
    expect(first.errors[0]?.message).toMatch(/SlowDown/);
    const read: string[] = [];
    const line = await startBadLine(moto.url, (_, path) => {
      read.push(path);
      return 'none';
    });
    const { errors, ...second } = await scan(...args, '--endpoint-url', line.url);
    await line.stop();
    expect({ ...second, errors }).toEqual(local);
    const opened = read.filter((path) => path.includes('.json.gz'));
    expect(opened.length).toBe(first.errors.length);
    expect(opened.every(isLost)).toBe(true);
  });

  it('is checked against digests whose signatures lie in the metadata of their objects', async () => {
    const fixture = JSON.parse(readFileSync('test/data/cloudtrail/digest/fixture.json', 'utf8'));
    const client = s3();
    await client.send(new CreateBucketCommand({ Bucket: fixture.bucket }));
    for (const name of names) await put(client, fixture.bucket, name, readFileSync(join(ARCHIVE, name)));
    for (const [key, metadata] of Object.entries<Record<string, string>>(fixture.objectMetadata)) {
      const signature = metadata['x-amz-meta-signature']!;
      await put(client, fixture.bucket, key, readFileSync(`test/data/cloudtrail/digest/${key}`), { signature });
    }
    client.destroy();
    const keys = ['--verify', '--public-keys', 'test/data/cloudtrail/digest/fixture.json'];
    const { verification } = await scan(`s3://${fixture.bucket}`, '--endpoint-url', moto.url, ...keys, ...ALL);
    expect(verification.chains).toEqual([
      expect.objectContaining({ digests: 3, proven: 3, to: '2023-07-10T14:02:17.000Z', unproven: [] }),
      expect.objectContaining({ digests: 1, proven: 1, backfill: true, unproven: [] }),
    ]);
    // Tokens were blanked in some files of the test data.
    expect(new Set(verification.problems.map(({ kind }: { kind: string }) => kind))).toEqual(new Set(['log-altered']));
    const missing = names.find((name) => name.includes('T1145Z'))!;
    const again = s3();
    await again.send(new DeleteObjectCommand({ Bucket: fixture.bucket, Key: missing }));
    again.destroy();
    const { verification: later } = await scan(`s3://${fixture.bucket}`, '--endpoint-url', moto.url, ...keys, ...ALL);
    expect(later.problems).toContainEqual(
      expect.objectContaining({ kind: 'log-missing', file: `s3://${fixture.bucket}/${missing}` }),
    );
  });

  it('that is not there, or empty, is told', async () => {
    const missing = await scan('s3://nobody/x', '--endpoint-url', moto.url, ...ALL);
    expect(missing).toMatchObject({ code: 3, errors: [{ message: 'there is no such bucket' }] });
    const empty = await scan('s3://trail/nothing/', '--endpoint-url', moto.url, ...ALL);
    expect(empty).toMatchObject({ code: 3, errors: [{ message: 'no CloudTrail file lies here' }] });
  });
});
