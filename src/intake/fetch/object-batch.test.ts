import { describe, expect, it } from 'vitest';
import { intakeWorld, recordOf, storedIds } from '../../../test/intake/trail-world.ts';
import { eachStore } from '../../../test/stores.ts';
import { FakeClock } from '../../base/fake-clock.ts';
import { keepSetting } from '../../store/settings.ts';
import type { Store } from '../../store/store.ts';
import { readRecord } from '../../trail/read-record.ts';
import { IntakeCounters } from '../intake-counters.ts';
import { isSetAside, type ObjectMark, reopenMarks } from '../object-marks.ts';
import { Lag } from './lag.ts';
import { ObjectBatch } from './object-batch.ts';
import { KEPT, ObjectSweep } from './sweep-objects.ts';

const START = Date.UTC(2026, 2, 4, 12);
const DAY = 86_400_000;
const SOURCE = 's3://trail';

const markOf = (object: string, more: Partial<ObjectMark> = {}): ObjectMark => ({
  source: SOURCE,
  object,
  fingerprint: 'e -',
  offset: 0,
  records: 1,
  status: 'done',
  error: null,
  updated_at: START,
  ...more,
});
const recordsOf = (id: string) => {
  const record = recordOf(id, START);
  return [readRecord(JSON.stringify(record), record)];
};

eachStore((open) => {
  function world(store: Store) {
    const clock = new FakeClock(START);
    const { context, accept } = intakeWorld(store, clock);
    const counters = new IntakeCounters();
    return { context, clock, counters, batch: new ObjectBatch({ clock, accept, counters, run: () => 'run' }) };
  }
  const marks = (store: Store) =>
    store.read.selectFrom('intake_objects').select(['object', 'status']).orderBy('object').execute();

  it('commits what comes together, refuses only what somebody else has read on, and counts both rightly', async () => {
    const store = await open();
    const { batch, counters } = world(store);
    await batch.add({ records: recordsOf('a'), mark: markOf('a'), before: undefined });
    const answers = await Promise.allSettled([
      batch.add({ records: recordsOf('b'), mark: markOf('b'), before: undefined }),
      batch.add({ records: recordsOf('a'), mark: markOf('a'), before: undefined }),
      batch.add({ records: recordsOf('c'), mark: markOf('c'), before: undefined }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await storedIds(store)).toEqual(['a', 'b', 'c']);
    expect(counters.stats()).toMatchObject({ records: 4, stored: 3, failed: 1 });
  });

  it('lets what was set aside be read again, all of a source or one object', async () => {
    const store = await open();
    const { batch } = world(store);
    for (const [object, status] of [
      ['a', 'dead'],
      ['b', 'damaged'],
      ['c', 'done'],
      ['d', 'dead'],
    ] as const)
      await batch.add({ records: [], mark: markOf(object, { status }), before: undefined });
    const aside = () => store.read.selectFrom('intake_objects').select('object').where(isSetAside).execute();
    expect(await aside()).toHaveLength(3);
    expect(await store.write((tx) => reopenMarks(tx, SOURCE, 'a', 10, START))).toEqual(['a']);
    expect((await store.write((tx) => reopenMarks(tx, SOURCE, undefined, 10, START))).sort()).toEqual(['b', 'd']);
    expect(await aside()).toEqual([]);
    expect((await marks(store)).map(({ status }) => status)).toEqual(['open', 'open', 'done', 'open']);
  });

  it('forgets objects of buckets long after their days are done, and nothing of other sources', async () => {
    const store = await open();
    const { batch, context, clock } = world(store);
    await batch.add({ records: [], mark: markOf('a'), before: undefined });
    await batch.add({ records: [], mark: markOf('b', { source: 's3://asleep' }), before: undefined });
    await batch.add({ records: [], mark: markOf('c', { source: 'folder:/x' }), before: undefined });
    await store.write((tx) =>
      keepSetting(tx, 'intake-days s3://asleep/AWSLogs/', JSON.stringify({ first: START, done: START })),
    );
    const sweep = new ObjectSweep();
    expect(await sweep.sweep(context)).toBe(false);
    expect(await marks(store)).toHaveLength(3);
    await clock.advance(KEPT + DAY);
    expect(await sweep.sweep(context)).toBe(false);
    expect((await marks(store)).map(({ object }) => object)).toEqual(['b', 'c']);
  });
});

describe('the lag of an intake', () => {
  it('is told of when it lasts, and not while what came late is being read', async () => {
    const clock = new FakeClock(START);
    const lag = new Lag(clock, 30 * 60_000);
    lag.waits('old', START - DAY);
    lag.waits('new', START);
    expect(lag.state()).toEqual({ newestEventAt: null, oldestUnreadAt: START - DAY, isLagging: false });
    await clock.advance(6 * 60_000);
    expect(lag.state()).toMatchObject({ isLagging: true });
    lag.isRead('old', START - DAY - 1);
    expect(lag.state()).toEqual({ newestEventAt: START - DAY - 1, oldestUnreadAt: START, isLagging: false });
  });
});
