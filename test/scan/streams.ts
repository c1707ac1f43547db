import { constants, crc32, deflateRawSync, gzipSync } from 'node:zlib';
import type { Random } from '../../tools/archive/random.ts';
import { oddBlocks } from './odd-blocks.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Content of many kinds, of sizes from nothing to some hundred kilobytes, mostly small. */
function content(random: Random): Buffer {
  const size = Math.floor(2 ** (random.next() * (random.chance(0.02) ? 18 : 12)));
  switch (random.below(7)) {
    case 0:
      return Buffer.alloc(0);
    case 1:
      return random.bytes(Math.min(size, 4096));
    case 2:
      return Buffer.from(random.pick(['a', 'ab', 'abc', '{"a":1}']).repeat(size / 4));
    case 3: {
      let text = '';
      while (text.length < size) text += random.pick(LETTERS.split('').slice(0, 4)).repeat(random.below(300));
      return Buffer.from(text);
    }
    case 4: {
      const words = Array.from({ length: 1 + random.below(60) }, () => random.text(LETTERS, 1 + random.below(12)));
      let text = '';
      while (text.length < size) text += `${random.pick(words)} `;
      return Buffer.from(text);
    }
    case 5: {
      let text = '{"Records":[';
      while (text.length < size)
        text += `{"eventVersion":"1.08","eventID":"${random.text(LETTERS, 16)}","eventName":"Get${random.below(40)}"},`;
      return Buffer.from(`${text}{}]}`);
    }
    default: {
      const block = random.bytes(1 + random.below(64));
      return Buffer.concat(
        Array.from({ length: 1 + random.below(600) }, () => (random.chance(0.9) ? block : random.bytes(3))),
      );
    }
  }
}

/** A sound gzip member, by zlib or written by hand. */
function member(random: Random): Buffer {
  if (random.chance(0.3)) return withFrame(random, rawParts(random));
  if (random.chance(0.2)) return withFrame(random, oddBlocks(random));
  return gzipSync(content(random), {
    level: random.below(10),
    strategy: random.below(5),
    memLevel: 1 + random.below(9),
    windowBits: 9 + random.below(7),
  });
}

interface Raw {
  readonly deflated: Buffer;
  readonly content: Buffer;
}

/** Blocks of several kinds one after the other, with flushes between them. */
function rawParts(random: Random): Raw {
  const count = 1 + random.below(4);
  const contents = Array.from({ length: count }, () => content(random));
  const parts = contents.map((part, i) =>
    deflateRawSync(part, {
      level: random.below(10),
      strategy: random.below(5),
      finishFlush: i === count - 1 ? constants.Z_FINISH : random.pick([constants.Z_SYNC_FLUSH, constants.Z_FULL_FLUSH]),
    }),
  );
  return { deflated: Buffer.concat(parts), content: Buffer.concat(contents) };
}

/** Header, with all its options, and trailer around deflated data. */
function withFrame(random: Random, { deflated, content }: Raw): Buffer {
  const flags = random.chance(0.5) ? 0 : random.below(32);
  const parts: Buffer[] = [Buffer.from([0x1f, 0x8b, 8, flags, ...random.bytes(6)])];
  if (flags & 4) {
    const extra = random.bytes(random.below(40));
    parts.push(Buffer.from([extra.length, 0]), extra);
  }
  if (flags & 8) parts.push(Buffer.from(`${random.text(LETTERS, random.below(30))}\0`));
  if (flags & 16) parts.push(Buffer.from(`${random.text(LETTERS, random.below(30))}\0`));
  if (flags & 2) {
    const crc = Buffer.alloc(2);
    crc.writeUInt16LE(crc32(Buffer.concat(parts)) & 0xffff);
    parts.push(crc);
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.length % 2 ** 32, 4);
  return Buffer.concat([...parts, deflated, trailer]);
}

/** One sound gzip stream: a member, or a few, perhaps with zeros behind. */
export function soundStream(random: Random): Buffer {
  const members = [member(random)];
  while (random.chance(0.1)) members.push(member(random));
  if (random.chance(0.03)) members.push(Buffer.alloc(1 + random.below(20)));
  return Buffer.concat(members);
}

/** A stream that is damaged in one or a few ways; now and then it stays sound. */
export function damagedStream(random: Random): Buffer {
  let stream: Buffer = Buffer.from(soundStream(random));
  if (stream.length > 8192) stream = stream.subarray(0, 8192);
  for (let damages = 1 + random.below(3); damages > 0; damages -= 1) {
    const at = random.below(random.chance(0.3) ? Math.min(stream.length, 64) : stream.length);
    switch (random.below(8)) {
      case 0:
      case 1:
      case 2:
        stream[at] = (stream[at] ?? 0) ^ (1 << random.below(8));
        break;
      case 3:
        stream[at] = random.below(256);
        break;
      case 4:
        stream = stream.subarray(0, at);
        break;
      case 5:
        stream = Buffer.concat([stream.subarray(0, at), stream.subarray(at + 1 + random.below(4))]);
        break;
      case 6:
        stream = Buffer.concat([stream.subarray(0, at), random.bytes(1 + random.below(4)), stream.subarray(at)]);
        break;
      default:
        stream = Buffer.concat([stream, random.bytes(1 + random.below(12))]);
    }
    if (stream.length < 3) return Buffer.from([0x1f, 0x8b, 8]);
  }
  return stream;
}
