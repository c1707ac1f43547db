import type { Worker } from 'node:worker_threads';
import { startThread } from '../../base/start-thread.ts';
import type { Answer, Question } from './deflate-worker.ts';
import { LARGEST_DESK } from './fast-deflate.ts';

type Waiting = (member: Uint8Array | undefined) => void;

/** Rooms kept for later: making one costs more than compressing a part of what it takes. */
const KEPT_ROOMS = 2;

/**
 * Compresses on a thread while the program goes on. Nobody waits for the thread to start, nor for one that
 * died: then there is no answer, and whoever asks compresses by himself.
 */
export class DeflateThread {
  readonly #start: () => Worker;
  #worker: Worker | undefined;
  #state: 'none' | 'starting' | 'ready' | 'dead' = 'none';
  readonly #waiting = new Map<number, Waiting>();
  readonly #rooms: Uint8Array<ArrayBuffer>[] = [];
  #lastId = 0;

  constructor(start = () => startThread(new URL('./deflate-worker', import.meta.url).href)) {
    this.#start = start;
  }

  /** Is there a thread? The first who asks has it started. */
  get isReady(): boolean {
    if (this.#state === 'none') this.#begin();
    return this.#state === 'ready';
  }

  /** Where content is to be written, up to `LARGEST_DESK` bytes. */
  room(): Buffer<ArrayBuffer> {
    const room = this.#rooms.pop() ?? new Uint8Array(LARGEST_DESK);
    return Buffer.from(room.buffer);
  }

  /** The first bytes of a room, which is gone then, as a gzip member; undefined when the thread died. */
  gzip(room: Buffer<ArrayBuffer>, size: number): Promise<Uint8Array | undefined> {
    const worker = this.#worker;
    if (this.#state !== 'ready' || !worker) return Promise.resolve(undefined);
    this.#lastId += 1;
    const id = this.#lastId;
    // A program does not end while somebody waits, and is not kept from ending otherwise.
    worker.ref();
    worker.postMessage({ id, room, size } satisfies Question, [room.buffer]);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  #begin(): void {
    this.#state = 'starting';
    const worker = this.#start();
    this.#worker = worker;
    worker.on('message', (message: 'ready' | Answer) => {
      if (message === 'ready') this.#state = 'ready';
      else this.#answer(message);
    });
    worker.on('error', () => this.#die());
    worker.on('exit', () => this.#die());
    worker.unref();
  }

  #answer({ id, room, member }: Answer): void {
    if (this.#rooms.length < KEPT_ROOMS) this.#rooms.push(room);
    this.#waiting.get(id)?.(member);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker?.unref();
  }

  #die(): void {
    this.#state = 'dead';
    for (const answer of this.#waiting.values()) answer(undefined);
    this.#waiting.clear();
  }
}
