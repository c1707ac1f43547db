// Huffman codes for a block of DEFLATE, and the header that tells them. RFC 1951, 3.2.7.

/**
 * Codes as `code << 5 | bits`, the code with its lowest bit first: of literals from 0 on, of the block's end at 256, and
 * from 1024 on of lengths, with their extra bits, by length.
 */
export const LITERAL_CODES: usize = memory.data(4 * (1024 + 260), 64);
export const DISTANCE_CODES: usize = memory.data(4 * 32, 64);

const LITERALS: u32 = 286;
const DISTANCES: u32 = 30;
const LITERAL_COUNTS: usize = memory.data(4 * 288, 64);
const DISTANCE_COUNTS: usize = memory.data(4 * 32, 64);
/** How many bits each code has: literals, then distances. */
const LITERAL_BITS: usize = memory.data(288, 64);
const DISTANCE_BITS: usize = memory.data(32, 64);
/** How many matches have each length. */
const LENGTH_COUNTS: usize = memory.data(4 * 260, 64);

const LENGTH_BASES = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258, 259,
]);
const LENGTH_EXTRAS = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);
const ORDER = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

export function beginCodes(): void {
  memory.fill(LITERAL_COUNTS, 0, 4 * 288);
  memory.fill(DISTANCE_COUNTS, 0, 4 * 32);
  memory.fill(LENGTH_COUNTS, 0, 4 * 260);
}

// @ts-ignore: decorator
@inline
function count(place: usize): void {
  store<u32>(place, load<u32>(place) + 1);
}

/** Counts what a block has: matches as `deflate.ts` keeps them, literals before and, up to `end`, behind them. */
export function countCodes(start: usize, matches: usize, matchEnd: usize, end: usize): void {
  let at = start;
  for (let match = matches; match < matchEnd; match += 8) {
    at = countLiterals(at, at + <usize>load<u32>(match));
    const pair = load<u32>(match, 4);
    count(LENGTH_COUNTS + (<usize>(pair >> 16) << 2));
    const distance = pair & 0xffff;
    let slot = distance;
    if (distance >= 4) {
      const top = 31 - <u32>clz(distance);
      slot = (top << 1) + ((distance >> (top - 1)) & 1);
    }
    count(DISTANCE_COUNTS + (<usize>slot << 2));
    at += <usize>(pair >> 16);
  }
  countLiterals(at, end);
  store<u32>(LITERAL_COUNTS + (256 << 2), 1);
  for (let code: u32 = 0; code < 29; code++) {
    let sum: u32 = 0;
    const next = <u32>load<u16>(LENGTH_BASES + (<usize>(code + 1) << 1));
    for (let length = <u32>load<u16>(LENGTH_BASES + (<usize>code << 1)); length < next; length++)
      sum += load<u32>(LENGTH_COUNTS + (<usize>length << 2));
    store<u32>(LITERAL_COUNTS + (<usize>(257 + code) << 2), sum);
  }
  makeLengths(LITERAL_COUNTS, LITERALS, 15, LITERAL_BITS);
  makeLengths(DISTANCE_COUNTS, DISTANCES, 15, DISTANCE_BITS);
  makeCodes(LITERAL_BITS, LITERALS, LITERAL_CODES);
  makeCodes(DISTANCE_BITS, DISTANCES, DISTANCE_CODES);
  for (let code: u32 = 0; code < 29; code++) {
    const first = <u32>load<u16>(LENGTH_BASES + (<usize>code << 1));
    const next = <u32>load<u16>(LENGTH_BASES + (<usize>(code + 1) << 1));
    const own = load<u32>(LITERAL_CODES + (<usize>(257 + code) << 2));
    const extra = <u32>load<u8>(LENGTH_EXTRAS + <usize>code);
    for (let length = first; length < next; length++) {
      const value = (own >> 5) | ((length - first) << (own & 31));
      store<u32>(LITERAL_CODES + (<usize>(1024 + length) << 2), (value << 5) | ((own & 31) + extra));
    }
  }
}

// @ts-ignore: decorator
@inline
function countLiterals(from: usize, end: usize): usize {
  for (let at = from; at < end; at++) count(LITERAL_COUNTS + (<usize>load<u8>(at) << 2));
  return end;
}

/** Symbols that occur, the rarest first: u32 count, u32 symbol. */
const SORTED: usize = memory.data(8 * 288, 64);
/** The tree: weights, then parents, of leaves in their order and of inner nodes behind them. */
const WEIGHTS: usize = memory.data(4 * 600, 64);
const PARENTS: usize = memory.data(2 * 600, 64);
const DEPTHS: usize = memory.data(600, 64);

/** Gives each symbol that occurs a number of bits, at most `most`, so that frequent ones have few. */
function makeLengths(counts: usize, symbols: u32, most: u32, lengths: usize): void {
  memory.fill(lengths, 0, symbols);
  let leaves: u32 = 0;
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const own = load<u32>(counts + (<usize>symbol << 2));
    if (own == 0) continue;
    let place = SORTED + (<usize>leaves << 3);
    while (place > SORTED && load<u32>(place - 8) > own) {
      store<u64>(place, load<u64>(place - 8));
      place -= 8;
    }
    store<u32>(place, own);
    store<u32>(place, symbol, 4);
    leaves++;
  }
  if (leaves == 0) return;
  if (leaves == 1) {
    store<u8>(lengths + <usize>load<u32>(SORTED, 4), 1);
    return;
  }
  for (let i: u32 = 0; i < leaves; i++) store<u32>(WEIGHTS + (<usize>i << 2), load<u32>(SORTED + (<usize>i << 3)));
  const nodes: u32 = 2 * leaves - 1;
  let leaf: u32 = 0;
  let inner: u32 = leaves;
  for (let node: u32 = leaves; node < nodes; node++) {
    let weight: u32 = 0;
    for (let child: u32 = 0; child < 2; child++) {
      const isLeaf =
        leaf < leaves &&
        (inner >= node || load<u32>(WEIGHTS + (<usize>leaf << 2)) <= load<u32>(WEIGHTS + (<usize>inner << 2)));
      const taken = isLeaf ? leaf++ : inner++;
      weight += load<u32>(WEIGHTS + (<usize>taken << 2));
      store<u16>(PARENTS + (<usize>taken << 1), <u16>node);
    }
    store<u32>(WEIGHTS + (<usize>node << 2), weight);
  }
  // From the root down; codes that are too long are cut, and what that takes too much of is given back by others.
  store<u8>(DEPTHS + <usize>(nodes - 1), 0);
  /** In units of the smallest code: they must come to no more than one whole. */
  let used: u32 = 0;
  for (let i: i32 = <i32>nodes - 2; i >= 0; i--) {
    const parent = <usize>load<u16>(PARENTS + (<usize>i << 1));
    const depth = <u32>load<u8>(DEPTHS + parent) + 1;
    store<u8>(DEPTHS + <usize>i, <u8>depth);
    if (<u32>i < leaves) {
      const own = min(depth, most);
      store<u8>(DEPTHS + <usize>i, <u8>own);
      used += 1 << (most - own);
    }
  }
  const whole: u32 = 1 << most;
  // The rarest first: they are made longer until all fit.
  for (let i: u32 = 0; used > whole; i = i + 1 < leaves ? i + 1 : 0) {
    const own = <u32>load<u8>(DEPTHS + <usize>i);
    if (own >= most) continue;
    store<u8>(DEPTHS + <usize>i, <u8>(own + 1));
    used -= 1 << (most - own - 1);
  }
  // What is left over then is given to the most frequent that it suffices for: inflaters refuse a code with gaps.
  for (let i: u32 = leaves; used < whole; i = i > 1 ? i - 1 : leaves) {
    const own = <u32>load<u8>(DEPTHS + <usize>(i - 1));
    if (own <= 1 || used + (1 << (most - own)) > whole) continue;
    store<u8>(DEPTHS + <usize>(i - 1), <u8>(own - 1));
    used += 1 << (most - own);
  }
  for (let i: u32 = 0; i < leaves; i++)
    store<u8>(lengths + <usize>load<u32>(SORTED + (<usize>i << 3), 4), load<u8>(DEPTHS + <usize>i));
}

const NEXT: usize = memory.data(4 * 17, 64);

/** The codes that belong to the numbers of bits. */
function makeCodes(lengths: usize, symbols: u32, codes: usize): void {
  memory.fill(NEXT, 0, 4 * 17);
  for (let symbol: u32 = 0; symbol < symbols; symbol++)
    count(NEXT + (<usize>load<u8>(lengths + <usize>symbol) << 2));
  store<u32>(NEXT, 0);
  let code: u32 = 0;
  for (let size: usize = 1; size <= 15; size++) {
    const symbolsOfSize = load<u32>(NEXT + (size << 2));
    store<u32>(NEXT + (size << 2), code);
    code = (code + symbolsOfSize) << 1;
  }
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const size = <u32>load<u8>(lengths + <usize>symbol);
    if (size == 0) {
      store<u32>(codes + (<usize>symbol << 2), 0);
      continue;
    }
    const place = NEXT + (<usize>size << 2);
    const own = load<u32>(place);
    store<u32>(place, own + 1);
    store<u32>(codes + (<usize>symbol << 2), (reversed(own, size) << 5) | size);
  }
}

function reversed(code: u32, size: u32): u32 {
  let from = code;
  let to: u32 = 0;
  for (let i: u32 = 0; i < size; i++) {
    to = (to << 1) | (from & 1);
    from >>= 1;
  }
  return to;
}

/** The header in parts: u16 value, u16 bits. */
const HEADER: usize = memory.data(4 * 800, 64);
let headerEnd: usize = 0;
const TOLD: usize = memory.data(320, 64);
/** What is told of the numbers of bits: u8 symbol, u8 extra value. */
const RUNS: usize = memory.data(2 * 340, 64);
const RUN_COUNTS: usize = memory.data(4 * 19, 64);
const RUN_BITS: usize = memory.data(19, 64);
const RUN_CODES: usize = memory.data(4 * 19, 64);

function add(value: u32, size: u32): void {
  store<u16>(headerEnd, <u16>value);
  store<u16>(headerEnd, <u16>size, 2);
  headerEnd += 4;
}

/** Where the header's parts end. */
export function endBlock(): usize {
  return headerEnd;
}

/** Makes the header of the codes that were counted; gives where its parts begin. */
export function writeHeader(): usize {
  let literals: u32 = LITERALS;
  while (literals > 257 && load<u8>(LITERAL_BITS + <usize>(literals - 1)) == 0) literals--;
  let distances: u32 = DISTANCES;
  while (distances > 1 && load<u8>(DISTANCE_BITS + <usize>(distances - 1)) == 0) distances--;
  memory.copy(TOLD, LITERAL_BITS, literals);
  memory.copy(TOLD + <usize>literals, DISTANCE_BITS, distances);
  const runs = tellRuns(literals + distances);
  makeLengths(RUN_COUNTS, 19, 7, RUN_BITS);
  makeCodes(RUN_BITS, 19, RUN_CODES);
  let told: u32 = 19;
  while (told > 4 && load<u8>(RUN_BITS + <usize>load<u8>(ORDER + <usize>(told - 1))) == 0) told--;
  headerEnd = HEADER;
  add(literals - 257, 5);
  add(distances - 1, 5);
  add(told - 4, 4);
  for (let i: u32 = 0; i < told; i++) add(<u32>load<u8>(RUN_BITS + <usize>load<u8>(ORDER + <usize>i)), 3);
  for (let run: u32 = 0; run < runs; run++) {
    const symbol = <u32>load<u8>(RUNS + (<usize>run << 1));
    const code = load<u32>(RUN_CODES + (<usize>symbol << 2));
    add(code >> 5, code & 31);
    const extra = <u32>load<u8>(RUNS + (<usize>run << 1), 1);
    if (symbol == 16) add(extra, 2);
    else if (symbol == 17) add(extra, 3);
    else if (symbol == 18) add(extra, 7);
  }
  return HEADER;
}

/** Tells numbers of bits, repeated ones as such. Gives how many runs that makes. */
function tellRuns(size: u32): u32 {
  memory.fill(RUN_COUNTS, 0, 4 * 19);
  let runs: u32 = 0;
  let at: u32 = 0;
  while (at < size) {
    const value = load<u8>(TOLD + <usize>at);
    let same: u32 = 1;
    while (at + same < size && load<u8>(TOLD + <usize>(at + same)) == value) same++;
    at += same;
    if (value == 0) {
      while (same >= 3) {
        const taken = min<u32>(same, 138);
        runs = tell(runs, taken < 11 ? 17 : 18, taken < 11 ? taken - 3 : taken - 11);
        same -= taken;
      }
    } else {
      runs = tell(runs, <u32>value, 0);
      same--;
      while (same >= 3) {
        const taken = min<u32>(same, 6);
        runs = tell(runs, 16, taken - 3);
        same -= taken;
      }
    }
    while (same > 0) {
      runs = tell(runs, <u32>value, 0);
      same--;
    }
  }
  return runs;
}

function tell(runs: u32, symbol: u32, extra: u32): u32 {
  store<u8>(RUNS + (<usize>runs << 1), <u8>symbol);
  store<u8>(RUNS + (<usize>runs << 1), <u8>extra, 1);
  count(RUN_COUNTS + (<usize>symbol << 2));
  return runs + 1;
}
