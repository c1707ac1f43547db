import { parentPort } from 'node:worker_threads';
import { FastDeflate } from './fast-deflate.ts';

/** Content to compress: the first `size` bytes of a room, which comes back with the answer. */
export interface Question {
  readonly id: number;
  readonly room: Uint8Array<ArrayBuffer>;
  readonly size: number;
}

export interface Answer {
  readonly id: number;
  readonly room: Uint8Array<ArrayBuffer>;
  /** A gzip member. */
  readonly member: Uint8Array;
}

const encoder = new FastDeflate();

parentPort?.on('message', ({ id, room, size }: Question) => {
  encoder.desk.set(room.subarray(0, size));
  parentPort?.postMessage({ id, room, member: encoder.gzip(size) } satisfies Answer, [room.buffer]);
});
parentPort?.postMessage('ready');
