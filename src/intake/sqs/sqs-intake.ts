import type { Timer } from '../../base/clock.ts';
import { sleep } from '../../base/clock.ts';
import type { ChainContext } from '../../chain/context.ts';
import type { Bucket } from '../../trail/archive/bucket.ts';
import { reasonToSkip } from '../../trail/archive/selection.ts';
import type { AcceptRecords } from '../accept-records.ts';
import { type IntakeState, LONGEST_STOP, type RunningIntake } from '../fetch/intake-state.ts';
import { Lag } from '../fetch/lag.ts';
import { Lanes } from '../fetch/lanes.ts';
import { ObjectBatch } from '../fetch/object-batch.ts';
import { ObjectTaker, TAKEN_PER_FETCH } from '../fetch/take-object.ts';
import { isOfObject, Trouble } from '../fetch/trouble.ts';
import { IntakeCounters } from '../intake-counters.ts';
import { IntakeRun } from '../intake-run.ts';
import { isConflict, openObjects } from '../object-marks.ts';
import { type NotedObject, readNotification } from './notification.ts';
import { Removals } from './removals.ts';
import type { Queue, QueueMessage } from './sqs-queue.ts';

/** A bucket that messages may name, and how its marks are called. */
export interface NotedBucket {
  readonly bucket: Bucket;
  readonly source: string;
}

export interface SqsIntakeSettings {
  readonly context: Pick<ChainContext, 'store' | 'clock' | 'ids' | 'log' | 'signals'>;
  readonly accept: AcceptRecords;
  readonly name: string;
  readonly queue: Queue;
  readonly buckets: ReadonlyMap<string, NotedBucket>;
  /** Messages that are worked on at once. */
  readonly parallel: number;
  /** How long a message may wait before that is told of. Milliseconds. */
  readonly lagLimit: number;
}

/** How long a message is hidden from others; renewed at half of it while it is worked on. Seconds. */
const HIDDEN = 120;
/** Loops that ask the queue, each for ten messages. */
const RECEIVERS = 3;
/** A message of which something failed so often while others were read is given up. */
const MOST_RECEIVES = 6;
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 900;
const LONGEST_REST = 60_000;
/** How much later than it may a message comes again, where there are many. */
const LATENESS = 5 * 60_000;
/** How long to leave alone what somebody else reads. Seconds. */
const CONTENDED = 5;
const RUN_LOOK = 2_000;
const PATIENCE = { silence: 30_000, pause: 500, attempts: 3 };
const SHOWN_OF_BODY = 500;

/** A message of which something failed. */
interface Failing {
  /** How much had been read when it failed first. */
  readonly readBefore: number;
  /** By when it should have come again, unless somebody took it away: a dead-letter queue, or another reader. */
  readonly backBy: number;
}

/** Takes in the objects that the messages of a queue tell of. A message is deleted once all it names is committed. */
export class SqsIntake implements RunningIntake {
  readonly #settings: SqsIntakeSettings;
  readonly #counters = new IntakeCounters();
  readonly #run: IntakeRun;
  readonly #taker: ObjectTaker;
  readonly #lag: Lag;
  readonly #trouble: Trouble;
  readonly #lanes: Lanes;
  readonly #removals: Removals;
  #read = 0;
  #setAside = 0;
  readonly #failing = new Map<string, Failing>();
  /** Loops whose last question the queue did not answer. */
  #unanswered = 0;
  #stopping = new AbortController();
  #loops: Promise<unknown> = Promise.resolve();
  #timer: Timer | undefined;

  constructor(settings: SqsIntakeSettings) {
    const { context, accept, name, queue, lagLimit, parallel } = settings;
    this.#settings = settings;
    this.#run = new IntakeRun(context);
    const batch = new ObjectBatch({
      clock: context.clock,
      accept,
      counters: this.#counters,
      run: () => this.#run.now(),
    });
    const patience = { ...PATIENCE, clock: context.clock };
    this.#taker = new ObjectTaker({ context, batch, counters: this.#counters, patience, parallel });
    this.#lag = new Lag(context.clock, lagLimit);
    this.#trouble = new Trouble(context, { name, from: queue.url });
    this.#removals = new Removals(queue, context.clock);
    this.#lanes = new Lanes(parallel * TAKEN_PER_FETCH);
  }

  start(): void {
    this.#stopping = new AbortController();
    this.#loops = Promise.all([this.#readBegun(), ...Array.from({ length: RECEIVERS }, () => this.#receiveOn())]);
    this.#lookAtRun();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#timer?.cancel();
    const done = this.#loops.then(() => this.#lanes.idle());
    await Promise.race([done, sleep(this.#settings.context.clock, LONGEST_STOP)]);
  }

  state(): IntakeState {
    const { name, queue } = this.#settings;
    return {
      name,
      type: 'sqs',
      from: queue.url,
      stats: this.#counters.stats(),
      objects: { read: this.#read, waiting: this.#lag.waiting, setAside: this.#setAside },
      ...this.#lag.state(),
      trouble: this.#trouble.current,
    };
  }

  reads(source: string): boolean {
    return [...this.#settings.buckets.values()].some((known) => known.source === source);
  }

  retry(source: string, objects: readonly string[]): void {
    for (const [bucket, known] of this.#settings.buckets) {
      if (known.source !== source) continue;
      // Digests may have been set aside by the bucket's own intake, and are its to check.
      const own = objects.filter((key) => reasonToSkip(key, {}) === undefined);
      for (const key of own) void this.#again({ bucket, key, size: undefined, etag: undefined });
    }
  }

  /** What was begun, or was to be read again, when the engine ended: no message may name it any more. */
  async #readBegun(): Promise<void> {
    const { context, buckets } = this.#settings;
    for (const { source } of buckets.values())
      this.retry(source, await openObjects(context.store.read, source).catch(() => []));
  }

  /** What fails once more is set aside once more, unless somebody else has it. */
  async #again(object: NotedObject): Promise<void> {
    await this.#lanes.start(async () => {
      await this.#take(object).catch(async (error: Error) => {
        if (!isConflict(error)) await this.#giveUp(object, error.message).catch(() => undefined);
      });
    });
  }

  /** Asks again and again; rests longer and longer while the queue does not answer. */
  async #receiveOn(): Promise<void> {
    const { queue, context } = this.#settings;
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const messages = await queue.receive(HIDDEN, signal);
        if (failures > 0) this.#unanswered -= 1;
        // Another receive may fail for a moment; only messages that fail are a trouble that lasts.
        if (failures > 0 && this.#failing.size === 0) await this.#trouble.isOver();
        failures = 0;
        for (const message of messages) this.#lag.waits(message.id, message.sentAt);
        const held = messages.map((message) => ({ message, renewing: this.#renew(message) }));
        for (const { message, renewing } of held) await this.#lanes.start(() => this.#handle(message, renewing));
      } catch (error) {
        if (signal.aborted) return;
        if (failures === 0) this.#unanswered += 1;
        failures += 1;
        await this.#trouble.met(error);
        await Promise.race([
          sleep(context.clock, Math.min(LONGEST_REST, 1_000 * 2 ** Math.min(failures, 10))),
          new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true })),
        ]);
      }
    }
  }

  /** Takes what a message names and deletes it; what fails comes again later. */
  async #handle(message: QueueMessage, renewing: Timer): Promise<void> {
    try {
      await this.#work(message);
      await this.#removals.remove(message);
      this.#failing.delete(message.id);
      if (this.#failing.size === 0 && this.#trouble.current) await this.#trouble.isOver();
    } catch (error) {
      await this.#fail(message, error);
    } finally {
      renewing.cancel();
      this.#lag.isRead(message.id);
    }
  }

  async #fail(message: QueueMessage, error: unknown): Promise<void> {
    const { queue, context, name } = this.#settings;
    const isContended = isConflict(error);
    const pause = isContended
      ? CONTENDED
      : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(message.receives - 1, 10));
    if (!isContended) {
      await this.#trouble.met(error);
      const { readBefore = this.#read } = this.#failing.get(message.id) ?? {};
      this.#failing.set(message.id, { readBefore, backBy: context.clock.now() + pause * 1_000 + LATENESS });
    }
    await queue.hide(message, pause).catch((other: Error) => {
      context.log.warn({ err: other, intake: name }, 'a message stays hidden longer than it need be');
    });
  }

  /** Waits no longer for messages that somebody took away; the queue's owner has them, as in a dead-letter queue. */
  async #forgetLost(): Promise<void> {
    const now = this.#settings.context.clock.now();
    if (this.#failing.size === 0 || this.#unanswered > 0) return;
    for (const [id, { backBy }] of this.#failing) if (backBy < now) this.#failing.delete(id);
    if (this.#failing.size === 0) await this.#trouble.isOver();
  }

  async #work(message: QueueMessage): Promise<void> {
    const notification = readNotification(message.body);
    if (notification.kind === 'nothing') return;
    if (notification.kind === 'unknown') return this.#setMessageAside(message, notification.why);
    const { buckets } = this.#settings;
    const strange = notification.objects.find(({ bucket }) => !buckets.has(bucket));
    if (strange) {
      const why = `it names the bucket ${strange.bucket.slice(0, 63)}, which is none of "buckets"`;
      return this.#setMessageAside(message, why);
    }
    const wanted = notification.objects.filter(({ key }) => reasonToSkip(key, {}) === undefined);
    await Promise.all(wanted.map((object) => this.#takeOrGiveUp(object, message)));
  }

  async #takeOrGiveUp(object: NotedObject, { id, receives }: QueueMessage): Promise<void> {
    try {
      await this.#take(object);
    } catch (error) {
      const wasReadSince = this.#read > (this.#failing.get(id)?.readBefore ?? this.#read);
      if (isConflict(error)) throw error;
      if (!isOfObject(error) && !(receives >= MOST_RECEIVES && wasReadSince)) throw error;
      await this.#giveUp(object, (error as Error).message);
    }
  }

  async #take({ bucket: name, ...object }: NotedObject): Promise<void> {
    const { bucket, source } = this.#settings.buckets.get(name) as NotedBucket;
    const { outcome, newestEventAt } = await this.#taker.take(bucket, source, object);
    this.#read += 1;
    if (outcome === 'set aside') this.#setAside += 1;
    this.#lag.isRead(object.key, newestEventAt);
  }

  async #giveUp({ bucket, key, etag }: NotedObject, error: string): Promise<void> {
    const { source } = this.#settings.buckets.get(bucket) as NotedBucket;
    if (await this.#taker.setAside(source, key, etag, error)) this.#setAside += 1;
  }

  /** A message that means nothing here would come again for ever. */
  async #setMessageAside({ id, body }: QueueMessage, why: string): Promise<void> {
    const error = `${why}: ${body.slice(0, SHOWN_OF_BODY)}`;
    await this.#taker.setAside(`sqs:${this.#settings.queue.url}`, `message ${id}`, undefined, error);
    this.#setAside += 1;
  }

  /** Keeps a message hidden for as long as it is worked on. */
  #renew(message: QueueMessage): Timer {
    const { context, queue } = this.#settings;
    let timer: Timer;
    const renew = (): void => {
      void queue.hide(message, HIDDEN).catch(() => undefined);
      timer = context.clock.after((HIDDEN * 1_000) / 2, renew);
    };
    timer = context.clock.after((HIDDEN * 1_000) / 2, renew);
    return { cancel: () => timer.cancel() };
  }

  #lookAtRun(): void {
    this.#timer = this.#settings.context.clock.after(RUN_LOOK, () => {
      void this.#run
        .endIfQuiet()
        .then(() => this.#forgetLost())
        .catch(() => undefined)
        .then(() => {
          if (!this.#stopping.signal.aborted) this.#lookAtRun();
        });
    });
  }
}
