import type { ChainContext } from '../context.ts';
import type { Loaded } from './load.ts';
import { type DeadLetter, recordVerdict, type Verdict } from './record.ts';
import { isLogged, type NoteStatus } from './status-log.ts';

interface Plain {
  readonly ids: readonly number[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What one statement takes; far below the parameters that either database allows. */
const MOST_AT_ONCE = 500;

/**
 * Writes down how attempts ended. Plain successes, which most are, are written together: what ends while
 * one write is under way shares the next.
 */
export class Recorder {
  readonly #ctx: ChainContext;
  readonly #noteStatus: NoteStatus | undefined;
  #waiting: Plain[] = [];
  #writing = false;

  constructor(ctx: ChainContext, noteStatus: NoteStatus | undefined) {
    this.#ctx = ctx;
    this.#noteStatus = noteStatus;
  }

  /**
   * Resolves once it is committed.
   * @param rest milliseconds that the endpoint is left alone
   */
  record(loaded: Loaded, verdict: Verdict, rest: number, deadLetter: DeadLetter | undefined): Promise<void> {
    if (!this.#isPlain(loaded, verdict)) {
      return recordVerdict(this.#ctx, loaded, verdict, { rest, deadLetter, noteStatus: this.#noteStatus });
    }
    return new Promise((resolve, reject) => {
      const ids = [loaded.row, ...loaded.joined].map(({ id }) => id);
      this.#waiting.push({ ids, resolve, reject });
      if (!this.#writing) void this.#drain();
    });
  }

  /** Whether nothing but the delivery itself changes. */
  #isPlain({ outgoing, feedback }: Loaded, verdict: Verdict): boolean {
    if (verdict.result !== 'delivered' || verdict.along || verdict.protest) return false;
    return !outgoing.subscription.failing && !(this.#noteStatus && isLogged(feedback));
  }

  async #drain(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const ended = this.#next();
      try {
        await this.#write(ended.flatMap(({ ids }) => ids));
        for (const { resolve } of ended) resolve();
      } catch (error) {
        for (const { reject } of ended) reject(error);
      }
    }
    this.#writing = false;
  }

  /** As many as one statement takes. */
  #next(): Plain[] {
    let count = 0;
    const full = this.#waiting.findIndex(({ ids }) => {
      count += ids.length;
      return count > MOST_AT_ONCE;
    });
    return this.#waiting.splice(0, full === -1 ? this.#waiting.length : Math.max(1, full));
  }

  #write(ids: readonly number[]): Promise<void> {
    const now = this.#ctx.clock.now();
    return this.#ctx.store.write(async ({ db }) => {
      await db
        .updateTable('deliveries')
        .set((eb) => ({
          status: 'delivered',
          attempts: eb('attempts', '+', 1),
          reason: null,
          error: null,
          finished_at: now,
        }))
        .where('id', 'in', ids)
        .where('status', '=', 'waiting')
        .execute();
    });
  }
}
