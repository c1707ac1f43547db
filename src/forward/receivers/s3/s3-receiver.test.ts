import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { awsEnvironment } from '../../../../test/forward/aws-environment.ts';
import {
  ForwardWorld,
  idsIn,
  idsTo,
  type SiemAnswer,
  type SiemRequest,
  siem,
} from '../../../../test/forward/forward-world.ts';
import { hasMoto, startMoto } from '../../../../test/s3/moto.ts';
import { sqliteStore } from '../../../../test/stores.ts';

const SECOND = 1_000;
const open = sqliteStore();

const settings = (endpoint: string, more: object = {}) => ({
  siem: { type: 's3', bucket: 'siem-archive', region: 'eu-west-1', endpoint, ...more },
});

const fault = (status: number, code: string): SiemAnswer => ({
  status,
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>No</Message></Error>`,
  headers: { 'content-type': 'application/xml' },
});

describe('S3', () => {
  const setUp = async (answer: (request: SiemRequest) => SiemAnswer = () => 200, more: object = {}) => {
    awsEnvironment();
    const receiver = await siem((request) => answer(request));
    const world = new ForwardWorld(await open());
    await world.start(settings(receiver.url, more));
    return { world, receiver };
  };

  it('gets an object a batch: lines of JSON in gzip, under a key that follows from the first record', async () => {
    const { world, receiver } = await setUp(undefined, { kmsKeyId: 'alias/siem' });
    await world.put(world.records(3));
    await world.pass(2 * SECOND);
    const [request] = receiver.requests;
    expect(request?.method).toBe('PUT');
    expect(request?.path).toMatch(
      /^\/siem-archive\/trailbell\/siem\/2026\/03\/01\/20260301T120000Z-[0-9a-f]{16}\.ndjson\.gz\?x-id=PutObject$/,
    );
    expect(request?.headers.authorization).toContain('/eu-west-1/s3/aws4_request');
    expect(request?.headers['x-amz-server-side-encryption']).toBe('aws:kms');
    expect(idsIn(request?.body ?? '')).toEqual(idsTo(3));
    const sent = createHash('md5').update(request?.raw ?? '');
    expect(request?.headers['content-md5']).toBe(sent.digest('base64'));
    // Sent again, it takes its own place.
    await world.forwards.find('siem')?.backfill(0);
    await world.pass(2 * SECOND);
    expect(new Set(receiver.requests.map(({ path }) => path)).size).toBe(1);
  });

  it('never puts less in the place of more: what was archived stays, whatever retention has taken since', async () => {
    const { world, receiver } = await setUp();
    const [first, ...others] = world.records(3) as [string, string, string];
    await world.logs.put([first], { door: 'own', group: 'kept' });
    await world.put(others);
    await world.pass(2 * SECOND);
    await world.logs.store.write(({ db }) => db.deleteFrom('log_chunks').where('id', '=', 2).execute());
    await world.forwards.find('siem')?.backfill(0);
    await world.pass(2 * SECOND);
    const archive = new Map(receiver.requests.map(({ path, body }) => [path, idsIn(body)]));
    expect([...archive.values()]).toEqual([idsTo(3), idsTo(1)]);
  });

  it.each([
    [403, 'AccessDenied', 'not-allowed'],
    [404, 'NoSuchBucket', 'not-allowed'],
    [403, 'InvalidAccessKeyId', 'not-allowed'],
    [503, 'SlowDown', 'throttled'],
    [500, 'InternalError', 'server-error'],
  ])('that answers %i %s makes the records wait', async (status, code, reason) => {
    let answer = fault(status, code);
    const { world } = await setUp(() => answer);
    await world.put(world.records(2));
    await world.pass(2 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 0, waiting: 2, failing: { reason } });
    answer = 200;
    await world.pass(360 * SECOND, 30 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 2, waiting: 0, failing: null });
  });

  it('that is down for ten minutes of load loses nothing', async () => {
    let answer = fault(503, 'SlowDown');
    const { world, receiver } = await setUp(() => answer);
    for (let minute = 0; minute < 10; minute += 1) {
      await world.put(world.records(20));
      await world.pass(60 * SECOND, 30 * SECOND);
    }
    answer = 200;
    receiver.requests.length = 0;
    await world.pass(360 * SECOND, 30 * SECOND);
    expect(receiver.requests.flatMap(({ body }) => idsIn(body))).toEqual(idsTo(200));
  });

  it.skipIf(!hasMoto)('is a server of its own: moto (skipped where there is none)', { timeout: 60_000 }, async () => {
    awsEnvironment();
    const moto = await startMoto();
    onTestFinished(() => moto.stop());
    const client = new S3Client({ endpoint: moto.url, region: 'eu-west-1', forcePathStyle: true });
    await fetch(`${moto.url}/siem-archive`, { method: 'PUT' });
    const world = new ForwardWorld(await open());
    await world.start(settings(moto.url, { batch: { records: 5 } }));
    await world.put(world.records(12));
    for (let tries = 0; tries < 50 && (await world.state()).sent < 12; tries += 1) await world.pass(SECOND);
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'siem-archive' }));
    expect(Contents).toHaveLength(3);
    const ids: string[] = [];
    for (const { Key } of Contents) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: 'siem-archive', Key }));
      ids.push(...idsIn(gunzipSync(Buffer.from((await Body?.transformToByteArray()) ?? [])).toString('utf8')));
    }
    expect(ids.sort()).toEqual(idsTo(12));
  });
});
