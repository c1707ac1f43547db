import { readdirSync, readFileSync } from 'node:fs';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { FakeClock } from '../../src/base/fake-clock.ts';
import { intakeFailures } from '../../src/chain/trails/intake-failures.ts';
import { credentialsFor } from '../../src/intake/fetch/role-credentials.ts';
import { ObjectSweep } from '../../src/intake/fetch/sweep-objects.ts';
import { S3Intake, type S3IntakeSettings } from '../../src/intake/s3/s3-intake.ts';
import { intakesApi } from '../../src/server/intakes/intakes-api.ts';
import type { Store } from '../../src/store/store.ts';
import { type Bucket, FinalError } from '../../src/trail/archive/bucket.ts';
import { s3Bucket, s3Client } from '../../src/trail/archive/s3-bucket.ts';
import { readPublicKeys } from '../../src/trail/digest/public-keys.ts';
import { type Mishap, startBadLine } from '../s3/bad-line.ts';
import { hasMoto, startMoto } from '../s3/moto.ts';
import { sqliteStore } from '../stores.ts';
import { bucketOf, deliveryKey, intakeWorld, storedIds } from './trail-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2026, 2, 4, 12);
const nobody = { start: () => undefined, stop: async () => undefined, states: () => [], reads: () => true };
const ROOT = 'org/AWSLogs/o-abcdefghij/';

/** Counts the calls to a bucket. */
function counted(bucket: Bucket) {
  const calls = { lists: 0, reads: [] as string[] };
  const counting: Bucket = {
    ...bucket,
    list(...args) {
      calls.lists += 1;
      return bucket.list(...args);
    },
    listAfter(...args) {
      calls.lists += 1;
      return bucket.listAfter(...args);
    },
    read(key, ...args) {
      calls.reads.push(key);
      return bucket.read(key, ...args);
    },
  };
  return { calls, counting };
}

describe.skipIf(!hasMoto)('the intake of a bucket, on an independent S3 server (moto)', { timeout: 60_000 }, () => {
  const open = sqliteStore();
  let moto: Awaited<ReturnType<typeof startMoto>>;
  let serial = 0;
  beforeAll(async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    moto = await startMoto();
  }, 60_000);
  afterAll(async () => {
    await moto?.stop();
    vi.unstubAllEnvs();
  });

  async function world(at = NOON) {
    serial += 1;
    const name = `trail-${serial}`;
    const bucket = await bucketOf(moto.url, name);
    const clock = new FakeClock(at);
    const store = await open();
    return { name, bucket, clock, store };
  }

  function intakeOf(
    { name, clock, store }: { name: string; clock: FakeClock; store: Store },
    more: Partial<S3IntakeSettings> & { endpoint?: string; patientClock?: boolean } = {},
  ) {
    const { endpoint = moto.url, patientClock, ...settings } = more;
    const { calls, counting } = counted(s3Bucket(s3Client({ endpoint, region: 'us-east-1' }), name));
    const { context, accept, logged } = intakeWorld(store, patientClock ? systemClock : clock);
    const intake = new S3Intake({
      context,
      accept,
      name: 'org',
      bucket: counting,
      source: `s3://${name}`,
      prefix: 'org/',
      start: undefined,
      pace: { every: MINUTE, quietEvery: 5 * MINUTE, lookBack: 2 * DAY },
      parallel: 8,
      lagLimit: 30 * MINUTE,
      ...settings,
    });
    return { intake, calls, logged };
  }

  it('reads all accounts and regions of an organization from the first day on, each object once', async () => {
    const w = await world();
    await w.bucket.deliver(ROOT, { at: NOON - HOUR, ids: ['a'] });
    await w.bucket.deliver(ROOT, {
      at: NOON - 2 * HOUR,
      account: '444455556666',
      region: 'eu-west-1',
      ids: ['b', 'c'],
    });
    await w.bucket.deliver(ROOT, { at: NOON - 3 * DAY, ids: ['old'] });
    await w.bucket.put('org/AWSLogs/o-abcdefghij/111122223333/Config/us-east-1/2026/3/4/x.json.gz', 'other service');
    const { intake, calls } = intakeOf(w);
    await intake.pass();
    expect(await storedIds(w.store)).toEqual(['a', 'b', 'c']);
    expect(intake.state()).toMatchObject({
      stats: { records: 3, stored: 3, duplicates: 0, refused: 0 },
      objects: { read: 2, waiting: 0, setAside: 0 },
      newestEventAt: NOON - HOUR - 200_000,
      oldestUnreadAt: null,
      trouble: null,
    });
    await w.bucket.deliver(ROOT, { at: NOON + MINUTE, ids: ['d'] });
    await w.clock.advance(2 * MINUTE);
    await intake.pass();
    expect(await storedIds(w.store)).toEqual(['a', 'b', 'c', 'd']);
    expect(calls.reads).toHaveLength(3);
    // One started anew knows what was read.
    const again = intakeOf(w);
    await again.intake.pass();
    expect(again.calls.reads).toEqual([]);
    expect(await storedIds(w.store)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('costs one listing per account and region and look, however many years lie there', async () => {
    const w = await world();
    for (let year = 2014; year < 2026; year += 1)
      for (const month of [0, 5])
        await w.bucket.deliver(ROOT, { at: Date.UTC(year, month, 9), ids: [`${year}-${month}`] });
    await w.bucket.deliver(ROOT, { at: NOON - HOUR, ids: ['new'] });
    const { intake, calls } = intakeOf(w);
    await intake.pass();
    expect(await storedIds(w.store)).toEqual(['new']);
    const before = calls.lists;
    await w.clock.advance(2 * MINUTE);
    await intake.pass();
    expect(calls.lists - before).toBe(1);
  });

  it('reads from a day in the past when told so, and an earlier one when told so later', async () => {
    const w = await world();
    for (const day of [1, 10, 20, 40]) await w.bucket.deliver(ROOT, { at: NOON - day * DAY, ids: [`${day}`] });
    await intakeOf(w, { start: NOON - 15 * DAY }).intake.pass();
    expect(await storedIds(w.store)).toEqual(['1', '10']);
    const earlier = intakeOf(w, { start: NOON - 30 * DAY });
    await earlier.intake.pass();
    expect(await storedIds(w.store)).toEqual(['1', '10', '20']);
    expect(earlier.calls.reads).toHaveLength(1);
  });

  it('finds what comes late, out of order, and again under another version', async () => {
    const w = await world();
    const first = { at: NOON - 5 * MINUTE, ids: ['a'] };
    await w.bucket.deliver(ROOT, first);
    const { intake } = intakeOf(w);
    await intake.pass();
    await w.bucket.deliver(ROOT, { at: NOON - 12 * HOUR, ids: ['late'] });
    // The same content under another etag, as a new encryption makes it, is no new object.
    await w.bucket.put(`${ROOT}x`, 'noise');
    await w.clock.advance(7 * HOUR);
    await intake.pass();
    expect(await storedIds(w.store)).toEqual(['a', 'late']);
    await w.bucket.put(deliveryKey(ROOT, first), Buffer.concat([await bodyOf(['a'], first.at)]));
    await w.clock.advance(7 * HOUR);
    await intake.pass();
    expect(await storedIds(w.store)).toEqual(['a', 'late']);
    expect(intake.state().stats).toMatchObject({ records: 3, stored: 2, duplicates: 1 });
  });

  it('reads what is new before what lies behind', async () => {
    const w = await world();
    for (let day = 1; day < 9; day += 1) await w.bucket.deliver(ROOT, { at: NOON - day * DAY, ids: [`day${day}`] });
    for (const account of ['222233334444', '333344445555'])
      await w.bucket.deliver(ROOT, { at: NOON - 10 * MINUTE, account, ids: [account] });
    const { intake, calls } = intakeOf(w, { start: NOON - 20 * DAY });
    await intake.pass();
    expect(calls.reads).toHaveLength(10);
    expect(calls.reads.slice(0, 2).every((key) => key.includes('2026/03/04'))).toBe(true);
  });

  it('shares a bucket with another intake, and each object is still counted once', async () => {
    const w = await world();
    const ids = Array.from({ length: 40 }, (_, n) => `e${n}`).sort();
    for (const id of ids) await w.bucket.deliver(ROOT, { at: NOON - HOUR, ids: [id] });
    const both = [intakeOf(w), intakeOf(w)];
    await Promise.all(both.map(({ intake }) => intake.pass()));
    expect(await storedIds(w.store)).toEqual(ids);
    await w.clock.advance(7 * HOUR);
    for (const { intake } of both) await intake.pass();
    expect(await storedIds(w.store)).toEqual(ids);
  });

  it('reads with the role of its source, and says so where that cannot be taken on', async () => {
    const role = 'arn:aws:iam::111122223333:role/trailbell-intake';
    const entry = { region: 'us-east-1', role, externalId: 'word' };
    const credentials = credentialsFor({ ...entry, stsEndpoint: moto.url });
    expect(await (credentials as () => Promise<object>)()).toMatchObject({
      accessKeyId: expect.stringMatching(/^ASIA/),
    });
    const w = await world();
    await w.bucket.deliver(ROOT, { at: NOON - HOUR, ids: ['a'] });
    const reach = (stsEndpoint: string) =>
      s3Bucket(
        s3Client({ endpoint: moto.url, region: 'us-east-1', credentials: credentialsFor({ ...entry, stsEndpoint }) }),
        w.name,
      );
    await intakeOf(w, { bucket: reach(moto.url) }).intake.pass();
    expect(await storedIds(w.store)).toEqual(['a']);
    const refused = intakeOf(w, { bucket: reach('http://127.0.0.1:9') });
    await expect(refused.intake.pass()).rejects.toThrow(`${role} cannot be taken on`);
  });

  it('sets aside what is no record and what it can never read, tells so, and reads on', async () => {
    const w = await world();
    const broken = { at: NOON - HOUR, ids: ['x'] };
    await w.bucket.put(
      deliveryKey(ROOT, broken),
      '{"Records":[{"eventVersion":"1.11","eventID":"whole","eventTime":"2026-03-04T11:00:00Z"},',
    );
    await w.bucket.deliver(ROOT, { at: NOON - HOUR, ids: ['good'] });
    const { intake, logged } = intakeOf(w);
    await intake.pass();
    expect(await storedIds(w.store)).toEqual(['good', 'whole']);
    const { stats, objects } = intake.state();
    expect(stats).toMatchObject({ records: 3, stored: 2, refused: 1 });
    expect(objects).toMatchObject({ read: 2, setAside: 1 });
    expect(logged.map(({ message }) => message)).toEqual(['an object is damaged']);
  });

  it('comes to the same although calls fail, connections break off and answers are slow', async () => {
    const w = await world();
    const ids = Array.from({ length: 12 }, (_, n) => `e${String(n).padStart(2, '0')}`);
    for (const id of ids) await w.bucket.deliver(ROOT, { at: NOON - HOUR, ids: [id] });
    const turn: Mishap[] = ['busy', 'none', 'broken', 'none', 'slow', 'none'];
    const line = await startBadLine(moto.url, (n) => turn[n % turn.length]!);
    const { intake } = intakeOf(w, { endpoint: line.url, patientClock: true, start: NOON - DAY });
    for (let n = 0; n < 20; n += 1) {
      await intake.pass().catch(() => undefined);
      if ((await storedIds(w.store)).length === ids.length) break;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    await line.stop();
    expect(await storedIds(w.store)).toEqual(ids);
    const { records, stored, duplicates, refused } = intake.state().stats;
    expect(records).toBe(stored + duplicates + refused);
  });

  it('gives up on an object that fails again and again while others are read, and reads it when asked to', async () => {
    const w = await world();
    await w.bucket.deliver(ROOT, { at: NOON - HOUR, ids: ['bad'] });
    const real = s3Bucket(s3Client({ endpoint: moto.url, region: 'us-east-1' }), w.name);
    let isIll = true;
    const bucket: Bucket = {
      ...real,
      async *read(key, ...args) {
        if (isIll && key.includes('bad')) throw new FinalError('access is denied');
        yield* real.read(key, ...args);
      },
    };
    const { intake } = intakeOf(w, { bucket });
    for (let n = 0; n < 7; n += 1) {
      await w.bucket.deliver(ROOT, { at: NOON, ids: [`good${n}`] });
      await w.clock.advance(6 * MINUTE);
      await intake.pass();
      if (n === 1) expect(intake.state()).toMatchObject({ trouble: { message: 'access is denied' } });
      if (n === 1) expect(await intakeFailures(w.store.read)).toMatchObject([{ error: 'access is denied' }]);
    }
    expect(intake.state()).toMatchObject({ objects: { setAside: 1, waiting: 0 }, trouble: null });
    expect(await intakeFailures(w.store.read)).toEqual([]);
    expect(await storedIds(w.store)).not.toContain('bad');

    isIll = false;
    const api = intakesApi(
      { store: w.store, clock: w.clock },
      { ...nobody, retry: (...args) => intake.retry(...args) },
    );
    const { objects } = (await (await api.request('/api/v1/intakes/set-aside')).json()) as { objects: object[] };
    expect(objects).toMatchObject([{ source: `s3://${w.name}`, status: 'dead', error: 'access is denied' }]);
    const ask = (body: object) =>
      api.request('/api/v1/intakes/set-aside/retry', { method: 'POST', body: JSON.stringify(body) });
    expect((await ask({ source: 's3://other' })).status).toBe(404);
    expect((await ask({ source: 5 })).status).toBe(400);
    expect(await (await ask({ source: `s3://${w.name}` })).json()).toEqual({ count: 1 });
    await w.clock.advance(3_000);
    await intake.stop();
    await intake.pass();
    expect(await storedIds(w.store)).toContain('bad');
    expect(new Set(await storedIds(w.store)).size).toBe(8);
  });

  it('forgets objects that nobody will name again, and those alone', async () => {
    const w = await world();
    await w.bucket.deliver(ROOT, { at: NOON - HOUR, ids: ['a'] });
    const { intake } = intakeOf(w);
    await intake.pass();
    const sweep = async () => {
      const sweeper = new ObjectSweep();
      while (await sweeper.sweep(intakeWorld(w.store, w.clock).context));
      return (await w.store.read.selectFrom('intake_objects').select('object').execute()).length;
    };
    await w.clock.advance(60 * DAY);
    // Its days are not done while the intake was away: it will list them again.
    expect(await sweep()).toBe(1);
    await w.bucket.deliver(ROOT, { at: w.clock.now(), ids: ['b'] });
    await intake.pass();
    expect(await storedIds(w.store)).toEqual(['a', 'b']);
    expect(await sweep()).toBe(1);
    await intake.pass();
    expect(await storedIds(w.store)).toEqual(['a', 'b']);
    // Nor are they read again where an earlier first day is asked for.
    await w.bucket.deliver(ROOT, { at: NOON - 5 * DAY, ids: ['earlier'] });
    await intakeOf(w, { start: NOON - 10 * DAY }).intake.pass();
    expect(await storedIds(w.store)).toEqual(['a', 'b', 'earlier']);
  });

  describe('that verifies', () => {
    const fixture = JSON.parse(readFileSync('test/data/cloudtrail/digest/fixture.json', 'utf8'));
    const LOGS = 'test/data/cloudtrail/archive/AWSLogs/218007301253/CloudTrail/us-east-1/2023/07/10';
    const at = Date.UTC(2023, 6, 10, 15);
    const keys = readPublicKeys(fixture);

    /** The archive of the fixture: what its test data blanked is what was altered. */
    async function archive() {
      const clock = new FakeClock(at);
      const store = await open();
      const bucket = await bucketOf(moto.url, fixture.bucket);
      const names = readdirSync(LOGS);
      const key = (name: string) => `AWSLogs/218007301253/CloudTrail/us-east-1/2023/07/10/${name}`;
      for (const name of names) await bucket.put(key(name), readFileSync(`${LOGS}/${name}`));
      for (const [digest, metadata] of Object.entries<Record<string, string>>(fixture.objectMetadata)) {
        const signature = metadata['x-amz-meta-signature']!;
        await bucket.put(digest, readFileSync(`test/data/cloudtrail/digest/${digest}`), { signature });
      }
      return { w: { name: fixture.bucket as string, bucket, clock, store }, names, key };
    }

    it('proves what it reads by the digests as they arrive, without fetching it again', async () => {
      const { w, names, key } = await archive();
      const asked: string[] = [];
      const keysOf = async (region: string) => {
        asked.push(region);
        return keys;
      };
      const { intake, calls } = intakeOf(w, { prefix: '', keysOf });
      await intake.pass();
      await w.clock.advance(6 * MINUTE);
      await intake.pass();
      expect(asked).toEqual(['us-east-1']);
      const logs = calls.reads.filter((read) => !read.includes('Digest'));
      expect(new Set(logs).size).toBe(logs.length);
      const marks = await w.store.read
        .selectFrom('intake_objects')
        .select(['object', 'status', 'error'])
        .where('object', 'like', '%Digest%')
        .orderBy('object')
        .execute();
      expect(marks).toHaveLength(4);
      const errors = marks.flatMap(({ error }) => error ?? []);
      // Tokens were blanked in some files of the test data.
      expect(errors.length).toBeGreaterThan(0);
      for (const error of errors) expect(error).toMatch(/^log-altered: s3:/);
      expect(marks.some(({ status }) => status === 'done')).toBe(true);

      // Another store, from which a file and a digest were taken away.
      const missing = names.find((name) => name.includes('T1145Z'))!;
      await w.bucket.client.send(new DeleteObjectCommand({ Bucket: w.name, Key: key(missing) }));
      const [first] = Object.keys(fixture.objectMetadata);
      await w.bucket.client.send(new DeleteObjectCommand({ Bucket: w.name, Key: first! }));
      const store = await open();
      const clock = new FakeClock(at);
      const other = intakeOf({ ...w, store, clock }, { prefix: '', keysOf });
      await other.intake.pass();
      // A digest that came before a file which it lists is looked at again.
      await clock.advance(6 * MINUTE);
      await other.intake.pass();
      const told = await store.read
        .selectFrom('intake_objects')
        .select('error')
        .where('object', 'like', '%Digest%')
        .execute();
      expect(told.map(({ error }) => error).join()).toMatch(/digest-(missing|unreadable): s3:/);
      expect(other.logged.some(({ message }) => message === 'what CloudTrail delivered was changed')).toBe(true);
    });
  });

  it('says what is wrong with a bucket that is not there, goes on trying, and tells when that is over', async () => {
    const w = await world();
    const { intake } = intakeOf({ ...w, name: 'nobody' });
    await expect(intake.pass()).rejects.toThrow('there is no such bucket');
    expect(await storedIds(w.store)).toEqual([]);
  });

  it('tells of an object that is gone before it is read', async () => {
    const w = await world();
    await w.bucket.deliver(ROOT, { at: NOON - HOUR, ids: ['a'] });
    const key = await w.bucket.deliver(ROOT, { at: NOON - HOUR, ids: ['gone'] });
    expect(key).not.toBe('');
    const real = intakeOf(w);
    const client = w.bucket.client;
    const { intake } = intakeOf(w, {
      bucket: {
        ...s3Bucket(s3Client({ endpoint: moto.url, region: 'us-east-1' }), w.name),
        async listAfter(prefix, after) {
          const page = await s3Bucket(s3Client({ endpoint: moto.url, region: 'us-east-1' }), w.name).listAfter(
            prefix,
            after,
          );
          const gone = page.objects.find((object) => object.key.includes('gone'));
          if (gone) await client.send(new DeleteObjectCommand({ Bucket: w.name, Key: gone.key }));
          return page;
        },
      },
    });
    await intake.pass();
    await real.intake.pass();
    expect(await storedIds(w.store)).toEqual(['a']);
    expect(intake.state()).toMatchObject({ objects: { setAside: 1, waiting: 0 }, trouble: null });
  });
});

async function bodyOf(ids: string[], at: number): Promise<Buffer> {
  const { gzipSync } = await import('node:zlib');
  const { recordOf } = await import('./trail-world.ts');
  const Records = ids.map((id) => recordOf(id, at - 200_000));
  return gzipSync(JSON.stringify({ Records }), { level: 1 });
}
