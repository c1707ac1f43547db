import { CompiledQuery, type Kysely } from 'kysely';
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

const BEGIN = CompiledQuery.raw('begin');
const COMMIT = CompiledQuery.raw('commit');
const ROLLBACK = CompiledQuery.raw('rollback');
const SAVEPOINT = CompiledQuery.raw('savepoint job');
const RELEASE = CompiledQuery.raw('release savepoint job');
const TAKE_BACK = CompiledQuery.raw('rollback to savepoint job');

/** Bounds how long one commit can make the first of its jobs wait. */
const JOBS_PER_COMMIT = 256;

/** Brings all that was committed so far to the disk. Rejects where that failed. */
export type Sync = () => Promise<void>;

/**
 * Runs all writes, one after the other, on one connection. Jobs that wait at the same time share one
 * commit and so one fsync; each has a savepoint of its own, so that a failing one takes only itself back.
 *
 * With a `sync` a commit is durable only after it, and jobs are answered then. The next transaction goes on meanwhile,
 * but commits after it, with all that has come until then.
 */
export class Writer {
  readonly #db: Kysely<Tables>;
  readonly #reach: ReachFault;
  #queue: Job[] = [];
  readonly #sync: Sync | undefined;
  #running: Promise<void> | undefined;
  /** The commit that is on its way to the disk; never rejects. */
  #syncing: Promise<void> | undefined;
  #closed: Error | undefined;

  constructor(db: Kysely<Tables>, reach: ReachFault, sync?: Sync) {
    this.#db = db;
    this.#reach = reach;
    this.#sync = sync;
  }

  run<T>(work: Work<T>): Promise<T> {
    if (this.#closed) return Promise.reject(this.#closed);
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
      this.#running ??= this.#drain();
    });
  }

  /** Resolves once all that is committed now is durable; rejects where that failed. */
  async durable(): Promise<void> {
    await this.#syncing;
    if (this.#closed) throw this.#closed;
  }

  /** Finishes what is queued, then refuses everything. */
  async close(): Promise<void> {
    while (this.#running ?? this.#syncing) await (this.#running ?? this.#syncing);
    this.#closed ??= new Error('The store is closed');
  }

  async #drain(): Promise<void> {
    // One turn of the loop lets requests that arrived together share the first commit.
    await new Promise<void>((resolve) => setImmediate(resolve));
    try {
      while (this.#queue.length > 0) await this.#commit();
    } finally {
      // In the same turn as the last look at the queue: a job that comes later must start the next drain.
      this.#running = undefined;
    }
  }

  async #commit(): Promise<void> {
    const jobs: Job[] = [];
    const settled: (() => void)[] = [];
    const committed: (() => void)[] = [];
    try {
      await this.#db.executeQuery(BEGIN);
      do {
        for (const job of this.#queue.splice(0, JOBS_PER_COMMIT - jobs.length)) {
          jobs.push(job);
          await this.#step(job, settled, committed);
        }
        await this.#syncing;
      } while (this.#queue.length > 0 && jobs.length < JOBS_PER_COMMIT);
      if (this.#closed) throw this.#closed;
      this.#reach('before-commit');
      await this.#db.executeQuery(COMMIT);
    } catch (error) {
      await this.#db.executeQuery(ROLLBACK).catch(() => undefined);
      for (const job of jobs) job.reject(error);
      return;
    }
    this.#reach('between-commit-and-reply');
    const reply = (): void => {
      for (const settle of settled) settle();
      for (const action of committed) action();
    };
    if (this.#sync) this.#syncing = this.#durable(this.#sync, jobs, reply);
    else reply();
  }

  async #durable(sync: Sync, jobs: readonly Job[], reply: () => void): Promise<void> {
    try {
      await sync();
    } catch (error) {
      // What the disk did not take may be there or not after a restart; nothing more may build on it.
      this.#closed = new Error('The store cannot be written to the disk', { cause: error });
      for (const job of jobs) job.reject(this.#closed);
    }
    this.#syncing = undefined;
    if (!this.#closed) reply();
  }

  async #step(job: Job, settled: (() => void)[], committed: (() => void)[]): Promise<void> {
    const actions: (() => void)[] = [];
    await this.#db.executeQuery(SAVEPOINT);
    try {
      const value = await job.work({ db: this.#db, onCommit: (action) => actions.push(action) });
      await this.#db.executeQuery(RELEASE);
      settled.push(() => job.resolve(value));
      committed.push(...actions);
    } catch (error) {
      await this.#db.executeQuery(TAKE_BACK);
      await this.#db.executeQuery(RELEASE);
      settled.push(() => job.reject(error));
    }
  }
}
