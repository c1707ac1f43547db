// Is it JSON? Checked for 64 bytes at once: whatever ends a token says what may come next.

/** Each bit says that the last token before the block was of a kind, or that the block begins within one. */
const AFTER_OPEN_OBJECT: u32 = 1;
const AFTER_COMMA_IN_OBJECT: u32 = 2;
const BEFORE_VALUE: u32 = 4;
const AFTER_OPEN_LIST: u32 = 8;
const AFTER_KEY: u32 = 16;
const AFTER_VALUE: u32 = 32;
const IN_KEY: u32 = 64;

let before: u32 = 0;
/** What `before` becomes when the block is done. */
let behind: u32 = 0;

/** Bytes of numbers and words in this block. */
let scalars: u64 = 0;
let isInScalar: u64 = 0;
let isInScalarBefore: u64 = 0;
let scalarStart: usize = 0;

/** Did an escape of the block stand for an ASCII character, as in `\\u0041`? */
export let wroteLetter: bool = false;

export function beginGrammar(): void {
  before = 0;
  isInScalar = 0;
}

/** Tells that content was moved down by `distance`. */
export function moveGrammar(distance: usize): void {
  scalarStart -= distance;
}

export function endGrammarBlock(): void {
  before = behind;
}

/** The first byte behind white space, for each bit of `ends` and for what ended before the block. */
// @ts-ignore: decorator
@inline
function nextOf(ends: u64, blanks: u64, kind: u32): u64 {
  const next = (ends << 1) | <u64>((before & kind) != 0);
  if (ends >> 63) behind |= kind;
  return blanks ? behindBlanks(next, blanks, kind) : next;
}

function behindBlanks(next: u64, blanks: u64, kind: u32): u64 {
  // A bit added to the lowest of a run of ones is carried to the place behind the run.
  const sum = (next & blanks) + blanks;
  if (sum < blanks) behind |= kind;
  return (sum & ~blanks) | (next & ~blanks);
}

/**
 * Bytes that may not stand where they stand. `objects` says which bytes lie right within an object, good
 * up to the last bracket that was looked at; `isObject` the same for the byte behind the block.
 */
export function grammarFaults(
  quotes: u64,
  strings: u64,
  colons: u64,
  commas: u64,
  opens: u64,
  closes: u64,
  blanks: u64,
  objects: u64,
  isObject: u64,
): u64 {
  behind = 0;
  const begins = quotes & strings;
  const ends = quotes & ~strings;
  const within = (objects >> 1) | (isObject << 63);
  const values = begins | opens | (scalars & ~((scalars << 1) | isInScalarBefore));
  const afterOpenObject = nextOf(opens & within, blanks, AFTER_OPEN_OBJECT);
  const afterComma = nextOf(commas & within, blanks, AFTER_COMMA_IN_OBJECT);
  let faults = (afterComma & ~begins) | (afterOpenObject & ~(begins | closes));
  faults |= nextOf(colons | (commas & ~within), blanks, BEFORE_VALUE) & ~values;
  faults |= nextOf(opens & ~within, blanks, AFTER_OPEN_LIST) & ~(values | closes);
  // Keys are followed to their closing quotes as white space is.
  const keys = (afterOpenObject | afterComma) & begins;
  const sum = strings + keys;
  const sumBehind = sum + <u64>((before & IN_KEY) != 0);
  if (sum < strings || sumBehind < sum) behind |= IN_KEY;
  const keyEnds = sumBehind & ends;
  faults |= nextOf(keyEnds, blanks, AFTER_KEY) ^ colons;
  // Where a number or word ends is known only behind it.
  const afterScalar = ((scalars << 1) | isInScalarBefore) & ~scalars;
  let afterValue = nextOf((ends & ~keyEnds) | closes, blanks, AFTER_VALUE);
  afterValue |= blanks ? behindBlanks(afterScalar, blanks, AFTER_VALUE) : afterScalar;
  return faults | (afterValue & ~(commas | closes));
}

/** Takes the bytes of numbers and words; gives the places behind those that are none. */
// @ts-ignore: decorator
@inline
export function badScalars(at: usize, mask: u64): u64 {
  scalars = mask;
  isInScalarBefore = isInScalar;
  isInScalar = mask >> 63;
  return mask | isInScalarBefore ? faultsOfScalars(at, mask) : 0;
}

function faultsOfScalars(at: usize, mask: u64): u64 {
  const shifted = (mask << 1) | isInScalarBefore;
  let starts = mask & ~shifted;
  let ends = shifted & ~mask;
  let faults: u64 = 0;
  while (ends) {
    const end = ctz(ends);
    // A run from the block before ends before the first start.
    if (starts && ctz(starts) < end) {
      scalarStart = at + <usize>ctz(starts);
      starts &= starts - 1;
    }
    if (!isScalar(scalarStart, at + <usize>end)) faults |= (<u64>1) << end;
    ends &= ends - 1;
  }
  if (starts) scalarStart = at + <usize>ctz(starts);
  return faults;
}

function isScalar(start: usize, end: usize): bool {
  const length = end - start;
  const first = load<u8>(start);
  if (first == 116) return length == 4 && load<u32>(start) == 0x65757274;
  if (first == 110) return length == 4 && load<u32>(start) == 0x6c6c756e;
  if (first == 102) return length == 5 && load<u32>(start, 1) == 0x65736c61;
  return isNumber(start, end);
}

// @ts-ignore: decorator
@inline
function isDigit(at: usize): bool {
  return <u32>(load<u8>(at) - 48) < 10;
}

function isNumber(start: usize, end: usize): bool {
  let at = start;
  if (load<u8>(at) == 45) at++;
  if (at == end || !isDigit(at)) return false;
  if (load<u8>(at) == 48) at++;
  else while (at < end && isDigit(at)) at++;
  if (at < end && load<u8>(at) == 46) {
    at++;
    const first = at;
    while (at < end && isDigit(at)) at++;
    if (at == first) return false;
  }
  if (at < end && (load<u8>(at) | 32) == 101) {
    at++;
    if (at < end && (load<u8>(at) == 43 || load<u8>(at) == 45)) at++;
    const first = at;
    while (at < end && isDigit(at)) at++;
    if (at == first) return false;
  }
  return at == end;
}

/** Takes the bytes that follow a backslash, without quotes and backslashes; gives those that may not. */
export function badEscapes(at: usize, escaped: u64): u64 {
  let faults: u64 = 0;
  wroteLetter = false;
  for (let rest = escaped; rest; rest &= rest - 1) {
    const place = at + <usize>ctz(rest);
    const byte = load<u8>(place);
    if (byte == 117) {
      if (!isHex(place + 1) || !isHex(place + 2) || !isHex(place + 3) || !isHex(place + 4))
        faults |= (<u64>1) << ctz(rest);
      if (load<u16>(place + 1) == 0x3030) wroteLetter = true;
    } else if (byte != 47 && byte != 98 && byte != 102 && byte != 110 && byte != 114 && byte != 116)
      faults |= (<u64>1) << ctz(rest);
  }
  return faults;
}

function isHex(at: usize): bool {
  const byte = load<u8>(at);
  return <u32>(byte - 48) < 10 || <u32>((byte | 32) - 97) < 6;
}
