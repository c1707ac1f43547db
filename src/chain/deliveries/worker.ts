import type { Timer } from '../../base/clock.ts';
import type { Channels, Outcome } from '../channels/channel.ts';
import type { ChainContext } from '../context.ts';
import { deadLetterTarget } from '../topics/subscription-attributes.ts';
import { inTurn } from './in-turn.ts';
import { DEFAULT_LANES, type LaneSettings, Lanes } from './lanes.ts';
import { type DeliveryRow, type Loaded, loadDeliveries, throttlesOf } from './load.ts';
import { Paces } from './paces.ts';
import { recordVerdict, type Verdict, verdictOf } from './record.ts';
import type { NoteStatus } from './status-log.ts';

export interface DeliverySettings {
  readonly lanes?: LaneSettings;
  /** Where topics that ask for it have the end of each delivery written down. */
  readonly noteStatus?: NoteStatus;
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
 * Starts to deliver what waits, in stages: claim what is due, load, attempt through a channel, record.
 * Nothing is remembered outside the store that a restart would miss: an attempt cut short is made again
 * under the same id.
 */
export function startDeliveries(ctx: ChainContext, channels: Channels, settings: DeliverySettings = {}): Deliveries {
  const worker = new Worker(ctx, channels, settings);
  worker.wake();
  return worker;
}

class Worker implements Deliveries {
  readonly #ctx: ChainContext;
  readonly #channels: Channels;
  readonly #noteStatus: NoteStatus | undefined;
  readonly #lanes: Lanes;
  readonly #paces = new Paces();
  readonly #underWay = new Map<number, Promise<void>>();
  readonly #stopListening: () => void;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #stopped = false;
  #timer: Timer | undefined;

  constructor(ctx: ChainContext, channels: Channels, { lanes = DEFAULT_LANES, noteStatus }: DeliverySettings) {
    this.#ctx = ctx;
    this.#channels = channels;
    this.#noteStatus = noteStatus;
    this.#lanes = new Lanes(ctx.clock, lanes);
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
    this.#timer?.cancel();
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
    if (this.#lookAgain) this.wake();
  }

  /** Whether anything was started. */
  async #startDue(): Promise<boolean> {
    const rows = await this.#claim();
    await this.#learnPaces(rows);
    const now = this.#ctx.clock.now();
    const open: DeliveryRow[] = [];
    for (const row of rows) {
      if (!this.#lanes.isOpen(row.endpoint) || this.#underWay.has(row.id)) continue;
      if (!this.#paces.take(row.subscription_id, now)) continue;
      open.push(row);
      this.#underWay.set(row.id, this.#run(row, this.#lanes.start(row.endpoint)));
    }
    return open.length > 0;
  }

  /** Only HTTP deliveries can be throttled; a policy is known before the first of them starts. */
  async #learnPaces(rows: readonly DeliveryRow[]): Promise<void> {
    const unknown = rows
      .filter(({ protocol, subscription_id: id }) => protocol.startsWith('http') && !this.#paces.isKnown(id))
      .map((row) => row.subscription_id);
    const found = await throttlesOf(this.#ctx.store.read, [...new Set(unknown)]);
    for (const [id, perSecond] of found) this.#paces.set(id, perSecond);
  }

  #claim(): Promise<DeliveryRow[]> {
    const closed = this.#lanes.closed();
    const busy = [...this.#underWay.keys()];
    let due = this.#ctx.store.read
      .selectFrom('deliveries')
      .selectAll()
      .where('status', '=', 'waiting')
      .where('due_at', '<=', this.#ctx.clock.now());
    if (closed.length > 0) due = due.where('endpoint', 'not in', closed);
    const paced = this.#paces.waiting(this.#ctx.clock.now());
    if (paced.length > 0) due = due.where('subscription_id', 'not in', paced);
    if (busy.length > 0) due = due.where('id', 'not in', busy);
    return inTurn(due).orderBy('due_at').orderBy('id').limit(CLAIM).execute();
  }

  async #setTimer(): Promise<void> {
    const next = await this.#ctx.store.read
      .selectFrom('deliveries')
      .select('due_at')
      .where('status', '=', 'waiting')
      .where('due_at', '>', this.#ctx.clock.now())
      .orderBy('due_at')
      .limit(1)
      .executeTakeFirst();
    const pace = this.#paces.nextAt(this.#ctx.clock.now());
    const at = Math.min(next?.due_at ?? Number.POSITIVE_INFINITY, pace ?? Number.POSITIVE_INFINITY);
    if (Number.isFinite(at)) this.#wakeAt(at);
  }

  #wakeAt(at: number): void {
    this.#timer?.cancel();
    this.#timer = this.#ctx.clock.after(at - this.#ctx.clock.now(), () => this.wake());
  }

  async #run(row: DeliveryRow, passage: { end(delivered: boolean): void }): Promise<void> {
    let delivered = false;
    try {
      delivered = await this.#deliver(row);
    } catch (error) {
      this.#ctx.log.error({ err: error, delivery: row.uuid }, 'a delivery could not be recorded; it will be repeated');
      await new Promise<void>((resolve) => {
        if (this.#stopped) resolve();
        else this.#ctx.clock.after(AFTER_FAULT, resolve);
      });
    } finally {
      passage.end(delivered);
      this.#underWay.delete(row.id);
      this.wake();
    }
  }

  async #deliver(row: DeliveryRow): Promise<boolean> {
    const [loaded] = await loadDeliveries(this.#ctx.store.read, [row]);
    if (!loaded) {
      await this.#ctx.store.write(async ({ db }) => {
        await db.deleteFrom('deliveries').where('id', '=', row.id).where('status', '=', 'waiting').execute();
      });
      return true;
    }
    if (row.protocol.startsWith('http')) this.#paces.set(row.subscription_id, loaded.perSecond);
    const outcome = await this.#attempt(loaded);
    this.#ctx.reach('between-delivery-and-record');
    const verdict = verdictOf(this.#ctx, loaded, outcome);
    await recordVerdict(this.#ctx, loaded, verdict, await this.#deadLetter(loaded, verdict), this.#noteStatus);
    this.#report(loaded, verdict);
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
  async #deadLetter({ outgoing }: Loaded, verdict: Verdict) {
    const queueArn = deadLetterTarget(outgoing.subscription.attributes);
    if (verdict.result !== 'dead' || !queueArn || outgoing.message.kind !== 'Notification') return undefined;
    return { queueArn, post: await this.#channels.deadLetter(outgoing) };
  }

  #report({ row, outgoing }: Loaded, verdict: Verdict): void {
    if (verdict.result !== 'dead') return;
    const { reason, text } = verdict;
    this.#ctx.log.error(
      { delivery: row.uuid, subscription: outgoing.subscription.arn, attempts: row.attempts + 1, reason, error: text },
      'a message could not be delivered and is given up',
    );
  }
}
