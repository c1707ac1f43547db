import { describe, expect, it } from 'vitest';
import { MemoryBucket } from '../../../test/intake/memory-bucket.ts';
import { deliveryBody, deliveryKey, intakeWorld, storedIds } from '../../../test/intake/trail-world.ts';
import { sqliteStore } from '../../../test/stores.ts';
import { FakeClock } from '../../base/fake-clock.ts';
import { FinalError } from '../../trail/archive/bucket.ts';
import type { AcceptRecords } from '../accept-records.ts';
import { conflictOver } from '../object-marks.ts';
import { SqsIntake, type SqsIntakeSettings } from './sqs-intake.ts';
import type { Queue, QueueMessage } from './sqs-queue.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 2, 4, 12);
const ROOT = 'AWSLogs/';

/** A queue in memory that hides and counts as SQS does. */
class MemoryQueue implements Queue {
  readonly url = 'https://sqs.us-east-1.amazonaws.com/111122223333/trail';
  readonly #clock: FakeClock;
  readonly #messages = new Map<string, { message: QueueMessage; visibleAt: number }>();
  readonly hidden: { id: string; seconds: number }[] = [];
  /** Messages that cannot be deleted. */
  readonly stuck = new Set<string>();
  #serial = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  has(id: string): boolean {
    return this.#messages.has(id);
  }

  receives(id: string): number {
    return this.#messages.get(id)?.message.receives ?? 0;
  }

  get left(): number {
    return this.#messages.size;
  }

  send(body: unknown): string {
    this.#serial += 1;
    const id = `m${this.#serial}`;
    const message = { id, handle: id, body: JSON.stringify(body), sentAt: this.#clock.now(), receives: 0 };
    this.#messages.set(id, { message, visibleAt: 0 });
    return id;
  }

  /** As a dead-letter queue or another reader takes it. */
  takeAway(id: string): void {
    this.#messages.delete(id);
  }

  async receive(seconds: number, signal: AbortSignal): Promise<QueueMessage[]> {
    const visible = [...this.#messages.values()].filter(({ visibleAt }) => visibleAt <= this.#clock.now()).slice(0, 10);
    for (const each of visible) {
      each.visibleAt = this.#clock.now() + seconds * 1_000;
      each.message = { ...each.message, receives: each.message.receives + 1 };
    }
    if (visible.length === 0)
      await new Promise<void>((resolve) => {
        this.#clock.after(1_000, resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    return visible.map(({ message }) => message);
  }

  async remove(messages: readonly QueueMessage[]): Promise<(Error | undefined)[]> {
    return messages.map(({ id }) => {
      if (this.stuck.has(id)) return new Error('a message could not be deleted');
      this.#messages.delete(id);
      return undefined;
    });
  }

  async hide({ id }: QueueMessage, seconds: number): Promise<void> {
    this.hidden.push({ id, seconds });
    const known = this.#messages.get(id);
    if (!known) throw new Error('there is no such message');
    known.visibleAt = this.#clock.now() + seconds * 1_000;
  }
}

describe('the intake of a queue', () => {
  const open = sqliteStore();
  const noted = (...keys: string[]) => ({ s3Bucket: 'trail', s3ObjectKey: keys });

  async function world(more: Partial<SqsIntakeSettings> = {}) {
    const store = await open();
    const clock = new FakeClock(NOON);
    const bucket = new MemoryBucket();
    const queue = new MemoryQueue(clock);
    const { context, accept, logged } = intakeWorld(store, clock);
    const buckets = new Map([['trail', { bucket, source: 's3://trail' }]]);
    const settings = { context, accept, name: 'org', queue, buckets, parallel: 4, lagLimit: 30 * MINUTE, ...more };
    const intake = new SqsIntake(settings);
    /** Lets time pass until something is so: work waits for timers and for the store in turn. */
    const until = async (isSo: () => boolean | Promise<boolean>, step = 500) => {
      const patience = Date.now() + 15_000;
      while (!(await isSo())) {
        if (Date.now() > patience) throw new Error(`it never came to ${isSo}`);
        await clock.advance(step);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    };
    /** What is under way at the end waits for timers too. */
    const end = async (running: SqsIntake = intake) => {
      let isOver = false;
      const stopped = running.stop().then(() => {
        isOver = true;
      });
      await until(() => isOver);
      await stopped;
    };
    return { store, clock, bucket, queue, intake, logged, until, end, settings };
  }

  const setAside = (store: Awaited<ReturnType<typeof open>>) =>
    store.read
      .selectFrom('intake_objects')
      .select(['object', 'status', 'error'])
      .where('status', '<>', 'done')
      .execute();

  it('is in no trouble any more once a message that failed was taken away', async () => {
    const { bucket, queue, intake, until, end } = await world();
    const key = bucket.deliver(ROOT, { at: NOON, ids: ['a'] });
    bucket.beforeRead = () => {
      throw new FinalError('access is denied');
    };
    intake.start();
    const id = queue.send(noted(key));
    await until(() => intake.state().trouble !== null && queue.hidden.length > 0);
    expect(intake.state().trouble).toMatchObject({ message: 'access is denied' });
    queue.takeAway(id);
    await until(() => intake.state().trouble === null, 5_000);
    await end();
  });

  it('deletes each message by itself, and comes back to those alone that could not be', async () => {
    const { store, bucket, queue, intake, until, end } = await world();
    const ids = ['a', 'b', 'c'].map((id) => queue.send(noted(bucket.deliver(ROOT, { at: NOON, ids: [id] }))));
    queue.stuck.add(ids[1]!);
    intake.start();
    await until(() => queue.left === 1 && queue.hidden.length > 0);
    expect(new Set(queue.hidden.map(({ id }) => id))).toEqual(new Set([ids[1]]));
    queue.stuck.clear();
    await until(() => queue.left === 0 && intake.state().trouble === null);
    expect(intake.state()).toMatchObject({ trouble: null, stats: { stored: 3 } });
    expect(await storedIds(store)).toEqual(['a', 'b', 'c']);
    await end();
  });

  it('keeps messages hidden that it has received and not begun', async () => {
    const { clock, bucket, queue, intake, until, store, end } = await world({ parallel: 1 });
    let free: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => {
      free = resolve;
    });
    const read = bucket.read.bind(bucket);
    bucket.read = async function* (key, from, etag) {
      await blocked;
      yield* read(key, from, etag);
    };
    for (let n = 0; n < 10; n += 1) queue.send(noted(bucket.deliver(ROOT, { at: NOON, ids: [`e${n}`] })));
    intake.start();
    const begun = clock.now();
    await until(() => clock.now() > begun + 65_000);
    const renewed = queue.hidden.filter(({ seconds }) => seconds === 120).map(({ id }) => id);
    expect(new Set(renewed).size).toBe(10);
    free();
    await until(async () => (await storedIds(store)).length === 10);
    await end();
  });

  it('leaves what somebody else reads at the moment alone for a while, which is no trouble', async () => {
    let conflicts = 1;
    const first = await world();
    const contended: AcceptRecords = async (handover) => {
      if (conflicts-- > 0) throw conflictOver('a');
      return first.settings.accept(handover);
    };
    const intake = new SqsIntake({ ...first.settings, accept: contended });
    const key = first.bucket.deliver(ROOT, { at: NOON, ids: ['a'] });
    first.queue.send(noted(key));
    intake.start();
    await first.until(() => first.queue.hidden.length > 0);
    expect(intake.state().trouble).toBeNull();
    expect(first.logged).toEqual([]);
    await first.until(() => first.queue.left === 0);
    expect(await storedIds(first.store)).toEqual(['a']);
    await first.end(intake);
  });

  it('does not show an object as set aside that is read again while somebody else reads it', async () => {
    const { store, bucket, clock, settings, until, end } = await world();
    const key = bucket.deliver(ROOT, { at: NOON, ids: ['a'] });
    const contended: AcceptRecords = async () => {
      throw conflictOver('a');
    };
    let calls = 0;
    const accept: AcceptRecords = (handover) => (calls++ === 0 ? contended(handover) : settings.accept(handover));
    const intake = new SqsIntake({ ...settings, accept });
    intake.start();
    intake.retry('s3://trail', [key]);
    await until(() => calls === 1);
    const then = clock.now();
    await until(() => clock.now() > then + 5_000);
    expect(calls).toBe(1);
    expect(await setAside(store)).toEqual([]);
    await end(intake);
  });

  it('reads what was begun, or asked for again, also after a restart', async () => {
    const { store, bucket, intake, clock, until, end } = await world();
    const key = bucket.deliver(ROOT, { at: NOON, ids: ['a'] });
    await store.write(({ db }) =>
      db
        .insertInto('intake_objects')
        .values({
          source: 's3://trail',
          object: key,
          fingerprint: ' -',
          offset: 0,
          records: 0,
          status: 'open',
          error: null,
          updated_at: clock.now(),
        })
        .execute(),
    );
    intake.start();
    await until(async () => (await storedIds(store)).length > 0);
    expect(await storedIds(store)).toEqual(['a']);
    await end();
  });

  it('counts an object once whose message names an earlier version, and does not show it as set aside', async () => {
    const { store, bucket, queue, intake, until, end } = await world();
    const delivery = { at: NOON, ids: ['a'] };
    const key = deliveryKey(ROOT, delivery);
    bucket.put(key, deliveryBody(delivery), 'new');
    const told = (eTag: string) => ({
      Records: [
        {
          eventName: 'ObjectCreated:Put',
          s3: { bucket: { name: 'trail' }, object: { key, eTag, size: deliveryBody(delivery).length } },
        },
      ],
    });
    queue.send(told('new'));
    intake.start();
    await until(() => queue.left === 0);
    const old = queue.send(told('old'));
    for (let n = 0; n < 8; n += 1) {
      const other = queue.send(noted(bucket.deliver(ROOT, { at: NOON, ids: [`other${n}`] })));
      await until(() => !queue.has(other) && (!queue.has(old) || queue.receives(old) > n), 5_000);
    }
    await until(() => queue.left === 0);
    expect(await setAside(store)).toEqual([]);
    expect(await storedIds(store)).toHaveLength(9);
    await end();
  });

  it('does not set aside, and count again, what was read long before its message came once more', async () => {
    const { store, bucket, queue, intake, until, end } = await world();
    const key = bucket.deliver(ROOT, { at: NOON, ids: ['a'] });
    queue.send(noted(key));
    intake.start();
    await until(() => queue.left === 0);
    const facts = bucket.facts.bind(bucket);
    bucket.facts = async (name) => {
      if (name === key) throw new FinalError('access is denied');
      return facts(name);
    };
    const again = queue.send(noted(key));
    for (let n = 0; n < 8; n += 1) {
      const other = queue.send(noted(bucket.deliver(ROOT, { at: NOON, ids: [`other${n}`] })));
      await until(() => !queue.has(other) && (!queue.has(again) || queue.receives(again) > n), 5_000);
    }
    await until(() => !queue.has(again));
    expect(await setAside(store)).toEqual([]);
    bucket.facts = facts;
    queue.send(noted(key));
    await until(() => queue.left === 0 && intake.state().trouble === null);
    expect(await storedIds(store)).toHaveLength(9);
    expect(intake.state()).toMatchObject({ objects: { setAside: 0 }, trouble: null });
    await end();
  });
});
