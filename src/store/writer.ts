import { type Kysely, sql } from 'kysely';
import type { ReachFault } from '../base/faults.ts';
import type { Tables } from './tables.ts';

/** A transaction that other work may share the commit of. */
export interface Tx {
  readonly db: Kysely<Tables>;
  /** Runs `action` after the commit, and never when this work is rolled back. */
  onCommit(action: () => void): void;
}

export type Work<T> = (tx: Tx) => Promise<T>;

interface Job {
  readonly work: Work<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Bounds how long one commit can make the first of its jobs wait. */
const JOBS_PER_COMMIT = 256;

/**
 * Runs all writes, one after the other, on one connection. Jobs that wait at the same time share one
 * commit and so one fsync; each has a savepoint of its own, so that a failing one takes only itself back.
 */
export class Writer {
  readonly #db: Kysely<Tables>;
  readonly #reach: ReachFault;
  #queue: Job[] = [];
  #running: Promise<void> | undefined;
  #closed: Error | undefined;

  constructor(db: Kysely<Tables>, reach: ReachFault) {
    this.#db = db;
    this.#reach = reach;
  }

  run<T>(work: Work<T>): Promise<T> {
    if (this.#closed) return Promise.reject(this.#closed);
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
      this.#running ??= this.#drain();
    });
  }

  /** Finishes what is queued, then refuses everything. */
  async close(): Promise<void> {
    await this.#running;
    this.#closed = new Error('The store is closed');
  }

  async #drain(): Promise<void> {
    // One turn of the loop lets requests that arrived together share the first commit.
    await new Promise<void>((resolve) => setImmediate(resolve));
    try {
      while (this.#queue.length > 0) await this.#commit(this.#queue.splice(0, JOBS_PER_COMMIT));
    } finally {
      // In the same turn as the last look at the queue: a job that comes later must start the next drain.
      this.#running = undefined;
    }
  }

  async #commit(jobs: Job[]): Promise<void> {
    const settled: (() => void)[] = [];
    const committed: (() => void)[] = [];
    try {
      await sql`begin`.execute(this.#db);
      for (const job of jobs) await this.#step(job, settled, committed);
      this.#reach('before-commit');
      await sql`commit`.execute(this.#db);
    } catch (error) {
      await sql`rollback`.execute(this.#db).catch(() => undefined);
      for (const job of jobs) job.reject(error);
      return;
    }
    this.#reach('between-commit-and-reply');
    for (const settle of settled) settle();
    for (const action of committed) action();
  }

  async #step(job: Job, settled: (() => void)[], committed: (() => void)[]): Promise<void> {
    const actions: (() => void)[] = [];
    await sql`savepoint job`.execute(this.#db);
    try {
      const value = await job.work({ db: this.#db, onCommit: (action) => actions.push(action) });
      await sql`release savepoint job`.execute(this.#db);
      settled.push(() => job.resolve(value));
      committed.push(...actions);
    } catch (error) {
      await sql`rollback to savepoint job`.execute(this.#db);
      await sql`release savepoint job`.execute(this.#db);
      settled.push(() => job.reject(error));
    }
  }
}
