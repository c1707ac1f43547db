import type { Timer } from '../../base/clock.ts';
import type { ChainContext } from '../context.ts';
import type { Publish } from '../topics/publication.ts';
import type { EvidenceFor } from './evidence.ts';
import { ringForHistory } from './history-rings.ts';
import { judgeLate, LATE } from './late.ts';
import { lookAt } from './look.ts';
import type { RingDeps } from './ring.ts';
import { followTimer } from './timer-look.ts';
import type { TimerKind } from './timers.ts';

/** Alarms looked at together: they share one commit. */
const LOOKS_PER_TURN = 100;

/** An alarm whose look failed is tried again after this. */
const RETRY = 60_000;

/** After a fault of the store, so that it is not asked without end. */
const PAUSE = 1_000;

/** A timer never waits longer, so that a clock set back heals by itself. */
const LONGEST_WAIT = 600_000;

/** What the stages before and after give it. */
export interface AlarmLinks {
  readonly publish: Publish;
  readonly evidenceFor: EvidenceFor;
}

/**
 * Keeps alarms judged: looks at those that are due and sleeps until the next one is. All it knows is in
 * the store, so a process that dies between any two steps goes on where it was.
 */
export class AlarmStage {
  readonly #context: ChainContext;
  readonly #deps: RingDeps;
  #stopListening: (() => void) | undefined;
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(context: ChainContext, links: AlarmLinks) {
    this.#context = context;
    this.#deps = { ids: context.ids, signals: context.signals, ...links };
  }

  start(): void {
    this.#stopListening = this.#context.signals.on('alarms', () => this.wake());
    this.wake();
  }

  /** Resolves once what is under way is committed. */
  async stop(): Promise<void> {
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#timer?.cancel();
    await this.#running;
  }

  /** Looks for due alarms now. */
  wake(): void {
    if (!this.#stopListening) return;
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // A wake that came between the last look and here must not be lost.
      if (this.#again) this.wake();
    });
  }

  /** Resolves once nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    this.#timer?.cancel();
    let pause = 0;
    while (this.#again && this.#stopListening) {
      this.#again = false;
      try {
        if (await this.#turn()) this.#again = true;
      } catch (error) {
        this.#context.log.error({ error }, 'Looking for due alarms failed');
        pause = PAUSE;
        break;
      }
    }
    if (this.#stopListening) await this.#sleep(pause);
  }

  /** One turn over what is due. Resolves to whether there may be more. */
  async #turn(): Promise<boolean> {
    const { store, clock } = this.#context;
    const now = clock.now();
    const alarms = await store.read
      .selectFrom('alarms')
      .select('id')
      .where('due_at', '<=', now)
      .orderBy('due_at')
      .limit(LOOKS_PER_TURN)
      .execute();
    const runs = await store.read
      .selectFrom('history_runs')
      .selectAll()
      .where('due_at', '<=', now)
      .orderBy('due_at')
      .limit(LOOKS_PER_TURN)
      .execute();
    const timers = await store.read
      .selectFrom('alarm_timers')
      .select(['alarm_id', 'kind'])
      .where('due_at', '<=', now)
      .orderBy('due_at')
      .limit(LOOKS_PER_TURN)
      .execute();
    await Promise.all([
      ...alarms.map(({ id }) => this.#look(id, now)),
      ...runs.map((run) => this.#ringFor(run, now)),
      ...timers.map(({ alarm_id, kind }) => this.#follow(alarm_id, kind as TimerKind, now)),
    ]);
    return alarms.length > 0 || runs.length > 0 || timers.length > 0;
  }

  /** Each look is a transaction of its own, so that one alarm that cannot be judged holds up no other. */
  async #look(id: number, now: number): Promise<void> {
    const { store, log } = this.#context;
    try {
      await store.write((tx) => lookAt(tx, this.#deps, id, now));
    } catch (error) {
      log.error({ error, alarm: id }, 'An alarm could not be judged; it is tried again in a minute');
      await store.write(async ({ db }) => {
        await db
          .updateTable('alarms')
          .set({ due_at: now + RETRY })
          .where('id', '=', id)
          .execute();
      });
    }
  }

  async #ringFor(run: Parameters<typeof ringForHistory>[2], now: number): Promise<void> {
    const { store, log } = this.#context;
    try {
      const judgePast = run.run === LATE ? judgeLate : ringForHistory;
      await store.write((tx) => judgePast(tx, this.#deps, run, now));
    } catch (error) {
      log.error({ error, run: run.run }, 'History could not be judged; it is tried again in a minute');
      await store.write(async ({ db }) => {
        await db
          .updateTable('history_runs')
          .set({ due_at: now + RETRY })
          .where('run', '=', run.run)
          .where('metric_id', '=', run.metric_id)
          .execute();
      });
    }
  }

  async #follow(id: number, kind: TimerKind, now: number): Promise<void> {
    const { store, log } = this.#context;
    try {
      await store.write((tx) => followTimer(tx, this.#deps, id, kind, now));
    } catch (error) {
      log.error({ error, alarm: id, kind }, 'What was due for an alarm failed; it is tried again in a minute');
      await store.write(async ({ db }) => {
        await db
          .updateTable('alarm_timers')
          .set({ due_at: now + RETRY })
          .where('alarm_id', '=', id)
          .where('kind', '=', kind)
          .execute();
      });
    }
  }

  async #sleep(least: number): Promise<void> {
    const { store, clock, log } = this.#context;
    const tables = ['alarms', 'history_runs', 'alarm_timers'] as const;
    const next = await Promise.all(
      tables.map((table) =>
        store.read
          .selectFrom(table)
          .select('due_at')
          .where('due_at', 'is not', null)
          .orderBy('due_at')
          .limit(1)
          .execute(),
      ),
    ).catch((error: unknown) => {
      log.error({ error }, 'Looking for the next alarm failed');
      return [];
    });
    const due = next.flat().map(({ due_at }) => due_at ?? Number.POSITIVE_INFINITY);
    const wait = Math.min(LONGEST_WAIT, Math.max(least, Math.min(...due, Number.POSITIVE_INFINITY) - clock.now()));
    this.#timer?.cancel();
    this.#timer = clock.after(wait, () => this.wake());
  }
}
