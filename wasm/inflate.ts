// DEFLATE (RFC 1951), stopped and taken up again wherever input or room for output ends.
import {
  buildTable,
  DISTANCE,
  DISTANCE_BITS,
  DISTANCE_TABLE,
  END_OF_BLOCK,
  LENGTHS,
  LINK,
  LITERAL,
  LITLEN,
  LITLEN_BITS,
  LITLEN_IN_PAIRS,
  LITLEN_TABLE,
  PRECODE,
  PRECODE_BITS,
  PRECODE_TABLE,
  SPECIAL,
} from './huffman';

// What `inflate` answers.
const NEEDS_INPUT: i32 = 0;
const NEEDS_ROOM: i32 = 1;
const DONE: i32 = 2;
const TRUNCATED: i32 = -1;
const BAD_BLOCK: i32 = -2;
const BAD_CODES: i32 = -3;
const BAD_SYMBOL: i32 = -4;
const BAD_DISTANCE: i32 = -5;

/** No answer yet: the next phase goes on. */
const GO_ON: i32 = 3;

// Phases.
const HEADER: u32 = 0;
const STORED: u32 = 1;
const SYMBOLS: u32 = 2;

/** No block header is longer: 17 bits, 19 code lengths of 3 and 320 of at most 7 + 7. */
const LONGEST_HEADER: usize = 640;
/** With less input to come, pairs of literals take longer to place than they save. */
const WORTH_PAIRING: usize = 2 * 1024;
/** Low bits of the fast loop's buffer that are none. */
const JUNK: u64 = 2;
/** So far before the end of the input, one round of the fast loop cannot reach it. */
const FAST_MARGIN: usize = 16;

const PRECODE_ORDER = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

/** Bits that were loaded and not used; after every call fewer than eight. */
let bits: u64 = 0;
let bitCount: u64 = 0;
let phase: u32 = HEADER;
/** Do the tables hold the codes that small streams use? */
let areTablesFixed: bool = false;
let isLastBlock: bool = false;
let storedLeft: usize = 0;
/** Nothing before it belongs to this stream. */
let outputFloor: usize = 0;
let inputEnd: usize = 0;
let isInputLast: bool = false;

/** The next byte of input; after an error, the place of the error. */
export let inputAt: usize = 0;
/** Behind the last byte of output. */
export let outputAt: usize = 0;

/** Begins a stream, whose output goes to `output`. */
export function beginInflate(output: usize): void {
  bits = 0;
  bitCount = 0;
  phase = HEADER;
  isLastBlock = false;
  outputFloor = output;
  outputAt = output;
}

/** Tells that content was moved down by `distance`, and nothing before `floor` kept. */
export function moveOutput(distance: usize, floor: usize): void {
  outputAt -= distance;
  outputFloor = outputFloor < floor + distance ? floor : outputFloor - distance;
}

/**
 * Inflates what lies between `input` and `end` until output reaches `limit`, which it may overrun by
 * 258 bytes, and wide stores by 64 more. `isLast` says that no input follows. Eight bytes behind
 * `end` must be readable.
 */
export function inflate(input: usize, end: usize, isLast: bool, limit: usize): i32 {
  inputAt = input;
  inputEnd = end;
  isInputLast = isLast;
  while (true) {
    let answer: i32;
    if (phase == HEADER) {
      if (isLastBlock) return DONE;
      if (!isLast && end - inputAt < LONGEST_HEADER) return NEEDS_INPUT;
      answer = readHeader();
    } else if (phase == STORED) answer = copyStored(limit);
    else answer = decodeSymbols(limit);
    if (answer != GO_ON) {
      giveBack();
      return answer;
    }
  }
}

/** Makes `count` bits available, byte by byte, as far as there is input. */
function refill(count: u64): bool {
  while (bitCount < count && inputAt < inputEnd) {
    bits |= <u64>load<u8>(inputAt) << bitCount;
    inputAt++;
    bitCount += 8;
  }
  return bitCount >= count;
}

function drop(count: u64): void {
  bits >>= count;
  bitCount -= count;
}

/** Whole bytes go back to the input, so that the host may move it. */
function giveBack(): void {
  inputAt -= <usize>(bitCount >> 3);
  bitCount &= 7;
  bits &= ((<u64>1) << bitCount) - 1;
}

/** The next bits, or all ones when input ends before. */
function take(count: u64): u32 {
  if (!refill(count)) return 0xffffffff;
  const value = <u32>bits & ((1 << <u32>count) - 1);
  drop(count);
  return value;
}

function readHeader(): i32 {
  const header = take(3);
  if (header == 0xffffffff) return TRUNCATED;
  isLastBlock = (header & 1) != 0;
  const type = header >> 1;
  if (type == 0) return readStoredHeader();
  if (type == 1) return useFixedCodes();
  return type == 2 ? readCodes() : BAD_BLOCK;
}

function readStoredHeader(): i32 {
  drop(bitCount & 7);
  const length = take(16);
  const complement = take(16);
  if (length == 0xffffffff || complement == 0xffffffff) return TRUNCATED;
  if ((length ^ complement) != 0xffff) return BAD_BLOCK;
  giveBack();
  storedLeft = length;
  phase = STORED;
  return GO_ON;
}

function copyStored(limit: usize): i32 {
  const room = limit > outputAt ? limit - outputAt : 0;
  const size = min(storedLeft, min(room, inputEnd - inputAt));
  memory.copy(outputAt, inputAt, size);
  outputAt += size;
  inputAt += size;
  storedLeft -= size;
  if (storedLeft == 0) {
    phase = HEADER;
    return GO_ON;
  }
  if (inputAt < inputEnd) return NEEDS_ROOM;
  return isInputLast ? TRUNCATED : NEEDS_INPUT;
}

function useFixedCodes(): i32 {
  phase = SYMBOLS;
  if (areTablesFixed) return GO_ON;
  memory.fill(LENGTHS, 8, 144);
  memory.fill(LENGTHS + 144, 9, 112);
  memory.fill(LENGTHS + 256, 7, 24);
  memory.fill(LENGTHS + 280, 8, 8);
  buildTable(LITLEN, LITLEN_TABLE, LITLEN_BITS, LENGTHS, 288);
  memory.fill(LENGTHS, 5, 32);
  buildTable(DISTANCE, DISTANCE_TABLE, DISTANCE_BITS, LENGTHS, 32);
  areTablesFixed = true;
  return GO_ON;
}

function readCodes(): i32 {
  const sizes = take(14);
  if (sizes == 0xffffffff) return TRUNCATED;
  const literals = (sizes & 31) + 257;
  const distances = ((sizes >> 5) & 31) + 1;
  const precodes = (sizes >> 10) + 4;
  if (literals > 286 || distances > 30) return BAD_CODES;
  memory.fill(LENGTHS, 0, 19);
  for (let i: u32 = 0; i < precodes; i++) {
    const length = take(3);
    if (length == 0xffffffff) return TRUNCATED;
    store<u8>(LENGTHS + load<u8>(PRECODE_ORDER + i), <u8>length);
  }
  if (!buildTable(PRECODE, PRECODE_TABLE, PRECODE_BITS, LENGTHS, 19)) return BAD_CODES;
  areTablesFixed = false;
  const answer = readLengths(literals + distances);
  if (answer != GO_ON) return answer;
  // A block without an end could not be left.
  if (load<u8>(LENGTHS + 256) == 0) return BAD_CODES;
  const alphabet = inputEnd - inputAt < WORTH_PAIRING ? LITLEN : LITLEN_IN_PAIRS;
  if (!buildTable(alphabet, LITLEN_TABLE, LITLEN_BITS, LENGTHS, literals)) return BAD_CODES;
  if (!buildTable(DISTANCE, DISTANCE_TABLE, DISTANCE_BITS, LENGTHS + literals, distances)) return BAD_CODES;
  giveBack();
  phase = SYMBOLS;
  return GO_ON;
}

function readLengths(total: u32): i32 {
  let read: u32 = 0;
  while (read < total) {
    refill(14);
    const entry = load<u32>(PRECODE_TABLE + (<usize>(bits & 127) << 2));
    if (entry & SPECIAL) return BAD_CODES;
    const width = <u64>(entry & 0xff);
    if (width > bitCount) return TRUNCATED;
    drop(width);
    const code = entry >> 16;
    if (code < 16) {
      store<u8>(LENGTHS + read, <u8>code);
      read++;
      continue;
    }
    if (code == 16 && read == 0) return BAD_CODES;
    const repeated: u8 = code == 16 ? load<u8>(LENGTHS + read - 1) : 0;
    const extra = take(code == 16 ? 2 : code == 17 ? 3 : 7);
    if (extra == 0xffffffff) return TRUNCATED;
    const times = extra + (code == 18 ? 11 : 3);
    if (read + times > total) return BAD_CODES;
    memory.fill(LENGTHS + read, repeated, times);
    read += times;
  }
  return GO_ON;
}

function decodeSymbols(limit: usize): i32 {
  while (true) {
    if (outputAt >= limit) return NEEDS_ROOM;
    let answer: i32;
    if (inputEnd >= FAST_MARGIN && inputAt < inputEnd - FAST_MARGIN) {
      answer = decodeFast(inputEnd - FAST_MARGIN, limit);
    } else {
      if (!isInputLast) return NEEDS_INPUT;
      answer = decodeOne();
    }
    if (answer != GO_ON) return answer;
    if (phase == HEADER) return GO_ON;
  }
}

/** Decodes one symbol, looking at the end of the input before every bit. */
function decodeOne(): i32 {
  refill(48);
  let entry = load<u32>(LITLEN_TABLE + (<usize>(<u32>bits & ((1 << LITLEN_BITS) - 1)) << 2));
  let used: u64 = 0;
  if (<i32>entry >= 0 && (entry & (SPECIAL | LINK)) == (SPECIAL | LINK)) {
    used = LITLEN_BITS;
    const index = <u32>(bits >> used) & ((1 << ((entry >> 8) & 15)) - 1);
    entry = load<u32>(LITLEN_TABLE + (<usize>(((entry >> 16) & 0x7fff) + index) << 2));
  }
  if (entry & LITERAL) {
    const end = used + <u64>((entry >> 10) & 15);
    if (end > bitCount) return TRUNCATED;
    store<u8>(outputAt, <u8>(entry >> 16));
    outputAt++;
    drop(end);
    return GO_ON;
  }
  const lengthEnd = used + <u64>(entry & 0xff);
  if (lengthEnd > bitCount) return TRUNCATED;
  if (entry & SPECIAL) {
    if (!(entry & END_OF_BLOCK)) return bitCount < 15 ? TRUNCATED : BAD_SYMBOL;
    drop(lengthEnd);
    giveBack();
    phase = HEADER;
    return GO_ON;
  }
  const length = valueOf(entry, bits >> used);
  used = lengthEnd;
  entry = load<u32>(DISTANCE_TABLE + (<usize>(<u32>(bits >> used) & ((1 << DISTANCE_BITS) - 1)) << 2));
  if ((entry & (SPECIAL | LINK)) == (SPECIAL | LINK)) {
    used += DISTANCE_BITS;
    const index = <u32>(bits >> used) & ((1 << ((entry >> 8) & 15)) - 1);
    entry = load<u32>(DISTANCE_TABLE + (<usize>(((entry >> 16) & 0x7fff) + index) << 2));
  }
  if (entry & SPECIAL) return bitCount < used + 15 ? TRUNCATED : BAD_SYMBOL;
  const end = used + <u64>(entry & 0xff);
  if (end > bitCount) return TRUNCATED;
  const distance = valueOf(entry, bits >> used);
  if (distance > outputAt - outputFloor) return BAD_DISTANCE;
  drop(end);
  for (let i: usize = 0; i < length; i++) store<u8>(outputAt + i, load<u8>(outputAt + i - distance));
  outputAt += length;
  return GO_ON;
}

/** Base plus extra bits of an entry whose code stands lowest in `at`. */
// @ts-ignore: decorator
@inline
function valueOf(entry: u32, at: u64): usize {
  const extra = (at & (((<u64>1) << <u64>(entry & 0xff)) - 1)) >> <u64>((entry >> 8) & 15);
  return <usize>((entry >> 16) & 0x7fff) + <usize>extra;
}

/** The entry of the first table for what stands lowest in `at`, above its junk. */
// @ts-ignore: decorator
@inline
function litlenEntry(at: u64): u32 {
  return load<u32>(<usize>(<u32>at & (((1 << LITLEN_BITS) - 1) << 2)), LITLEN_TABLE);
}

/** Decodes symbols while input lies before `safe` and output before `limit`. */
function decodeFast(safe: usize, limit: usize): i32 {
  let at = inputAt;
  let out = outputAt;
  // Bits that were dropped stay below the next two: so masked bits are a place in a table of words as they are.
  let b = bits << JUNK;
  let n = bitCount + JUNK;
  const floor = outputFloor;
  let answer = GO_ON;
  while (at < safe && out < limit) {
    // Loads whole bytes on top of what is there; between 54 and 61 bits are good then.
    b |= load<u64>(at) << n;
    at += <usize>((63 - n) >> 3);
    n |= 56;
    // Shifts look at the lowest six bits of an entry alone, and no entry drops more.
    let entry = litlenEntry(b);
    if (<i32>entry < 0) {
      b >>= <u64>entry;
      n -= <u64>(entry & 0xff);
      let next = litlenEntry(b);
      out = putLiterals(out, entry);
      if (<i32>next < 0) {
        b >>= <u64>next;
        n -= <u64>(next & 0xff);
        entry = litlenEntry(b);
        out = putLiterals(out, next);
        if (<i32>entry < 0) {
          b >>= <u64>entry;
          n -= <u64>(entry & 0xff);
          next = litlenEntry(b);
          out = putLiterals(out, entry);
          if (<i32>next < 0) {
            b >>= <u64>next;
            n -= <u64>(next & 0xff);
            out = putLiterals(out, next);
            continue;
          }
          entry = next;
        }
      } else entry = next;
      // A length and a distance take up to 48 bits.
      b |= load<u64>(at) << n;
      at += <usize>((63 - n) >> 3);
      n |= 56;
    }
    if (entry & SPECIAL) {
      if (entry & LINK) {
        b >>= LITLEN_BITS;
        n -= LITLEN_BITS;
        const index = <u32>(b >> JUNK) & ((1 << ((entry >> 8) & 15)) - 1);
        entry = load<u32>(LITLEN_TABLE + (<usize>(((entry >> 16) & 0x7fff) + index) << 2));
        if (<i32>entry < 0) {
          b >>= <u64>entry;
          n -= <u64>(entry & 0xff);
          out = putLiterals(out, entry);
          continue;
        }
      }
      if (entry & SPECIAL) {
        if (entry & END_OF_BLOCK) {
          b >>= <u64>entry;
          n -= <u64>(entry & 0xff);
          phase = HEADER;
        } else answer = BAD_SYMBOL;
        break;
      }
    }
    const length = valueOf(entry, b >> JUNK);
    b >>= <u64>entry;
    n -= <u64>(entry & 0xff);
    entry = load<u32>(<usize>(<u32>b & (((1 << DISTANCE_BITS) - 1) << 2)), DISTANCE_TABLE);
    if (entry & SPECIAL) {
      if (entry & LINK) {
        b >>= DISTANCE_BITS;
        n -= DISTANCE_BITS;
        const index = <u32>(b >> JUNK) & ((1 << ((entry >> 8) & 15)) - 1);
        entry = load<u32>(DISTANCE_TABLE + (<usize>(((entry >> 16) & 0x7fff) + index) << 2));
      }
      if (entry & SPECIAL) {
        answer = BAD_SYMBOL;
        break;
      }
    }
    const distance = valueOf(entry, b >> JUNK);
    b >>= <u64>entry;
    n -= <u64>(entry & 0xff);
    if (distance > out - floor) {
      answer = BAD_DISTANCE;
      break;
    }
    copyMatch(out, distance, length);
    out += length;
  }
  bits = b >> JUNK;
  bitCount = n - JUNK;
  inputAt = at;
  giveBack();
  outputAt = out;
  return answer;
}

/** Writes an entry's literals, and a zero behind a single one; gives the place behind them. */
// @ts-ignore: decorator
@inline
function putLiterals(out: usize, entry: u32): usize {
  store<u16>(out, <u16>((entry >> 16) & 0x7fff));
  return out + <usize>((entry >> 8) & 3);
}

/** Repeats output; writes up to 64 bytes more than `length`. */
// @ts-ignore: decorator
@inline
function copyMatch(out: usize, distance: usize, length: usize): void {
  const end = out + length;
  let from = out - distance;
  if (ASC_FEATURE_SIMD) {
    if (distance >= 16) {
      v128.store(out, v128.load(from));
      v128.store(out, v128.load(from, 16), 16);
      v128.store(out, v128.load(from, 32), 32);
      v128.store(out, v128.load(from, 48), 48);
      for (let to = out + 64; to < end; to += 32) {
        v128.store(to, v128.load(to - distance));
        v128.store(to, v128.load(to - distance, 16), 16);
      }
      return;
    }
  }
  if (distance >= 8) {
    for (let to = out; to < end; to += 8) {
      store<u64>(to, load<u64>(from));
      from += 8;
    }
  } else if (distance == 1) {
    const eight = <u64>load<u8>(from) * 0x0101010101010101;
    for (let to = out; to < end; to += 8) store<u64>(to, eight);
  } else {
    for (let to = out; to < end; to++) {
      store<u8>(to, load<u8>(from));
      from++;
    }
  }
}
