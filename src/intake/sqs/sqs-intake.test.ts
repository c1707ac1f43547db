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
    /** Lets time pass in small steps, as work waits for timers and for the store in turn. */
    const pass = async (duration: number) => {
      for (let at = 0; at < duration; at += 500) {
        await clock.advance(500);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    };
    return { store, clock, bucket, queue, intake, logged, pass, settings };
  }

  const setAside = (store: Awaited<ReturnType<typeof open>>) =>
    store.read
      .selectFrom('intake_objects')
      .select(['object', 'status', 'error'])
      .where('status', '<>', 'done')
      .execute();

  it('is in no trouble any more once a message that failed was taken away', async () => {
    const { bucket, queue, intake, pass } = await world();
    const key = bucket.deliver(ROOT, { at: NOON, ids: ['a'] });
    bucket.beforeRead = () => {
      throw new FinalError('access is denied');
    };
    intake.start();
    const id = queue.send(noted(key));
    await pass(2_000);
    expect(intake.state().trouble).toMatchObject({ message: 'access is denied' });
    queue.takeAway(id);
    await pass(20 * MINUTE);
    expect(intake.state().trouble).toBeNull();
    await intake.stop();
  });

  it('deletes each message by itself, and comes back to those alone that could not be', async () => {
    const { store, bucket, queue, intake, pass } = await world();
    const ids = ['a', 'b', 'c'].map((id) => queue.send(noted(bucket.deliver(ROOT, { at: NOON, ids: [id] }))));
    queue.stuck.add(ids[1]!);
    intake.start();
    await pass(2_000);
    expect(queue.hidden.map(({ id }) => id)).toEqual([ids[1]]);
    queue.stuck.clear();
    await pass(10_000);
    expect(queue.left).toBe(0);
    expect(intake.state()).toMatchObject({ trouble: null, stats: { stored: 3, duplicates: 1 } });
    expect(await storedIds(store)).toEqual(['a', 'b', 'c']);
    await intake.stop();
  });

  it('keeps messages hidden that it has received and not begun', async () => {
    const { bucket, queue, intake, pass, store } = await world({ parallel: 1 });
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
    await pass(25_000);
    await pass(40_000);
    expect(new Set(queue.hidden.map(({ id }) => id)).size).toBe(10);
    free();
    await pass(5_000);
    expect(await storedIds(store)).toHaveLength(10);
    await intake.stop();
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
    await first.pass(3_000);
    expect(conflicts).toBe(0);
    expect(intake.state().trouble).toBeNull();
    expect(first.logged).toEqual([]);
    await first.pass(10_000);
    expect(await storedIds(first.store)).toEqual(['a']);
    await intake.stop();
  });

  it('does not show an object as set aside that is read again while somebody else reads it', async () => {
    const { store, bucket, settings, pass } = await world();
    const key = bucket.deliver(ROOT, { at: NOON, ids: ['a'] });
    const contended: AcceptRecords = async () => {
      throw conflictOver('a');
    };
    let calls = 0;
    const accept: AcceptRecords = (handover) => (calls++ === 0 ? contended(handover) : settings.accept(handover));
    const intake = new SqsIntake({ ...settings, accept });
    intake.start();
    intake.retry('s3://trail', [key]);
    await pass(1_000);
    expect(calls).toBe(1);
    expect(await setAside(store)).toEqual([]);
    await intake.stop();
  });

  it('reads what was begun, or asked for again, also after a restart', async () => {
    const { store, bucket, intake, clock, pass } = await world();
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
    await pass(1_000);
    expect(await storedIds(store)).toEqual(['a']);
    await intake.stop();
  });

  it('counts an object once whose message names an earlier version, and does not show it as set aside', async () => {
    const { store, bucket, queue, intake, pass } = await world();
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
    await pass(2_000);
    queue.send(told('old'));
    for (let n = 0; n < 8; n += 1) {
      queue.send(noted(bucket.deliver(ROOT, { at: NOON, ids: [`other${n}`] })));
      await pass(40_000);
    }
    expect(queue.left).toBe(0);
    expect(await setAside(store)).toEqual([]);
    expect(await storedIds(store)).toHaveLength(9);
    await intake.stop();
  });

  it('does not set aside, and count again, what was read long before its message came once more', async () => {
    const { store, bucket, queue, intake, pass } = await world();
    const key = bucket.deliver(ROOT, { at: NOON, ids: ['a'] });
    queue.send(noted(key));
    intake.start();
    await pass(2_000);
    const facts = bucket.facts.bind(bucket);
    bucket.facts = async (name) => {
      if (name === key) throw new FinalError('access is denied');
      return facts(name);
    };
    queue.send(noted(key));
    for (let n = 0; n < 8; n += 1) {
      queue.send(noted(bucket.deliver(ROOT, { at: NOON, ids: [`other${n}`] })));
      await pass(40_000);
    }
    expect(await setAside(store)).toEqual([]);
    bucket.facts = facts;
    queue.send(noted(key));
    await pass(20_000);
    expect(queue.left).toBe(0);
    expect(await storedIds(store)).toHaveLength(9);
    expect(intake.state()).toMatchObject({ objects: { setAside: 0 }, trouble: null });
    await intake.stop();
  });
});
