import { deflateSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { soundStream } from '../../../test/scan/streams.ts';
import { archiveFiles } from '../../../tools/archive/archive-files.ts';
import { Random } from '../../../tools/archive/random.ts';
import { FastDeflate } from './fast-deflate.ts';

const STREAMS = Number(process.env.TRAILBELL_INFLATE_STREAMS ?? 2_000);
const SEED = Number(process.env.TRAILBELL_SCAN_SEED ?? 4);

describe('the fast encoder', () => {
  const encoder = new FastDeflate();

  function packed(content: Buffer): Buffer {
    content.copy(encoder.desk);
    return encoder.gzip(content.length);
  }

  function expectWhole(content: Buffer, name: object): void {
    if (!gunzipSync(packed(content)).equals(content)) expect.fail(JSON.stringify(name));
  }

  /** Bytes of few or many kinds, with what came before now and then, near and far. */
  function content(random: Random, size: number): Buffer {
    const bytes = Buffer.alloc(size);
    const kinds = 1 + random.below(256);
    const skew = 1 + random.below(6);
    for (let at = 0; at < size; ) {
      if (at > 0 && random.chance(0.1)) {
        const distance = 1 + random.below(Math.min(at, random.chance(0.1) ? 40_000 : 300));
        const length = 1 + random.below(random.chance(0.1) ? 700 : 40);
        for (let i = 0; i < length && at < size; i += 1, at += 1) bytes[at] = bytes[at - distance] as number;
      } else {
        bytes[at] = Math.floor(random.next() ** skew * kinds);
        at += 1;
      }
    }
    return bytes;
  }

  it(`writes what zlib reads, of ${STREAMS} contents of all kinds`, { timeout: 36e5 }, () => {
    for (let stream = 0; stream < STREAMS; stream += 1) {
      const random = new Random(SEED * 1_000_003 + stream);
      const size = random.below(random.chance(0.02) ? 200_000 : random.chance(0.5) ? 40 : 4_000);
      expectWhole(content(random, size), { seed: SEED, stream });
      if (stream % 10 === 0) expectWhole(gunzipSync(soundStream(random)), { seed: SEED, stream, sound: true });
    }
  });

  it('writes codes of the longest kind, and content that cannot be compressed, within its memory', () => {
    // Symbols as frequent as Fibonacci's numbers have codes of every length.
    const parts: Buffer[] = [];
    for (let i = 0, [a, b] = [1, 1]; i < 26; i += 1, [a, b] = [b, a + b]) parts.push(Buffer.alloc(a, i * 9));
    const random = new Random(1);
    const steep = Buffer.concat(parts);
    for (let i = steep.length - 1; i > 0; i -= 1) {
      const other = random.below(i + 1);
      [steep[i], steep[other]] = [steep[other] as number, steep[i] as number];
    }
    expectWhole(steep.subarray(0, encoder.desk.length), { content: 'steep' });
    const noise = Buffer.alloc(encoder.desk.length);
    for (let i = 0; i < noise.length; i += 1) noise[i] = random.below(256);
    expectWhole(noise, { content: 'noise' });
    expect(packed(noise).length).toBeLessThan(noise.length * 1.01);
    expectWhole(Buffer.alloc(encoder.desk.length), { content: 'zeros' });
    for (const size of [0, 1, 15, 16, 17, 32_767, 32_768, 32_769, 65_536]) {
      expectWhole(noise.subarray(0, size), { noise: size });
      expectWhole(Buffer.concat([noise.subarray(0, size), noise.subarray(0, size)]), { twice: size });
    }
  });

  it('goes on beyond two billion bytes', { timeout: 60_000 }, () => {
    encoder.desk.fill(0);
    for (let bytes = 0; bytes < 2 ** 31; bytes += encoder.desk.length) encoder.gzip(encoder.desk.length);
    const random = new Random(8);
    for (let i = 0; i < 20; i += 1) expectWhole(content(random, 50_000), { beyond: i });
  });

  it('compresses records as well as zlib at level 1', () => {
    const options = { seed: 2, files: 4, records: 400, spread: 0.2, accounts: 3, rootShare: 0, duplicates: 0 };
    for (const file of archiveFiles(options)) {
      const bytes = Buffer.from(file.content);
      expectWhole(bytes, { file: file.key });
      expect(packed(bytes).length).toBeLessThan(deflateSync(bytes, { level: 1 }).length * 1.03);
    }
  });
});
