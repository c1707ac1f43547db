import { sleep, type Timer } from '../base/clock.ts';
import { Refusal } from '../base/refusal.ts';
import type { ChainContext } from '../chain/context.ts';
import { Awake } from './awake.ts';
import { type Batch, BatchReader } from './batch-reader.ts';
import { deliver, Patience, type Tally } from './deliver.ts';
import type { ForwardItem } from './item.ts';
import { Ledger, type Start } from './ledger.ts';
import { type Backlog, type Place, WHOLE } from './place.ts';
import type { AnyParcel, AnyReceiver, Around, Limits, Outcome } from './receiver.ts';
import { type Resent, resendRefused } from './resend.ts';
import { shownOutcome } from './shown-outcome.ts';
import type { Source } from './source/source.ts';
import { testItem } from './test-item.ts';

export interface ForwardPlan {
  readonly name: string;
  readonly what: 'events' | 'matches' | 'rings' | 'findings';
  readonly from: Start;
  /** Whether the settings want the item sent. */
  readonly wants: (item: ForwardItem) => boolean;
  readonly source: Source;
  readonly receiver: AnyReceiver;
  readonly limits: Limits;
  /** Milliseconds that a batch waits for company. */
  readonly linger: number;
}

const NOTHING: Tally = { sent: 0, bytes: 0, refused: [] };
/** After the store could not be read or written. */
const RECOVERY = 10_000;
/** For a batch that is on its way when the forward stops. */
const GRACE = 5_000;
/** How far a forward may move on past what it does not want without writing that down. */
const UNWRITTEN = 60_000;

/**
 * Reads items from the store behind its cursor, sends them in batches, and moves the cursor once they are taken:
 * every item arrives at least once, in the order of commits. What waits, waits in the store.
 */
export class ForwardRunner {
  readonly plan: ForwardPlan;
  readonly #context: ChainContext;
  readonly #ledger: Ledger;
  readonly #patience = new Patience();
  readonly #awake = new Awake();
  readonly #reader: BatchReader;
  /** Where the cursor in the store is. */
  #written: Place = { position: 0, part: WHOLE };
  #writtenAt = 0;
  #running: Promise<void> | undefined;
  #lingering: Timer | undefined;
  #stopped = false;
  #missed = false;
  /** The store could not be read or written last time. */
  #isBroken = false;
  readonly #errands: { readonly run: () => Promise<void>; readonly giveUp: () => void }[] = [];
  /** Resolves when no errand is under way beside the batches. */
  #asides: Promise<unknown> = Promise.resolve();
  readonly #sleepers = new Set<() => void>();
  #off: (() => void) | undefined;

  constructor(context: ChainContext, plan: ForwardPlan) {
    this.plan = plan;
    this.#context = context;
    this.#ledger = new Ledger(context, plan.name);
    this.#reader = new BatchReader(plan);
  }

  /** Takes up its place; resolves when it listens. */
  async start(): Promise<void> {
    const { what, from, source } = this.plan;
    this.#goTo(await this.#ledger.open(what, from, source));
    this.#off = this.#context.signals.on(what === 'matches' ? 'events' : what, () => this.#wake());
    this.#wake();
  }

  /** Resolves when nothing is under way but waits for the clock. */
  idle(): Promise<void> {
    return this.#awake.idle();
  }

  /** Ends what is under way; what is not surely taken will be sent again. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#off?.();
    this.#lingering?.cancel();
    for (const wake of this.#sleepers) wake();
    await Promise.race([this.#running, sleep(this.#context.clock, GRACE)]);
    await this.plan.receiver.close();
    await this.#running;
    await this.#asides;
    for (const { giveUp } of this.#errands.splice(0)) giveUp();
  }

  /** Sends everything again that happened since `from`. */
  backfill(from: number): Promise<void> {
    return this.#between(async () => this.#goTo(await this.#ledger.backfill(from)));
  }

  /** Sends once more what was refused. */
  resend(): Promise<Resent> {
    const { name, receiver } = this.plan;
    return this.#beside((around) => {
      const send = (parcels: readonly AnyParcel[]): Promise<Outcome> => this.#send(parcels, around);
      return resendRefused(this.#context, { name, receiver, send, stopped: around.stopped });
    });
  }

  /** Sends one record that says it is a test, beside the cursor. Gives what the receiver makes of it. */
  test(): Promise<Outcome> {
    const { clock, ids } = this.#context;
    const { name, what, receiver } = this.plan;
    return this.#beside(async (around) => {
      const item = testItem(name, what, ids.uuid(), clock.now());
      return this.#send([{ item, text: receiver.encode(item) ?? '' }], around);
    });
  }

  /** Sends something that moves no cursor: while others are under way where the receiver has several at once, else between. */
  #beside<T>(errand: (around: Around) => Promise<T>): Promise<T> {
    const around = { sleep: (milliseconds: number) => this.#nap(milliseconds), stopped: () => this.#stopped };
    if (this.plan.limits.inFlight <= 1) return this.#between(() => errand(around));
    const doing = this.#asides.then(() => {
      if (this.#stopped) throw stopping();
      this.#awake.up();
      return errand(around).finally(() => this.#awake.down());
    });
    this.#asides = doing.catch(() => undefined);
    return doing;
  }

  async #send(parcels: readonly AnyParcel[], around: Around): Promise<Outcome> {
    return shownOutcome(await this.plan.receiver.send(parcels, around));
  }

  /** Does something while no batch is on its way. What is on its way now counts as not sent: it is sent again. */
  #between<T>(errand: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#stopped) return reject(stopping());
      this.#errands.push({ run: () => errand().then(resolve, reject), giveUp: () => reject(stopping()) });
      for (const wake of this.#sleepers) wake();
      this.#go();
    });
  }

  #goTo({ place, backlog }: { place: Place; backlog: Backlog }): void {
    this.#written = place;
    this.#reader.goTo(place, backlog);
  }

  /** Begins after a moment, in which more may come. */
  #wake(): void {
    // What commits while the last look at the store is under way would not be seen.
    this.#missed = true;
    if (this.#stopped || this.#running || this.#lingering) return;
    this.#lingering = this.#context.clock.after(this.plan.linger, () => {
      this.#lingering = undefined;
      this.#go();
    });
  }

  #go(): void {
    if (this.#stopped || this.#running) return;
    this.#missed = false;
    this.#awake.up();
    this.#running = this.#run()
      .catch(async (error: unknown) => {
        this.#context.log.warn({ forward: this.plan.name, error: String(error) }, 'A forward is tried again later');
        this.#context.clock.after(RECOVERY, () => this.#wake());
        this.#isBroken = true;
        const text = `What waits could not be read, or what was sent not be noted: ${String(error)}`;
        // Where nothing can be written that cannot be noted either.
        await this.#ledger.note({ reason: 'store', text }).catch(() => undefined);
      })
      .finally(() => {
        this.#running = undefined;
        this.#awake.down();
        if (this.#missed) this.#wake();
      });
  }

  get #isInterrupted(): boolean {
    return this.#stopped || this.#errands.length > 0;
  }

  /** Works until there is nothing more to send. */
  async #run(): Promise<void> {
    while (!this.#stopped && !(await this.#drain()))
      while (!this.#stopped && this.#errands.length > 0) await this.#errands.shift()?.run();
    if (!this.#isBroken || this.#stopped) return;
    await this.#ledger.note(undefined);
    this.#isBroken = false;
  }

  /** Resolves to whether it came to the end and was not interrupted. */
  async #drain(): Promise<boolean> {
    const underWay: { readonly batch: Batch; readonly tally: Promise<Tally | undefined> }[] = [];
    let atEnd = false;
    try {
      for (;;) {
        while (underWay.length < this.plan.limits.inFlight && !this.#isInterrupted) {
          const batch = await this.#reader.next();
          if (!batch) break;
          underWay.push({ batch, tally: this.#deliver(batch) });
        }
        const [first] = underWay;
        if (!first) break;
        this.#awake.down();
        const tally = await first.tally.finally(() => this.#awake.up());
        if (!tally) return false;
        await this.#commit(first.batch, tally);
        underWay.shift();
      }
      atEnd = !this.#isInterrupted;
      return atEnd;
    } finally {
      await Promise.allSettled(underWay.map(({ tally }) => tally));
      // What was read and not committed is read again.
      if (!atEnd) this.#reader.goTo(this.#written);
    }
  }

  async #commit({ end, leftOut, unfit }: Batch, tally: Tally): Promise<void> {
    const { clock, log, reach } = this.#context;
    const refused = [...tally.refused, ...unfit];
    const isNews = tally !== NOTHING || leftOut > 0 || unfit.length > 0;
    if (!isNews && clock.now() - this.#writtenAt < UNWRITTEN) return;
    reach('between-forward-and-cursor');
    await this.#ledger.commit(end, { ...tally, refused }, leftOut);
    this.#written = end;
    this.#writtenAt = clock.now();
    if (refused.length === 0) return;
    const [{ trouble } = { trouble: undefined }] = refused;
    const { name: forward } = this.plan;
    log.error({ forward, records: refused.length, ...trouble }, 'A receiver refused records: they are set aside');
  }

  #deliver({ parcels }: Batch): Promise<Tally | undefined> {
    if (parcels.length === 0) return Promise.resolve(NOTHING);
    const stopped = (): boolean => this.#isInterrupted;
    const rest = (milliseconds: number): Promise<void> => this.#sleep(milliseconds);
    this.#awake.up();
    return deliver(parcels, {
      send: (some) => this.#send(some, { sleep: rest, stopped }),
      sleep: rest,
      stopped,
      fraction: () => this.#context.ids.fraction(),
      note: (trouble) => this.#ledger.note(trouble),
      patience: this.#patience,
    }).finally(() => this.#awake.down());
  }

  async #sleep(milliseconds: number): Promise<void> {
    if (!this.#isInterrupted) await this.#nap(milliseconds);
  }

  async #nap(milliseconds: number): Promise<void> {
    if (this.#stopped) return;
    this.#awake.down();
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        timer.cancel();
        this.#sleepers.delete(wake);
        this.#awake.up();
        resolve();
      };
      const timer = this.#context.clock.after(milliseconds, wake);
      this.#sleepers.add(wake);
    });
  }
}

const stopping = (): Refusal =>
  new Refusal('EngineStopping', 'The engine is stopping: ask again when it runs', { status: 503 });
