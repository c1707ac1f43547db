import type { Worker } from 'node:worker_threads';
import { startThread } from '../../base/start-thread.ts';
import type { Answer, Question } from './deflate-worker.ts';
import { LARGEST_DESK } from './fast-deflate.ts';

type Waiting = (member: Uint8Array | undefined) => void;

/** One is compressed while the next is written. They are used again: making one costs more than filling it. */
const ROOMS = 2;

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

  /** Would the thread soon begin? The first who asks has it started. What waits for it takes memory, so few may. */
  get isFree(): boolean {
    if (this.#state === 'none') this.#begin();
    return this.#state === 'ready' && this.#waiting.size < ROOMS;
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
    if (this.#rooms.length < ROOMS) this.#rooms.push(room);
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
