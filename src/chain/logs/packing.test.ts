import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { DeflateThread } from '../../trail/deflate/deflate-thread.ts';
import { beginPacking, type LogEvent, packEvents, unpackEvents } from './chunk.ts';

/** Enough for a thread, in letters of one to four bytes. */
const many: LogEvent[] = Array.from({ length: 3_000 }, (_, i) => ({
  at: 1_700_000_000_000 + i * 7,
  message: `{"n":${i},"text":"${i % 5 === 0 ? 'naïve 鐘 🔔' : 'plain'} ${'abc'.repeat(i % 40)}"}`,
}));

/** Hands everything to the same code on a thread of its own, and counts. */
class Counted extends DeflateThread {
  pieces = 0;
  override gzip(room: Buffer<ArrayBuffer>, size: number): Promise<Uint8Array | undefined> {
    this.pieces += 1;
    return super.gzip(room, size);
  }
}

/** A thread that dies as soon as it is given something. */
class Dying extends DeflateThread {
  override get isFree(): boolean {
    return true;
  }
  override async gzip(): Promise<undefined> {
    return undefined;
  }
}

describe('packing with a thread', () => {
  const thread = new Counted();
  beforeAll(async () => {
    while (!thread.isFree) await sleep(10);
  }, 20_000);

  it('gives back what was packed, though a thread compressed a part of it', async () => {
    const packed = await beginPacking(many, thread)();
    expect(thread.pieces).toBe(1);
    expect(packed.codec).toBe('texts');
    expect(unpackEvents(packed)).toEqual(many);
    expect(gunzipSync(packed.bytes).equals(gunzipSync(packEvents(many).bytes))).toBe(true);
  });

  it('keeps apart what is packed at once', async () => {
    const [all, half] = [beginPacking(many, thread), beginPacking(many.slice(0, 2_000), thread)];
    const [second, first] = [await half(), await all()];
    expect(unpackEvents(first)).toEqual(many);
    expect(unpackEvents(second)).toEqual(many.slice(0, 2_000));
  });

  it('lets only two wait for the thread, however many are begun', async () => {
    const before = thread.pieces;
    const begun = Array.from({ length: 6 }, () => beginPacking(many, thread));
    expect(thread.pieces - before).toBe(2);
    for (const finish of begun) expect(unpackEvents(await finish())).toEqual(many);
  });

  it('asks no thread for little', async () => {
    const before = thread.pieces;
    expect(unpackEvents(await beginPacking(many.slice(0, 10), thread)())).toEqual(many.slice(0, 10));
    expect(thread.pieces).toBe(before);
  });

  it('packs by itself while the thread is not there yet, or when it died', async () => {
    expect(unpackEvents(await beginPacking(many, new DeflateThread())())).toEqual(many);
    expect(unpackEvents(await beginPacking(many, new Dying())())).toEqual(many);
  });

  it('tells those who wait that a thread died, and asks it no more', async () => {
    const { Worker } = await import('node:worker_threads');
    const code = `const { parentPort } = require('node:worker_threads');
      parentPort.on('message', () => process.exit(1)); parentPort.postMessage('ready');`;
    const fragile = new DeflateThread(() => new Worker(code, { eval: true }));
    while (!fragile.isFree) await sleep(5);
    expect(unpackEvents(await beginPacking(many, fragile)())).toEqual(many);
    expect(fragile.isFree).toBe(false);
  });
});
