import type { Timer } from '../../base/clock.ts';
import type { Channels, Outcome } from '../channels/channel.ts';
import type { ChainContext } from '../context.ts';
import { deadLetterTarget } from '../topics/subscription-attributes.ts';
import { AttemptCounters } from './attempt-counters.ts';
import { claimDue, nextDue } from './claim.ts';
import { DEFAULT_LANES, type LaneSettings, Lanes, type Passage } from './lanes.ts';
import { type DeliveryRow, type Loaded, loadDeliveries } from './load.ts';
import { Paces } from './paces.ts';
import { type DeadLetter, type Verdict, verdictOf } from './record.ts';
import { Recorder } from './recorder.ts';
import type { NoteStatus } from './status-log.ts';

export interface DeliverySettings {
  readonly lanes?: LaneSettings;
  /** Where topics that ask for it have the end of each delivery written down. */
  readonly noteStatus?: NoteStatus;
  /** Where attempts are counted. */
  readonly counters?: AttemptCounters;
}

/** The running outbox. */
export interface Deliveries {
  /** Takes up no more work, and resolves when what is under way has been recorded. */
  stop(): Promise<void>;
  /** Resolves when nothing is under way and nothing is due. */
  idle(): Promise<void>;
}

/** Rows looked at in one go. */
const CLAIM = 256;
/** Before a delivery is looked at again that could not be recorded. */
const AFTER_FAULT = 5_000;

/**
 * Starts to deliver what waits, in stages: claim what is due, load it, attempt it through a channel,
 * judge what came of it, record that. Nothing is remembered outside the store that a restart would miss:
 * an attempt cut short is made again under the same id.
 */
export function startDeliveries(ctx: ChainContext, channels: Channels, settings: DeliverySettings = {}): Deliveries {
  const worker = new Worker(ctx, channels, settings);
  worker.wake();
  return worker;
}

class Worker implements Deliveries {
  readonly #ctx: ChainContext;
  readonly #channels: Channels;
  readonly #lanes: Lanes;
  readonly #paces = new Paces();
  readonly #recorder: Recorder;
  readonly #counters: AttemptCounters;
  readonly #underWay = new Map<number, Promise<void>>();
  readonly #stopListening: () => void;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  /** The time of the last claim: what is due later has yet to be seen. */
  #lookedAt = 0;
  #stopped = false;
  #timer: { readonly at: number; readonly handle: Timer } | undefined;
  /** Endpoints for which something may be waiting until one of their attempts ends. */
  #crowded = new Set<string>();
  /** Whether something may be waiting until any attempt ends. */
  #full = false;

  constructor(ctx: ChainContext, channels: Channels, settings: DeliverySettings) {
    this.#ctx = ctx;
    this.#channels = channels;
    this.#recorder = new Recorder(ctx, settings.noteStatus);
    this.#counters = settings.counters ?? new AttemptCounters();
    this.#lanes = new Lanes(ctx.clock, settings.lanes ?? DEFAULT_LANES, () => this.wake());
    this.#stopListening = ctx.signals.on('deliveries', () => this.wake());
  }

  wake(): void {
    if (this.#stopped) return;
    this.#lookAgain = true;
    this.#looking ??= this.#look();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopListening();
    this.#timer?.handle.cancel();
    await this.#looking;
    await Promise.all(this.#underWay.values());
  }

  async idle(): Promise<void> {
    while (this.#looking || this.#underWay.size > 0) {
      await this.#looking;
      await Promise.all(this.#underWay.values());
    }
  }

  async #look(): Promise<void> {
    try {
      while (this.#lookAgain && !this.#stopped) {
        this.#lookAgain = false;
        // One claim may not show all that could run: its rows may belong to lanes that are now full.
        if (await this.#startDue()) this.#lookAgain = true;
      }
      if (!this.#stopped) await this.#setTimer();
    } catch (error) {
      this.#ctx.log.error({ err: error }, 'the store did not say which deliveries are due');
      this.#wakeAt(this.#ctx.clock.now() + AFTER_FAULT);
    } finally {
      this.#looking = undefined;
    }
    if (this.#lookAgain && !this.#stopped) this.wake();
  }

  /** Whether anything was started. */
  async #startDue(): Promise<boolean> {
    const now = this.#ctx.clock.now();
    this.#lookedAt = now;
    const endpoints = this.#lanes.closed();
    this.#crowded = new Set(endpoints);
    this.#full = this.#lanes.isFull;
    const without = { endpoints, subscriptions: this.#paces.waiting(now), ids: [...this.#underWay.keys()] };
    const rows = await claimDue(this.#ctx.store.read, now, without, CLAIM);
    if (rows.length === CLAIM) this.#full = true;
    const loaded = await loadDeliveries(this.#ctx.store.read, this.#withRoom(rows));
    let started = false;
    for (const [row, found] of loaded) {
      if (this.#underWay.has(row.id)) continue;
      if (found && !this.#mayStart(found)) continue;
      started = true;
      const passage = found && this.#lanes.start(row.endpoint, found.outgoing.subscription.failing !== undefined);
      this.#underWay.set(row.id, found && passage ? this.#run(found, passage) : this.#drop(row));
    }
    return started;
  }

  /** Those for which there is room in their lanes, so that no more is loaded than can start. */
  #withRoom(rows: readonly DeliveryRow[]): DeliveryRow[] {
    const room = new Map<string, number>();
    return rows.filter(({ endpoint }) => {
      const left = room.get(endpoint) ?? this.#lanes.room(endpoint);
      room.set(endpoint, left - 1);
      if (left <= 0) this.#crowded.add(endpoint);
      return left > 0;
    });
  }

  #mayStart({ row, perSecond }: Loaded): boolean {
    if (!this.#lanes.isOpen(row.endpoint)) {
      this.#full = true;
      return false;
    }
    this.#paces.set(row.subscription_id, perSecond);
    return this.#paces.take(row.subscription_id, this.#ctx.clock.now());
  }

  async #setTimer(): Promise<void> {
    const since = this.#lookedAt;
    const times = [await nextDue(this.#ctx.store.read, since), this.#paces.nextAt(since), this.#lanes.nextAt(since)];
    const at = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
    if (at <= this.#ctx.clock.now()) this.#lookAgain = true;
    else if (Number.isFinite(at)) this.#wakeAt(at);
  }

  /** An earlier alarm than the one set takes its place; whoever wakes sets the next. */
  #wakeAt(at: number): void {
    if (this.#timer && this.#timer.at <= at) return;
    this.#timer?.handle.cancel();
    const handle = this.#ctx.clock.after(at - this.#ctx.clock.now(), () => {
      this.#timer = undefined;
      this.wake();
    });
    this.#timer = { at, handle };
  }

  async #run(loaded: Loaded, passage: Passage): Promise<void> {
    const { row } = loaded;
    let delivered = false;
    let isUnrecorded = false;
    try {
      delivered = await this.#deliver(loaded, passage);
    } catch (error) {
      this.#ctx.log.error({ err: error, delivery: row.uuid }, 'a delivery could not be recorded; it will be repeated');
      isUnrecorded = true;
      await this.#pause();
    } finally {
      passage.end(delivered);
      this.#underWay.delete(row.id);
      // The next of its message group has its turn now.
      const isAwaited = row.group_id !== null || this.#crowded.has(row.endpoint);
      if (isUnrecorded || this.#full || isAwaited) this.wake();
    }
  }

  /** Takes away a delivery that nobody waits for any more. */
  async #drop(row: DeliveryRow): Promise<void> {
    try {
      await this.#ctx.store.write(async ({ db }) => {
        await db.deleteFrom('deliveries').where('id', '=', row.id).where('status', '=', 'waiting').execute();
      });
      this.#counters.note(row.protocol as Loaded['rules']['protocol'], 'called-off');
    } catch (error) {
      this.#ctx.log.error({ err: error, delivery: row.uuid }, 'a delivery could not be called off; it will be later');
      await this.#pause();
    } finally {
      this.#underWay.delete(row.id);
      this.wake();
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stopped) resolve();
      else this.#ctx.clock.after(AFTER_FAULT, resolve);
    });
  }

  async #deliver(loaded: Loaded, passage: Passage): Promise<boolean> {
    const outcome = await this.#attempt(loaded);
    this.#ctx.reach('between-delivery-and-record');
    const verdict = verdictOf(this.#ctx, loaded, outcome);
    const asked = outcome.result === 'retry' ? (outcome.waitMs ?? 0) : 0;
    const rest = verdict.result === 'later' && mayRest(loaded) ? passage.rest(asked) : 0;
    await this.#recorder.record(loaded, verdict, rest, await this.#deadLetter(loaded, verdict));
    this.#report(loaded, verdict);
    if (verdict.result === 'later') this.#wakeAt(verdict.dueAt);
    // What waited for an endpoint to recover is due now.
    if (verdict.result === 'delivered' && loaded.outgoing.subscription.failing) this.wake();
    return verdict.result === 'delivered';
  }

  async #attempt(loaded: Loaded): Promise<Outcome> {
    try {
      return await this.#channels.deliver(loaded.outgoing);
    } catch (error) {
      // A channel answers for everything that others do; this is a fault of ours, and must not lose a message.
      this.#ctx.log.error({ err: error, delivery: loaded.row.uuid }, 'a channel failed unexpectedly');
      return { result: 'retry', reason: 'broken', text: String(error) };
    }
  }

  /** Confirmations never become dead letters. */
  async #deadLetter({ outgoing }: Loaded, verdict: Verdict): Promise<DeadLetter | undefined> {
    const queueArn = deadLetterTarget(outgoing.subscription.attributes);
    if (verdict.result !== 'dead' || !queueArn || outgoing.message.kind !== 'Notification') return undefined;
    return { queueArn, post: await this.#channels.deadLetter(outgoing) };
  }

  #report({ row, joined, outgoing, rules }: Loaded, verdict: Verdict): void {
    if (verdict.result === 'delivered') {
      for (let count = 0; count <= joined.length; count += 1)
        this.#counters.note(rules.protocol, 'delivered', verdict.protest?.reason);
      return;
    }
    const { reason, text } = verdict;
    this.#counters.note(rules.protocol, verdict.result === 'later' ? 'retried' : 'given-up', reason);
    if (verdict.result === 'later') return;
    this.#ctx.log.error(
      { delivery: row.uuid, subscription: outgoing.subscription.arn, attempts: row.attempts + 1, reason, error: text },
      'a message could not be delivered and is given up',
    );
  }
}

/** Under AWS's rules, and for mail and queues, every delivery has AWS's times. */
const mayRest = ({ row, rules }: Loaded): boolean => row.protocol.startsWith('http') && !rules.policy;
