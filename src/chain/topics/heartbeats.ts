import type { Timer } from '../../base/clock.ts';
import { durationOf } from '../../base/duration.ts';
import type { ChainContext } from '../context.ts';
import { isFifoTopic } from './ordering.ts';
import type { Publish } from './publication.ts';
import { type Topic, topicOf } from './topic.ts';

/** The tag on a topic that asks for a message now and then, whatever happens: its silence is an alarm, too. */
export const HEARTBEAT_TAG = 'trailbell:heartbeat';

const LEAST = 60_000;
const MOST = 30 * 86_400_000;
/** After a fault of the store. */
const AFTER_FAULT = 60_000;
/** A timer never waits longer, so that a clock set back heals by itself. */
const LONGEST_WAIT = 3_600_000;

/** Milliseconds between two heartbeats that a topic's tags ask for; undefined for none. */
export function heartbeatOf(tags: Readonly<Record<string, string>>): number | undefined {
  const span = durationOf(tags[HEARTBEAT_TAG] ?? '');
  return span !== undefined && span >= LEAST && span <= MOST ? span : undefined;
}

/** What a topic's tag asks for that cannot be, in a sentence. */
export function heartbeatTagProblem(tags: Readonly<Record<string, string>>): string | undefined {
  const wish = tags[HEARTBEAT_TAG];
  if (wish === undefined || heartbeatOf(tags) !== undefined) return undefined;
  return `the topic's tag ${HEARTBEAT_TAG}=${wish} is ignored: a time from 1m to 30d is wanted, such as 24h`;
}

/**
 * Publishes to topics that ask for it: at once when the tag is put on, then every so often. When the next
 * is due is in the store; one that a stop has missed is made up for once.
 */
export class Heartbeats {
  readonly #ctx: ChainContext;
  readonly #publish: Publish;
  #stopListening: (() => void) | undefined;
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(ctx: ChainContext, publish: Publish) {
    this.#ctx = ctx;
    this.#publish = publish;
  }

  start(): void {
    this.#stopListening = this.#ctx.signals.on('heartbeats', () => this.#wake());
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#timer?.cancel();
    await this.#running;
  }

  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  #wake(): void {
    if (!this.#stopListening) return;
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again) this.#wake();
    });
  }

  async #run(): Promise<void> {
    this.#timer?.cancel();
    this.#again = false;
    let next: number | undefined;
    try {
      next = await this.#beat();
    } catch (error) {
      this.#ctx.log.error({ err: error }, 'heartbeats could not be sent; they are tried again in a minute');
      next = this.#ctx.clock.now() + AFTER_FAULT;
    }
    if (next === undefined || !this.#stopListening) return;
    const wait = Math.min(LONGEST_WAIT, next - this.#ctx.clock.now());
    this.#timer = this.#ctx.clock.after(wait, () => this.#wake());
  }

  /** Sends what is due. Resolves to when the next is, if any. */
  async #beat(): Promise<number | undefined> {
    const { store, clock } = this.#ctx;
    const rows = await store.read
      .selectFrom('topics')
      .selectAll()
      .where('tags', 'like', `%"${HEARTBEAT_TAG}"%`)
      .execute();
    const now = clock.now();
    const times = rows.map(async (row) => {
      const topic = topicOf(row);
      const every = heartbeatOf(topic.tags);
      if (every === undefined) return undefined;
      const due = row.heartbeat_at ?? now;
      // A shorter time than before counts from now.
      if (due > now) return Math.min(due, now + every);
      const next = due + (Math.floor((now - due) / every) + 1) * every;
      await this.#send(topic, next);
      return next;
    });
    const known = (await Promise.all(times)).filter((time) => time !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  #send(topic: Topic, next: number): Promise<void> {
    const { store, ids, log } = this.#ctx;
    const time = new Date(next).toISOString().replace(/\.\d+Z$/, 'Z');
    return store.write(async (tx) => {
      const published = await this.#publish(tx, {
        topicArn: topic.arn,
        subject: `Heartbeat of ${topic.name}`.slice(0, 100),
        message: `Nothing has happened: this message only proves that the way from Trailbell to you is open. The next one comes at ${time}. If it does not, see what keeps the engine from reaching you.`,
        attributes: { trailbell: { type: 'String', value: 'heartbeat' } },
        ...(isFifoTopic(topic) ? { ordering: { groupId: 'trailbell-heartbeat', deduplicationId: ids.uuid() } } : {}),
      });
      if ('failure' in published)
        log.warn({ topic: topic.arn, error: published.failure }, 'a heartbeat could not be published');
      await tx.db.updateTable('topics').set({ heartbeat_at: next }).where('id', '=', topic.id).execute();
    });
  }
}
