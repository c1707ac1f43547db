import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../tools/archive/random.ts';
import { ContentCrc } from './content-crc.ts';
import { type EngineKind, loadEngine } from './engine.ts';

const KINDS: readonly EngineKind[] = ['simd', 'scalar'];

/** Sizes at which something changes: steps, what zlib sums, words of the divisor, pieces. */
const SIZES = [0, 1, 15, 63, 64, 65, 127, 4_799, 4_800, 4_801, 16_383, 16_384, 16_385, 21_184, 100_000];

describe.each(KINDS)('the CRC of content, %s', (kind) => {
  const engine = loadEngine(kind);
  const crc = new ContentCrc(engine);

  function crcInPieces(content: Buffer, pieceSize: () => number): number {
    const { bytes, contentStart } = engine;
    let at = contentStart;
    crc.begin();
    for (let from = 0; from < content.length; ) {
      const to = Math.min(content.length, from + pieceSize());
      // What was taken moves, all but its last 64 bytes is forgotten.
      const kept = Math.min(from, 64);
      const moved = contentStart + (from % 7) + 64;
      bytes.copyWithin(moved - kept, at - kept, at);
      bytes.fill(0xa5, contentStart, moved - kept);
      at = moved;
      bytes.set(content.subarray(from, to), at);
      crc.add(at, at + to - from, false);
      at += to - from;
      from = to;
    }
    crc.add(at, at, true);
    return crc.value;
  }

  it.each(SIZES)('is that of zlib for %i bytes, at once and in pieces', (size) => {
    const random = new Random(size + 1);
    const content = random.bytes(size);
    const { bytes, contentStart } = engine;
    bytes.set(content, contentStart);
    crc.begin();
    crc.add(contentStart, contentStart + size, true);
    expect(crc.value).toBe(crc32(content));
    expect(crcInPieces(content, () => 1 + random.below(9_000))).toBe(crc32(content));
    expect(crcInPieces(content.subarray(0, 5_000), () => 1 + random.below(80))).toBe(crc32(content.subarray(0, 5_000)));
  });

  it('tells every single bit', () => {
    const content = new Random(3).bytes(6_000);
    const sound = crcInPieces(content, () => 6_000);
    for (let bit = 0; bit < content.length * 8; bit += 97) {
      content[bit >> 3] = (content[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(crcInPieces(content, () => 6_000)).not.toBe(sound);
      content[bit >> 3] = (content[bit >> 3] as number) ^ (1 << (bit & 7));
    }
  });
});
