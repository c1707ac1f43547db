import type { Random } from '../../tools/archive/random.ts';

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const PRECODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Bits from the lowest on, as DEFLATE packs them. */
class BitWriter {
  readonly #bytes: number[] = [];
  #bits = 0;
  #count = 0;

  add(value: number, count: number): void {
    for (let i = 0; i < count; i += 1) {
      this.#bits |= ((value >>> i) & 1) << this.#count;
      this.#count += 1;
      if (this.#count === 8) this.#flush();
    }
  }

  /** Codes are packed from their highest bit on. */
  addCode({ code, length }: Code): void {
    for (let i = length - 1; i >= 0; i -= 1) this.add((code >>> i) & 1, 1);
  }

  bytes(): Buffer {
    if (this.#count > 0) this.#flush();
    return Buffer.from(this.#bytes);
  }

  #flush(): void {
    this.#bytes.push(this.#bits);
    this.#bits = 0;
    this.#count = 0;
  }
}

interface Code {
  readonly code: number;
  readonly length: number;
}

/**
 * Dynamic blocks that zlib would never write: codes up to fifteen bits for any symbols, lone distance
 * codes, none at all, the farthest distances.
 */
export function oddBlocks(random: Random): { deflated: Buffer; content: Buffer } {
  const writer = new BitWriter();
  const content: number[] = [];
  for (let blocks = 1 + random.below(3); blocks > 0; blocks -= 1) writeBlock(random, writer, content, blocks === 1);
  return { deflated: writer.bytes(), content: Buffer.from(content) };
}

function writeBlock(random: Random, writer: BitWriter, content: number[], isLast: boolean): void {
  const literals = 257 + random.below(30);
  const distances = 1 + random.below(30);
  const litlen = randomLengths(random, literals, [256]);
  const distance = random.chance(0.2) ? loneLength(random, distances) : randomLengths(random, distances, []);
  writer.add(isLast ? 1 : 0, 1);
  writer.add(2, 2);
  writer.add(literals - 257, 5);
  writer.add(distances - 1, 5);
  writeLengths(random, writer, [...litlen, ...distance]);
  const codes = codesOf(litlen);
  const distanceCodes = codesOf(distance);
  const symbols = [...codes.keys()].filter((symbol) => symbol !== 256);
  const places = [...distanceCodes.keys()];
  for (let count = random.below(400); count > 0 && symbols.length > 0; count -= 1) {
    const symbol = random.pick(symbols);
    if (symbol < 256) {
      writer.addCode(codes.get(symbol) as Code);
      content.push(symbol);
      continue;
    }
    const place = places.filter((each) => (DISTANCE_BASE[each] as number) <= content.length);
    if (place.length === 0) continue;
    writer.addCode(codes.get(symbol) as Code);
    const extra = LENGTH_EXTRA[symbol - 257] as number;
    const more = random.below(1 << extra);
    writer.add(more, extra);
    const far = random.pick(place);
    const farBits = far < 4 ? 0 : (far >> 1) - 1;
    const farMore = random.below(Math.min(1 << farBits, content.length - (DISTANCE_BASE[far] as number) + 1));
    writer.addCode(distanceCodes.get(far) as Code);
    writer.add(farMore, farBits);
    const back = (DISTANCE_BASE[far] as number) + farMore;
    const length = (LENGTH_BASE[symbol - 257] as number) + more;
    for (let i = 0; i < length; i += 1) content.push(content[content.length - back] as number);
  }
  writer.addCode(codes.get(256) as Code);
}

/** Code lengths of a complete code for some of the symbols, `needed` among them. */
function randomLengths(random: Random, symbols: number, needed: readonly number[]): number[] {
  const lengths = new Array<number>(symbols).fill(0);
  const used = new Set(needed);
  const wanted = Math.min(symbols, 2 + random.below(symbols));
  while (used.size < wanted) used.add(random.below(symbols));
  if (used.size < 2) return loneLength(random, symbols);
  // Leaves of a tree that grows by splitting one of them.
  const leaves = [1, 1];
  while (leaves.length < used.size) {
    const at = random.below(leaves.length);
    const length = leaves[at] as number;
    if (length === 15) continue;
    leaves[at] = length + 1;
    leaves.push(length + 1);
  }
  for (const symbol of used) lengths[symbol] = leaves.splice(random.below(leaves.length), 1)[0] as number;
  return lengths;
}

function loneLength(random: Random, symbols: number): number[] {
  const lengths = new Array<number>(symbols).fill(0);
  if (random.chance(0.7)) lengths[random.below(symbols)] = 1;
  return lengths;
}

/** Lengths by a flat code of the precode, with repetitions here and there. */
function writeLengths(random: Random, writer: BitWriter, lengths: readonly number[]): void {
  // Nineteen symbols: thirteen of four bits and six of five make a complete code.
  const precode = Array.from({ length: 19 }, (_, symbol) => (symbol < 13 ? 4 : 5));
  const codes = codesOf(precode);
  writer.add(15, 4);
  for (const symbol of PRECODE_ORDER) writer.add(precode[symbol] as number, 3);
  for (let at = 0; at < lengths.length; ) {
    const length = lengths[at] as number;
    let run = 1;
    while (lengths[at + run] === length) run += 1;
    if (length === 0 && run >= 11 && random.chance(0.8)) {
      const times = Math.min(run, 138);
      writer.addCode(codes.get(18) as Code);
      writer.add(times - 11, 7);
      at += times;
    } else if (length === 0 && run >= 3 && random.chance(0.8)) {
      const times = Math.min(run, 10);
      writer.addCode(codes.get(17) as Code);
      writer.add(times - 3, 3);
      at += times;
    } else {
      writer.addCode(codes.get(length) as Code);
      at += 1;
      if (run < 4 || !random.chance(0.8)) continue;
      const times = Math.min(run - 1, 6);
      writer.addCode(codes.get(16) as Code);
      writer.add(times - 3, 2);
      at += times;
    }
  }
}

/** Canonical codes by symbol (RFC 1951, 3.2.2). */
function codesOf(lengths: readonly number[]): Map<number, Code> {
  const codes = new Map<number, Code>();
  let code = 0;
  for (let length = 1; length <= 15; length += 1) {
    for (const [symbol, own] of lengths.entries()) {
      if (own !== length) continue;
      codes.set(symbol, { code, length });
      code += 1;
    }
    code <<= 1;
  }
  return codes;
}
