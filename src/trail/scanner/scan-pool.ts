import type { Worker } from 'node:worker_threads';
import { compilePattern } from '../../pattern/index.ts';
import { type OnMatch, type ScanOutcome, Tally } from './scan-outcome.ts';
import type { ScannerOptions } from './scanner.ts';
import { startWorker } from './start-worker.ts';
import type { FromWorker, Job, PathInput, ToWorker, WorkerSettings } from './worker-messages.ts';

/** A path is read by the worker itself, which is fastest; anything else is handed over to it. */
export type ScanInput = PathInput | { readonly content: Uint8Array | AsyncIterable<Uint8Array> };

export interface ScanPoolOptions extends ScannerOptions {
  /** How many threads, at least one. */
  readonly workers: number;
}

/** So many inputs go to a worker at once: small files are scanned faster than messages travel. */
const BATCH = 32;
/** Chunks of a stream on their way to a worker. */
const CHUNKS_AHEAD = 4;

interface Pending {
  readonly job: Job;
  readonly content: AsyncIterable<Uint8Array> | undefined;
  readonly onMatch: OnMatch | undefined;
  readonly resolve: (outcome: ScanOutcome) => void;
  taken: () => void;
}

/**
 * Scans many inputs at once, each in one of several threads. A thread that dies fails the inputs it
 * had and is replaced.
 *
 * @example
 * const pool = new ScanPool({ workers: 2, patterns });
 * const outcomes = await Promise.all(paths.map((path) => pool.scan({ path }, (text) => console.log(text))));
 * await pool.close();
 */
export class ScanPool {
  readonly #options: ScanPoolOptions;
  readonly #queue: Pending[] = [];
  readonly #seats: Seat[];
  #lastId = 0;
  #isWoken = false;
  #isClosed = false;

  /** Throws `PatternError` for a pattern that is none. */
  constructor(options: ScanPoolOptions) {
    for (const text of options.patterns) compilePattern(text);
    this.#options = options;
    this.#seats = Array.from({ length: Math.max(1, options.workers) }, () => this.#newSeat());
  }

  /**
   * Scans one input when a thread is free. Never rejects for what the input is; its outcome tells.
   * Without `onMatch` matching records are only counted. Streams are not read before their turn.
   */
  scan(input: ScanInput, onMatch?: OnMatch): Promise<ScanOutcome> {
    if (this.#isClosed) throw new Error('the pool is closed');
    this.#lastId += 1;
    const common = { id: this.#lastId, wantsTexts: onMatch !== undefined };
    const content = 'content' in input && !(input.content instanceof Uint8Array) ? input.content : undefined;
    return new Promise((resolve) => {
      this.#queue.push({ job: jobOf(input, common), content, onMatch, resolve, taken: () => undefined });
      this.#wake();
    });
  }

  /** Ends the threads. What was not scanned by then fails. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const pending of this.#queue.splice(0)) pending.resolve(this.#failed('the scan was stopped'));
    await Promise.all(this.#seats.map((seat) => seat.close()));
  }

  /** Hands work out once all inputs of this turn are known, so that small ones travel together. */
  #wake(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    queueMicrotask(() => {
      this.#isWoken = false;
      for (const seat of this.#seats) this.#supply(seat);
    });
  }

  #supply(seat: Seat): void {
    while (!this.#isClosed && this.#queue.length > 0) {
      // The fewer are left, the fewer a seat gets ahead of the others.
      const share = Math.min(Math.ceil(this.#queue.length / (2 * this.#seats.length)), BATCH);
      if (seat.waiting >= share) return;
      seat.assign(this.#queue.splice(0, share));
    }
  }

  #newSeat(): Seat {
    const { workers: _, ...options } = this.#options;
    const seat = new Seat(
      { options },
      {
        onIdle: () => this.#supply(seat),
        failed: (reason) => this.#failed(reason),
      },
    );
    return seat;
  }

  #failed(reason: string): ScanOutcome {
    const tally = new Tally(this.#options.patterns.length);
    tally.failure = reason;
    return tally.outcome();
  }
}

function jobOf(input: ScanInput, common: { readonly id: number; readonly wantsTexts: boolean }): Job {
  if ('path' in input) return { ...common, kind: 'path', path: input.path, size: input.size };
  if (input.content instanceof Uint8Array) return { ...common, kind: 'bytes', bytes: input.content };
  return { ...common, kind: 'stream' };
}

interface SeatEvents {
  readonly onIdle: () => void;
  readonly failed: (reason: string) => ScanOutcome;
}

/** A place for a thread, and what the thread in it has to do. */
class Seat {
  readonly #settings: WorkerSettings;
  readonly #events: SeatEvents;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #isClosed = false;

  constructor(settings: WorkerSettings, events: SeatEvents) {
    this.#settings = settings;
    this.#events = events;
  }

  /** Inputs that were assigned and are not done. */
  get waiting(): number {
    return this.#pending.size;
  }

  assign(batch: readonly Pending[]): void {
    this.#worker ??= this.#start();
    for (const pending of batch) this.#pending.set(pending.job.id, pending);
    this.#send({ kind: 'jobs', jobs: batch.map(({ job }) => job) });
    for (const pending of batch) if (pending.content) void this.#pump(pending, pending.content);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
    this.#failAll('the scan was stopped');
  }

  /** Sends a stream chunk by chunk, a few ahead of the worker. */
  async #pump(pending: Pending, content: AsyncIterable<Uint8Array>): Promise<void> {
    const { id } = pending.job;
    let ahead = 0;
    let wake: () => void = () => undefined;
    pending.taken = () => {
      ahead -= 1;
      wake();
    };
    try {
      for await (const bytes of content) {
        if (!this.#pending.has(id)) return;
        ahead += 1;
        this.#send({ kind: 'chunk', id, bytes });
        while (ahead >= CHUNKS_AHEAD && this.#pending.has(id))
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
      this.#send({ kind: 'end', id });
    } catch (error) {
      this.#send({ kind: 'end', id, failure: error instanceof Error ? error.message : String(error) });
    }
  }

  #start(): Worker {
    const worker = startWorker(this.#settings);
    worker.on('message', (message: FromWorker) => this.#take(message));
    worker.on('error', (error) => this.#lose(worker, `a scanning thread failed: ${error.message}`));
    worker.on('exit', () => this.#lose(worker, 'a scanning thread ended'));
    return worker;
  }

  #take(message: FromWorker): void {
    if (message.kind === 'taken') this.#pending.get(message.id)?.taken();
    else if (message.kind === 'matches') {
      const onMatch = this.#pending.get(message.id)?.onMatch;
      for (const { text, patterns } of message.matches) onMatch?.(text, patterns);
      this.#send({ kind: 'noted', size: message.size });
    } else {
      for (const { id, outcome } of message.done) this.#finish(id, outcome);
      this.#events.onIdle();
    }
  }

  #finish(id: number, outcome: ScanOutcome): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.taken();
    pending?.resolve(outcome);
  }

  #lose(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#failAll(reason);
    if (!this.#isClosed) this.#events.onIdle();
  }

  #failAll(reason: string): void {
    for (const id of [...this.#pending.keys()]) this.#finish(id, this.#events.failed(reason));
  }

  #send(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }
}
