// A fast DEFLATE encoder: matches found by one look into a hash table, Huffman codes made for each block.
// Compiled to a module of its own. What it writes every inflater reads; how well it compresses is that of zlib's level 1.
export { addToCrc, beginCrc, remainderOfCrc, sizeOfRemainder } from './crc';
import { beginCodes, countCodes, DISTANCE_CODES, endBlock, LITERAL_CODES, writeHeader } from './huffman-codes';

/** What may be compressed at once. */
export const INPUT_SIZE: usize = 1536 * 1024;
/** Matches are compared and loaded eight bytes at a time. */
const INPUT_SLACK: usize = 64;
/** Codes take at most nine bits for eight, and the headers of blocks. */
const OUTPUT_SIZE: usize = INPUT_SIZE + (INPUT_SIZE >> 3) + 64 * 1024;

const HASH_BITS: u32 = 15;
const HASHES: usize = (<usize>1) << HASH_BITS;
const WINDOW: u32 = 32768;
const SHORTEST: u32 = 6;
const LONGEST: u32 = 258;
/** Of each block: u32 literals before a match, u32 its length and distance. */
const MOST_MATCHES: usize = 24 * 1024;

const base: usize = (__heap_base + 127) & ~127;
const TABLE: usize = base;
const MATCHES: usize = TABLE + HASHES * 8;
const OUTPUT: usize = MATCHES + (MOST_MATCHES + 1) * 8;
/** 64 bytes before it may be read. */
const INPUT: usize = (OUTPUT + OUTPUT_SIZE + 127) & ~63;

export function inputStart(): usize {
  return INPUT;
}

export function outputStart(): usize {
  return OUTPUT;
}

export function memoryEnd(): usize {
  return INPUT + INPUT_SIZE + INPUT_SLACK;
}

/** Places in the hash table count on from call to call, so that it need not be cleared: those below are of others. */
let origin: u32 = 1;

/** Bits that are not written yet, and how many. */
let bits: u64 = 0;
let bitCount: u64 = 0;
let outputAt: usize = 0;

// @ts-ignore: decorator
@inline
function put(value: u64, count: u64): void {
  bits |= value << bitCount;
  bitCount += count;
}

// @ts-ignore: decorator
@inline
function flush(): void {
  store<u64>(outputAt, bits);
  outputAt += <usize>(bitCount >> 3);
  bits >>= bitCount & ~7;
  bitCount &= 7;
}

/** Compresses the first `size` bytes of the input, at most INPUT_SIZE. Gives the size of the output. */
export function deflate(size: u32): u32 {
  if (origin > 0x7fffffff - <u32>INPUT_SIZE - WINDOW) {
    memory.fill(TABLE, 0, HASHES * 8);
    origin = 1;
  }
  bits = 0;
  bitCount = 0;
  outputAt = OUTPUT;
  const end = INPUT + <usize>size;
  let at = INPUT;
  do at = writeBlock(at, end);
  while (at < end);
  origin += size + WINDOW;
  return <u32>(outputAt - OUTPUT) + <u32>((bitCount + 7) >> 3);
}

// @ts-ignore: decorator
@inline
function hashOf(word: u64): usize {
  return <usize>(((word << 24) * 0x9e3779b185ebca87) >> (64 - HASH_BITS)) << 3;
}

/** Bytes in which the content at `one` and at `other`, which lies before it, agree, up to `most`. */
// @ts-ignore: decorator
@inline
function agreeing(one: usize, other: usize, most: u32): u32 {
  let length: u32 = 0;
  while (length < most) {
    const difference = load<u64>(one + length) ^ load<u64>(other + length);
    if (difference) {
      length += <u32>(ctz(difference) >> 3);
      break;
    }
    length += 8;
  }
  return min(length, most);
}

/** Writes a block from `start` on; gives the place behind it. */
function writeBlock(start: usize, end: usize): usize {
  beginCodes();
  /** What is added to an address makes its place. */
  const offset = origin - <u32>INPUT;
  const lastStart = end - INPUT >= 16 ? end - 16 : INPUT;
  let at = start;
  let literals = start;
  let match = MATCHES;
  const matchesEnd = MATCHES + MOST_MATCHES * 8;
  while (at < lastStart && match < matchesEnd) {
    const word = load<u64>(at);
    const slot = TABLE + hashOf(word);
    const held = load<u64>(slot);
    const place = <u32>at + offset;
    store<u64>(slot, (held << 32) | <u64>place);
    const newer = <u32>held, older = <u32>(held >> 32);
    let length: u32 = 0;
    let distance: u32 = 0;
    if (newer >= origin && place - newer <= WINDOW) {
      const other = <usize>(newer - offset);
      if (<u32>load<u32>(other) == <u32>word) {
        distance = place - newer;
        length = agreeing(at, other, <u32>min(<usize>LONGEST, end - at));
      }
      if (length < 32 && older >= origin && place - older <= WINDOW) {
        const further = <usize>(older - offset);
        if (load<u32>(further) == <u32>word) {
          const longer = agreeing(at, further, <u32>min(<usize>LONGEST, end - at));
          if (longer > length) {
            length = longer;
            distance = place - older;
          }
        }
      }
    }
    if (length < SHORTEST) {
      at++;
      continue;
    }
    store<u32>(match, <u32>(at - literals));
    store<u32>(match, (length << 16) | (distance - 1), 4);
    match += 8;
    // Places within the match may begin others, but most would never be asked for.
    const next = at + length;
    if (next < lastStart) {
      remember(at + 1, offset);
      remember(next - 1, offset);
    }
    at = next;
    literals = at;
  }
  const isLast = match < matchesEnd || at == end;
  if (isLast) at = end;
  countCodes(start, MATCHES, match, at);
  writeCodes(start, match, at, isLast);
  return at;
}

// @ts-ignore: decorator
@inline
function remember(at: usize, offset: u32): void {
  const slot = TABLE + hashOf(load<u64>(at));
  store<u64>(slot, (load<u64>(slot) << 32) | <u64>(<u32>at + offset));
}

function writeCodes(start: usize, matchEnd: usize, end: usize, isLast: bool): void {
  put(<u64>isLast | 4, 3);
  flush();
  const header = writeHeader();
  for (let part = header; part < endBlock(); part += 4) {
    put(<u64>load<u16>(part), <u64>load<u16>(part, 2));
    flush();
  }
  let at = start;
  for (let match = MATCHES; match < matchEnd; match += 8) {
    at = writeLiterals(at, at + <usize>load<u32>(match));
    const pair = load<u32>(match, 4);
    const length = pair >> 16;
    const distance = pair & 0xffff;
    const lengthCode = load<u32>(LITERAL_CODES + (<usize>(1024 + length) << 2));
    put(<u64>(lengthCode >> 5), <u64>(lengthCode & 31));
    const slot = slotOf(distance);
    const distanceCode = load<u32>(DISTANCE_CODES + (<usize>slot << 2));
    put(<u64>(distanceCode >> 5), <u64>(distanceCode & 31));
    const extra = slot < 4 ? 0 : (slot >> 1) - 1;
    put(<u64>(distance & ((1 << extra) - 1)), <u64>extra);
    flush();
    at += <usize>length;
  }
  writeLiterals(at, end);
  const code = load<u32>(LITERAL_CODES + (256 << 2));
  put(<u64>(code >> 5), <u64>(code & 31));
  flush();
}

// @ts-ignore: decorator
@inline
function writeLiterals(from: usize, end: usize): usize {
  let at = from;
  for (; at + 3 <= end; at += 3) {
    const a = load<u32>(LITERAL_CODES + (<usize>load<u8>(at) << 2));
    const b = load<u32>(LITERAL_CODES + (<usize>load<u8>(at, 1) << 2));
    const c = load<u32>(LITERAL_CODES + (<usize>load<u8>(at, 2) << 2));
    put(<u64>(a >> 5), <u64>(a & 31));
    put(<u64>(b >> 5), <u64>(b & 31));
    put(<u64>(c >> 5), <u64>(c & 31));
    flush();
  }
  for (; at < end; at++) {
    const code = load<u32>(LITERAL_CODES + (<usize>load<u8>(at) << 2));
    put(<u64>(code >> 5), <u64>(code & 31));
  }
  flush();
  return end;
}

/** Which of the 30 distance codes stands for `distance`, counted from 0. */
// @ts-ignore: decorator
@inline
export function slotOf(distance: u32): u32 {
  if (distance < 4) return distance;
  const top = 31 - <u32>clz(distance);
  return (top << 1) + ((distance >> (top - 1)) & 1);
}
