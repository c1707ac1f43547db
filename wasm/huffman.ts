// Decoding tables of DEFLATE's three alphabets.
//
// A table entry, by its bits:
//   0-7    bits to drop: those of the code and its extra bits
//   8-11   bits of the code alone; in a link, bits that index the second table
//   8-13   of literals: how many there are, one or two, and above it the bits of the first one's code
//   13     end of block      14  link to a second table      15  not a plain value
//   16-30  literal, and from 24 on the one behind it; base of a length or distance, length code, or place of
//          the second table
//   31     literal
// An entry with bit 15 alone belongs to no code.

export const LITERAL: u32 = 0x80000000;
export const SPECIAL: u32 = 0x8000;
export const LINK: u32 = 0x4000;
export const END_OF_BLOCK: u32 = 0x2000;

/** The number of literals in an entry. */
const ONE: u32 = 1 << 8;
const TWO: u32 = 2 << 8;

export const PRECODE: u32 = 0;
export const LITLEN: u32 = 1;
export const DISTANCE: u32 = 2;
/** Literals and lengths, where an entry holds two literals if both codes fit into its index. */
export const LITLEN_IN_PAIRS: u32 = 3;

export const LITLEN_BITS: u32 = 11;
export const DISTANCE_BITS: u32 = 9;
export const PRECODE_BITS: u32 = 7;

// Second tables: 2342 and 592 entries suffice for all codes of 288 and 32 symbols with these first tables.
export const LITLEN_TABLE = memory.data(4 * 4096, 64);
export const DISTANCE_TABLE = memory.data(4 * 2048, 64);
export const PRECODE_TABLE = memory.data(4 * 128, 64);

/** Code lengths, in the order of the symbols; the repetitions of the last code may overrun a little. */
export const LENGTHS = memory.data(512, 64);
const SYMBOLS = memory.data(2 * 320, 64);
const COUNTS = memory.data(4 * 32, 64);
const PLACES = memory.data(4 * 16, 64);
/** Where among the symbols of a length the first one stands, and behind those that are ASCII. */
const STARTS = memory.data(4 * 16, 64);
const ASCII_ENDS = memory.data(4 * 16, 64);
/** The reversed codes of symbols, as long as they fit into the first table. */
const CODES = memory.data(2 * 320, 64);

const LENGTH_BASE = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]);
const LENGTH_EXTRA = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);
const DISTANCE_BASE = memory.data<u16>([
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
]);
const DISTANCE_EXTRA = memory.data<u8>([
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]);

function entryOf(alphabet: u32, symbol: u32, bits: u32): u32 {
  const drop = (bits << 8) | bits;
  if (alphabet == PRECODE) return (symbol << 16) | drop;
  if (alphabet == DISTANCE) {
    if (symbol >= 30) return SPECIAL;
    return (<u32>load<u16>(DISTANCE_BASE + (symbol << 1)) << 16) | (drop + load<u8>(DISTANCE_EXTRA + symbol));
  }
  if (symbol < 256) return LITERAL | (symbol << 16) | (bits << 10) | ONE | bits;
  if (symbol == 256) return SPECIAL | END_OF_BLOCK | drop;
  const code = symbol - 257;
  if (code >= 29) return SPECIAL;
  return (<u32>load<u16>(LENGTH_BASE + (code << 1)) << 16) | (drop + load<u8>(LENGTH_EXTRA + code));
}

/** Codes are read from their lowest bit, so tables are indexed by reversed codes. */
function reversed(code: u32, bits: u32): u32 {
  let r = ((code >> 1) & 0x5555) | ((code & 0x5555) << 1);
  r = ((r >> 2) & 0x3333) | ((r & 0x3333) << 2);
  r = ((r >> 4) & 0x0f0f) | ((r & 0x0f0f) << 4);
  r = ((r >> 8) & 0x00ff) | ((r & 0x00ff) << 8);
  return r >> (16 - bits);
}

/**
 * Makes the table of an alphabet from its code lengths. False for a code that zlib refuses: one with
 * too many codes, or with too few, except that a single code of one bit may stand alone.
 */
export function buildTable(alphabet: u32, table: usize, tableBits: u32, lengths: usize, symbols: u32): bool {
  memory.fill(COUNTS, 0, 128);
  for (let i: u32 = 0; i < symbols; i++) {
    // Symbols take turns between two rows of counters: where lengths repeat, one would be waited for.
    const count = COUNTS + (<usize>(i & 1) << 6) + (<usize>load<u8>(lengths + i) << 2);
    store<u32>(count, load<u32>(count) + 1);
  }
  let used: u32 = 0;
  let left: i32 = 1;
  let longest: u32 = 0;
  for (let bits: u32 = 1; bits <= 15; bits++) {
    const count = load<u32>(COUNTS + (bits << 2)) + load<u32>(COUNTS + (bits << 2), 64);
    store<u32>(COUNTS + (bits << 2), count);
    store<u32>(PLACES + (bits << 2), used);
    used += count;
    if (count) longest = bits;
    left = (left << 1) - <i32>count;
    if (left < 0) return false;
  }
  if (left > 0) {
    if (longest > 0 && (alphabet == PRECODE || longest != 1)) return false;
    const size: u32 = 1 << tableBits;
    for (let i: u32 = 0; i < size; i++) store<u32>(table + (i << 2), SPECIAL);
  }
  memory.copy(STARTS, PLACES, 64);
  const ascii = min<u32>(symbols, 128);
  sortSymbols(lengths, 0, ascii);
  memory.copy(ASCII_ENDS, PLACES, 64);
  sortSymbols(lengths, ascii, symbols);
  fillTable(alphabet, table, tableBits, longest);
  return true;
}

function sortSymbols(lengths: usize, from: u32, to: u32): void {
  for (let i = from; i < to; i++) {
    const bits = <usize>load<u8>(lengths + i);
    if (bits == 0) continue;
    const place = load<u32>(PLACES + (bits << 2));
    store<u32>(PLACES + (bits << 2), place + 1);
    store<u16>(SYMBOLS + (place << 1), <u16>i);
  }
}

function fillTable(alphabet: u32, table: usize, tableBits: u32, longest: u32): void {
  let place: u32 = 0;
  let code: u32 = 0;
  for (let bits: u32 = 1; bits <= tableBits; bits++) {
    // An entry stands at all places that end in its code: with each bit more, at twice as many.
    double(table, <usize>4 << (bits - 1));
    for (let rest = load<u32>(COUNTS + (bits << 2)); rest > 0; rest--) {
      const symbol = <u32>load<u16>(SYMBOLS + (place << 1));
      const index = reversed(code, bits);
      store<u16>(CODES + (place << 1), <u16>index);
      store<u32>(table + (index << 2), entryOf(alphabet, symbol, bits));
      place++;
      code++;
    }
    code <<= 1;
    if (alphabet == LITLEN_IN_PAIRS) for (let first: u32 = 1; first < bits; first++) placePairs(table, first, bits - first);
  }
  if (longest > tableBits) fillSecondTables(alphabet, table, tableBits, longest, place, code);
}

/** Places pairs of ASCII characters, whose codes have so many bits; such a pair is like one code. */
function placePairs(table: usize, firstBits: u32, secondBits: u32): void {
  const end = load<u32>(ASCII_ENDS + (firstBits << 2));
  const start = load<u32>(STARTS + (secondBits << 2));
  const secondEnd = load<u32>(ASCII_ENDS + (secondBits << 2));
  if (start == secondEnd) return;
  for (let first = load<u32>(STARTS + (firstBits << 2)); first < end; first++) {
    const at = table + (<usize>load<u16>(CODES + (first << 1)) << 2);
    const entry = LITERAL | (<u32>load<u16>(SYMBOLS + (first << 1)) << 16) | (firstBits << 10) | TWO | (firstBits + secondBits);
    for (let second = start; second < secondEnd; second++) {
      const symbol = <u32>load<u16>(SYMBOLS + (second << 1));
      store<u32>(at + (<usize>load<u16>(CODES + (second << 1)) << (firstBits + 2)), entry | (symbol << 24));
    }
  }
}

/** Copies the first `size` bytes behind themselves. */
// @ts-ignore: decorator
@inline
function double(table: usize, size: usize): void {
  if (ASC_FEATURE_SIMD) {
    if (size >= 16) {
      for (let at = table; at < table + size; at += 16) v128.store(at + size, v128.load(at));
      return;
    }
  }
  for (let at = table; at < table + size; at += 4) store<u32>(at + size, load<u32>(at));
}

function fillSecondTables(
  alphabet: u32,
  table: usize,
  tableBits: u32,
  longest: u32,
  place: u32,
  code: u32,
): void {
  const size: u32 = 1 << tableBits;
  let nextTable: u32 = size;
  let linked: u32 = 0xffffffff;
  let second: u32 = 0;
  let secondBits: u32 = 0;
  for (let bits: u32 = tableBits + 1; bits <= longest; bits++) {
    for (let rest = load<u32>(COUNTS + (bits << 2)); rest > 0; rest--) {
      const symbol = <u32>load<u16>(SYMBOLS + (place << 1));
      place++;
      const index = reversed(code, bits);
      code++;
      const prefix = index & (size - 1);
      if (prefix != linked) {
        linked = prefix;
        second = nextTable;
        // As wide as needed for all longer codes of this prefix.
        secondBits = bits - tableBits;
        let room: u32 = rest;
        while (room < <u32>1 << secondBits && secondBits + tableBits < longest) {
          secondBits++;
          room = (room << 1) + load<u32>(COUNTS + ((secondBits + tableBits) << 2));
        }
        nextTable = second + (1 << secondBits);
        store<u32>(table + (prefix << 2), SPECIAL | LINK | (second << 16) | (secondBits << 8) | tableBits);
      }
      const entry = entryOf(alphabet, symbol, bits - tableBits);
      const secondSize: u32 = 1 << secondBits;
      for (let i = index >> tableBits; i < secondSize; i += 1 << (bits - tableBits))
        store<u32>(table + ((second + i) << 2), entry);
    }
    code <<= 1;
  }
}
