import { sleep, type Timer } from '../../base/clock.ts';
import type { Scope } from '../../base/scope.ts';
import type { ChainContext } from '../../chain/context.ts';
import type { AcceptRecords } from '../../intake/accept-records.ts';
import { type DrillReport, followDrill } from './follow-drill.ts';
import { lastDrill, saveLastDrill, scheduledSince } from './last-drill.ts';
import { type Drill, startDrill } from './start-drill.ts';

export interface DrillScheduleSettings {
  readonly context: Pick<ChainContext, 'store' | 'clock' | 'ids' | 'log'>;
  readonly accept: AcceptRecords;
  readonly scope: Scope;
  /** Milliseconds from one drill to the next. */
  readonly every: number;
}

/** A message that has not arrived by then has not arrived. */
const PATIENCE = 5 * 60_000;
const PAUSE = 1_000;
/** Before another try to begin a drill that could not be begun. */
const AFTER_FAULT = 60_000;
/** A drill that is not over so long after its time hangs, or could not be begun. */
const OVERDUE = 2 * PATIENCE;

/** Drills again and again; the watchdog rings where a drill did not. A restart neither drills anew nor puts a drill off. */
export class DrillSchedule {
  readonly #settings: DrillScheduleSettings;
  #timer: Timer | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(settings: DrillScheduleSettings) {
    this.#settings = settings;
  }

  async start(): Promise<void> {
    const { context, every } = this.#settings;
    const last = await lastDrill(context.store.read);
    const since = last?.at ?? (await context.store.write((tx) => scheduledSince(tx, context.clock.now())));
    this.#schedule(since + every - context.clock.now());
  }

  /** Since when a drill should be over that is not; null while all goes by the schedule. */
  overdueSince(now: number): number | null {
    return now > this.#dueAt + OVERDUE ? this.#dueAt : null;
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #schedule(delay: number): void {
    this.#dueAt = this.#settings.context.clock.now() + Math.max(0, delay);
    this.#wait(delay);
  }

  #wait(delay: number): void {
    if (this.#stopped) return;
    const { context, every } = this.#settings;
    this.#timer = context.clock.after(Math.max(0, delay), () => {
      this.#hold().then(
        () => this.#schedule(every),
        // It stays due, and nobody has been told anything yet.
        (error) => {
          context.log.error({ error: String(error) }, 'A drill could not be held and is tried again');
          this.#wait(AFTER_FAULT);
        },
      );
    });
  }

  /** Rejects where none could be begun. */
  async #hold(): Promise<void> {
    const { context, accept, scope } = this.#settings;
    const drill = await startDrill(context, accept, scope);
    try {
      await this.#follow(drill);
    } catch (error) {
      context.log.error({ drill: drill.id, error: String(error) }, 'A drill could not be followed');
    }
  }

  async #follow(drill: Drill): Promise<void> {
    const { context } = this.#settings;
    const { clock, store } = context;
    let report = await followDrill(store.read, drill.id);
    while (report.outcome === 'waiting' && clock.now() < drill.startedAt + PATIENCE) {
      await sleep(clock, PAUSE);
      // Its store is closed by then.
      if (this.#stopped) return;
      report = await followDrill(store.read, drill.id);
    }
    const failed = report.outcome === 'rang' ? null : reasonOf(report);
    await store.write((tx) =>
      saveLastDrill(tx, { id: drill.id, at: drill.startedAt, outcome: report.outcome, failed }),
    );
    if (failed !== null) context.log.error({ drill: drill.id, failed }, 'A drill did not ring');
  }
}

function reasonOf({ links }: DrillReport): string {
  const broken = links.find(({ holds }) => !holds);
  return broken ? `${broken.link}${broken.name ? ` ${broken.name}` : ''}: ${broken.says}` : 'nobody took the message';
}
