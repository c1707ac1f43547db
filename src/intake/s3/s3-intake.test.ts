import { describe, expect, it } from 'vitest';
import { MemoryBucket } from '../../../test/intake/memory-bucket.ts';
import { deliveryBody, deliveryKey, intakeWorld, recordOf, storedIds } from '../../../test/intake/trail-world.ts';
import { sqliteStore } from '../../../test/stores.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { FakeClock } from '../../base/fake-clock.ts';
import type { Store } from '../../store/store.ts';
import { type Bucket, FinalError } from '../../trail/archive/bucket.ts';
import type { AcceptRecords } from '../accept-records.ts';
import { ObjectSweep } from '../fetch/sweep-objects.ts';
import { conflictOver, reopenMarks } from '../object-marks.ts';
import { S3Intake, type S3IntakeSettings } from './s3-intake.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2026, 2, 4, 12);
const ROOT = 'AWSLogs/o-abcdefghij/';
const GOOD = '444455556666';

describe('the intake of a bucket', () => {
  const open = sqliteStore();

  async function world(at = NOON) {
    return { store: await open(), clock: new FakeClock(at), bucket: new MemoryBucket() };
  }

  function intakeOf(
    { store, clock, bucket }: { store: Store; clock: Clock; bucket: Bucket },
    more: Partial<S3IntakeSettings> = {},
  ) {
    const { context, accept, logged } = intakeWorld(store, clock);
    const intake = new S3Intake({
      context,
      accept,
      name: 'org',
      bucket,
      source: 's3://trail',
      prefix: '',
      start: undefined,
      pace: { every: MINUTE, quietEvery: 5 * MINUTE, lookBack: 2 * DAY },
      parallel: 8,
      lagLimit: 30 * MINUTE,
      ...more,
    });
    return { intake, logged };
  }

  it.each([1, 4, 40])('reads the other accounts on although nothing of %i can be read', async (accounts) => {
    const { bucket, ...w } = await world();
    for (let n = 0; n < 3 * accounts + 8; n += 1) {
      const account = String(111122220000 + (n % accounts));
      bucket.deliver(ROOT, { at: NOON - HOUR, account, ids: [`sealed${n}`] });
    }
    bucket.beforeRead = (key) => {
      if (key.includes('sealed')) throw new FinalError('access is denied');
    };
    const { intake } = intakeOf({ ...w, bucket });
    const wanted: string[] = [];
    for (let n = 0; n < 12; n += 1) {
      wanted.push(`next${String(n).padStart(2, '0')}`);
      bucket.deliver(ROOT, { at: NOON, account: GOOD, ids: wanted.slice(-1) });
      await intake.pass().catch(() => undefined);
      expect(await storedIds(w.store)).toEqual(wanted);
      if (n === 0) expect(intake.state().trouble).toMatchObject({ message: 'access is denied' });
      await w.clock.advance(MINUTE);
    }
  });

  it('reads what could not be read once it can be', async () => {
    const { bucket, ...w } = await world();
    for (let n = 0; n < 30; n += 1) bucket.deliver(ROOT, { at: NOON - HOUR, ids: [`sealed${n}`] });
    bucket.deliver(ROOT, { at: NOON - HOUR, account: GOOD, ids: ['first'] });
    bucket.beforeRead = (key) => {
      if (key.includes('sealed')) throw new FinalError('access is denied');
    };
    const { intake } = intakeOf({ ...w, bucket });
    for (let n = 0; n < 3; n += 1) {
      bucket.deliver(ROOT, { at: NOON, account: GOOD, ids: [`next${n}`] });
      await intake.pass().catch(() => undefined);
      expect(intake.state().trouble).toMatchObject({ message: 'access is denied' });
      await w.clock.advance(MINUTE);
    }
    expect(await storedIds(w.store)).toEqual(['first', 'next0', 'next1', 'next2']);
    bucket.beforeRead = () => undefined;
    for (let n = 0; n < 6; n += 1) {
      await intake.pass();
      await w.clock.advance(6 * MINUTE);
    }
    expect(await storedIds(w.store)).toHaveLength(34);
  });

  describe('counts once what', () => {
    const AT = NOON - HOUR;
    /** An object of many slices. */
    const ids = Array.from({ length: 3_000 }, (_, n) => `e${String(n).padStart(4, '0')}`);
    const text = `{"Records":[${ids.map((id) => JSON.stringify(recordOf(id, AT, { pad: 'x'.repeat(800) }))).join()}]}`;
    const key = deliveryKey(ROOT, { at: AT, ids: ['long'] });

    it('is put again under another etag after a part of it was stored', async () => {
      const w = await world();
      w.bucket.put(key, text, 'one');
      let calls = 0;
      const { context, accept } = intakeWorld(w.store, w.clock);
      const failing: AcceptRecords = (handover) => {
        calls += 1;
        if (calls > 1 && handover.records.length > 0) throw new Error('the disk is full');
        return accept(handover);
      };
      await intakeOf(w, { context, accept: failing })
        .intake.pass()
        .catch(() => undefined);
      expect((await storedIds(w.store)).length).toBeGreaterThan(0);
      w.bucket.put(key, text, 'two');
      await intakeOf(w).intake.pass();
      expect(await storedIds(w.store)).toEqual(ids);
    });

    it('was cut off, and is whole under another etag', async () => {
      const w = await world();
      w.bucket.put(key, text.slice(0, 2_000_000), 'one');
      const { intake } = intakeOf(w);
      await intake.pass();
      const before = (await storedIds(w.store)).length;
      expect(before).toBeGreaterThan(100);
      w.bucket.put(key, text, 'two');
      await w.clock.advance(MINUTE);
      await intake.pass();
      expect(await storedIds(w.store)).toEqual(ids);
    });

    it('was encrypted anew, though the first look at it fails', async () => {
      const w = await world();
      w.bucket.put(key, text, 'one');
      const { intake } = intakeOf(w);
      await intake.pass();
      w.bucket.put(key, text, 'two');
      let failures = 1;
      w.bucket.beforeRead = () => {
        if (failures-- > 0) throw new FinalError('access is denied');
      };
      for (let n = 0; n < 3; n += 1) {
        await w.clock.advance(MINUTE);
        await intake.pass();
      }
      expect(await storedIds(w.store)).toEqual(ids);
      expect(intake.state().stats).toMatchObject({ stored: ids.length, duplicates: ids.length });
    });
  });

  it('reads an object that is replaced between listing and reading as it is then, in a bucket where nothing else comes', async () => {
    const w = await world();
    const key = w.bucket.deliver(ROOT, { at: NOON - HOUR, ids: ['old'] });
    w.bucket.beforeRead = () => {
      w.bucket.beforeRead = () => undefined;
      w.bucket.put(key, deliveryBody({ at: NOON - HOUR, ids: ['new'] }));
    };
    const { intake } = intakeOf(w);
    await intake.pass();
    expect(await storedIds(w.store)).toEqual(['new']);
    expect(intake.state()).toMatchObject({ objects: { read: 1, waiting: 0, setAside: 0 }, trouble: null });
  });

  it('comes back to an object that somebody else had begun, however old it is', async () => {
    const w = await world();
    w.bucket.deliver(ROOT, { at: NOON - 10 * DAY, ids: ['begun'] });
    const { context, accept } = intakeWorld(w.store, w.clock);
    let conflicts = 1;
    const contended: AcceptRecords = async (handover) => {
      if (conflicts-- > 0) throw conflictOver('begun');
      return accept(handover);
    };
    const { intake } = intakeOf(w, { context, accept: contended, start: NOON - 20 * DAY });
    await intake.pass();
    await w.clock.advance(7 * HOUR);
    await intake.pass();
    await intake.pass();
    expect(await storedIds(w.store)).toEqual(['begun']);
    expect(intake.state().trouble).toBeNull();
  });

  it('reads what was to be read again also after a restart, however old it is', async () => {
    const w = await world();
    const key = w.bucket.deliver(ROOT, { at: NOON - 10 * DAY, ids: ['late'] });
    w.bucket.beforeRead = () => {
      throw new FinalError('it lies in Glacier', { kind: 'archived', message: '' });
    };
    const first = intakeOf(w, { start: NOON - 20 * DAY });
    await first.intake.pass();
    expect(first.intake.state().objects).toMatchObject({ setAside: 1 });
    w.bucket.beforeRead = () => undefined;
    expect(await w.store.write((tx) => reopenMarks(tx, 's3://trail', key, 10, NOON))).toEqual([key]);
    await intakeOf(w, { start: NOON - 20 * DAY }).intake.pass();
    expect(await storedIds(w.store)).toEqual(['late']);
  });

  it('lists on behind a page that is empty though more follows, as stores answer where much was deleted', async () => {
    const w = await world();
    w.bucket.deliver(ROOT, { at: NOON - HOUR, ids: ['a'] });
    w.bucket.emptyPages = 2;
    await intakeOf(w).intake.pass();
    expect(await storedIds(w.store)).toEqual(['a']);
  });

  describe('whose clock was wrong', () => {
    it('by weeks ahead reads what comes after it was set right, at once and after a restart', async () => {
      const w = await world(NOON + 40 * DAY);
      w.bucket.deliver(ROOT, { at: NOON - MINUTE, ids: ['before'] });
      const first = intakeOf(w, { start: NOON - DAY });
      await first.intake.pass();
      const right = { ...w, clock: new FakeClock(NOON) };
      w.bucket.deliver(ROOT, { at: NOON, ids: ['after'] });
      const again = intakeOf(right, { start: NOON - DAY });
      await again.intake.pass();
      expect(await storedIds(w.store)).toEqual(['after', 'before']);
    });

    it('and is set back while it runs reads on', async () => {
      const w = await world(NOON);
      const clock = new SteppedClock(w.clock);
      clock.step = 40 * DAY;
      w.bucket.deliver(ROOT, { at: NOON - MINUTE, ids: ['before'] });
      const { intake } = intakeOf({ ...w, clock }, { start: NOON - DAY });
      await intake.pass();
      clock.step = 0;
      w.bucket.deliver(ROOT, { at: NOON, account: GOOD, ids: ['joined'] });
      w.bucket.deliver(ROOT, { at: NOON, ids: ['after'] });
      await intake.pass();
      expect(await storedIds(w.store)).toEqual(['after', 'before', 'joined']);
    });
  });

  it('reads an account and a region that are new after a week of downtime, from their first file on', async () => {
    const w = await world();
    w.bucket.deliver(ROOT, { at: NOON - HOUR, ids: ['a'] });
    await intakeOf(w).intake.pass();
    await w.clock.advance(7 * DAY);
    for (const day of [1, 3, 6]) {
      w.bucket.deliver(ROOT, { at: NOON + day * DAY, account: GOOD, ids: [`joined${day}`] });
      w.bucket.deliver(ROOT, { at: NOON + day * DAY, region: 'af-south-1', ids: [`region${day}`] });
    }
    await intakeOf(w).intake.pass();
    expect(await storedIds(w.store)).toEqual(
      ['a', 'joined1', 'joined3', 'joined6', 'region1', 'region3', 'region6'].sort(),
    );
  });

  it('counts nothing twice under a narrower prefix and a wider one, long after objects were forgotten', async () => {
    const w = await world();
    for (const account of [GOOD, '111122223333'])
      w.bucket.deliver(ROOT, { at: NOON - HOUR, account, ids: [`first${account}`] });
    await intakeOf(w, { prefix: `${ROOT}${GOOD}/`, start: NOON - DAY }).intake.pass();
    await w.clock.advance(80 * DAY);
    w.bucket.deliver(ROOT, { at: w.clock.now(), account: GOOD, ids: ['now'] });
    await intakeOf(w, { prefix: `${ROOT}${GOOD}/` }).intake.pass();
    await w.store.write(({ db }) =>
      db
        .deleteFrom('intake_objects')
        .where('updated_at', '<', NOON + DAY)
        .execute(),
    );
    await intakeOf(w, { start: NOON - DAY }).intake.pass();
    expect(await storedIds(w.store)).toEqual(['first111122223333', `first${GOOD}`, 'now']);
    await w.store.write(({ db }) => db.deleteFrom('intake_objects').execute());
    await intakeOf(w, { prefix: `${ROOT}111122223333/`, start: NOON - DAY }).intake.pass();
    expect(await storedIds(w.store)).toEqual(['first111122223333', `first${GOOD}`, 'now']);
  });

  it('tells of a first day that lies ahead, as by a slip of the pen', async () => {
    const w = await world();
    w.bucket.deliver(ROOT, { at: NOON - HOUR, ids: ['a'] });
    const { intake, logged } = intakeOf(w, { start: NOON + 365 * DAY });
    await intake.pass();
    expect(logged).toMatchObject([{ fields: { intake: 'org', start: '2027-03-04' } }]);
    // Set right, it reads what it was meant to.
    await intakeOf(w, { start: NOON - DAY }).intake.pass();
    expect(await storedIds(w.store)).toEqual(['a']);
  });

  it('does not forget what was set aside', async () => {
    const w = await world();
    w.bucket.deliver(ROOT, { at: NOON - HOUR, ids: ['bad'] });
    w.bucket.beforeRead = () => {
      throw new FinalError('it lies in Glacier', { kind: 'archived', message: '' });
    };
    await intakeOf(w).intake.pass();
    await w.clock.advance(100 * DAY);
    w.bucket.beforeRead = () => undefined;
    w.bucket.deliver(ROOT, { at: w.clock.now(), ids: ['good'] });
    await intakeOf(w).intake.pass();
    const sweeper = new ObjectSweep();
    while (await sweeper.sweep(intakeWorld(w.store, w.clock).context));
    const kept = await w.store.read.selectFrom('intake_objects').select('status').execute();
    expect(kept.map(({ status }) => status).sort()).toEqual(['dead', 'done']);
  });
});

/** A clock that can be set, as clocks of machines are, while timers go on. */
class SteppedClock implements Clock {
  step = 0;
  readonly #inner: Clock;

  constructor(inner: Clock) {
    this.#inner = inner;
  }

  now(): number {
    return this.#inner.now() + this.step;
  }

  after(delay: number, action: () => void): Timer {
    return this.#inner.after(delay, action);
  }
}
