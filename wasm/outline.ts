// Finds the records of a list or of lines, checks that they are JSON, and notes where the fields lie that
// patterns ask for.
//
// Whatever is unusual is left to the host: a record with an escape or white space near a key, or with a
// repeated key, is marked ODD and judged by itself; anything that is not JSON, and text between records
// that should not be there, ends the scan as IRREGULAR before the record in which it lies.
import { bitsOf, bracketsMask, controlsMask, equalsMask, parityOfBitsBelow } from './blocks';
import { badEscapes, badScalars, beginGrammar, endGrammarBlock, grammarFaults, moveGrammar, wroteLetter } from './grammar';
import { candidatesStart, CANDIDATES_SIZE } from './memory';
import { childOf, envelopeMarks, guardedPatterns, keyAt, keyCount, recordMarks } from './guards';

// What `scan` answers.
const NEEDS_CONTENT: i32 = 0;
const CANDIDATES_FULL: i32 = 1;
const LIST_ENDED: i32 = 2;
const IRREGULAR: i32 = 3;

/** No answer yet. */
const GO_ON: i32 = 4;

/** Among the patterns of a candidate: the host must read the record. */
const ODD: u32 = 0x80000000;

const QUOTE: u8 = 34;
const COMMA: u8 = 44;
const COLON: u8 = 58;
const BACKSLASH: u8 = 92;
const NEWLINE: u8 = 10;
const OPEN: u8 = 0x7b;

/** No more than 22 records fit into a block. */
const MOST_RECORDS_OF_BLOCK: usize = 32;
/** How deep brackets may nest below the list; their kinds are kept as bits. */
const DEEPEST: u32 = 60;

/** An escape at the end of a block may reach so far into the next. */
const LOOKAHEAD: usize = 8;

/** Tree nodes of the objects that are open, by depth below the list. */
const NODES = memory.data(64, 64);
/** Where the values of keys begin, from the start of the record; good for the keys that were seen. */
const PLACES = memory.data(64 * 4, 64);

/** Patterns that can match any record. */
let always: u32 = 0;
/** One record a line, with nothing else on it? */
let isLines: bool = false;

let scanAt: usize = 0;
let isInString: u64 = 0;
let isEscaped: u64 = 0;
/** All ones when the block before held an escape that may write a letter. */
let hadEscape: bool = false;
let depth: u32 = 0;
let kinds: u64 = 0;
let node: u32 = 0;
/** The node of the object that may follow. */
let pending: u32 = 0;
let record: usize = 0;
let patterns: u32 = 0;
let seen: u64 = 0;
let hasRecords: bool = false;
/** Behind a record whose line has not ended yet, or 0: it counts only when nothing else follows on the line. */
let waitingEnd: usize = 0;

/** Behind the last record, or where the list or the line begins. */
export let sureAt: usize = 0;
/** Records that could be told to be such; ODD ones are not counted. */
export let recordCount: u32 = 0;
export let candidateCount: u32 = 0;

export function setAlways(mask: u32): void {
  always = mask;
}

/**
 * Begins at `at`: right behind the bracket that opens a list, behind one of its elements
 * (`follows`), or at the start of a line (`lines`).
 */
export function beginScan(at: usize, lines: bool, follows: bool): void {
  isLines = lines;
  scanAt = at;
  sureAt = at;
  isInString = 0;
  isEscaped = 0;
  hadEscape = false;
  depth = 0;
  kinds = 0;
  node = 0;
  pending = 0;
  hasRecords = follows;
  waitingEnd = 0;
  beginGrammar();
}

/** Tells that content was moved down by `distance`. */
export function moveScan(distance: usize): void {
  scanAt -= distance;
  sureAt -= distance;
  record -= distance;
  if (waitingEnd) waitingEnd -= distance;
  moveGrammar(distance);
}

/** The size of a candidate: u32 start, end, patterns; u64 keys seen; u32 places of all keys from 0 on. */
export function candidateSize(): usize {
  return (24 + ((<usize>keyCount + 1) << 2) + 7) & ~7;
}

/**
 * Scans up to `end`, in blocks of 64 bytes; what is left over waits. `isLast` says that nothing follows;
 * what lies behind `end` is overwritten then. Candidates are told from the start of their window.
 */
export function scan(end: usize, isLast: bool): i32 {
  if (isLast) memory.fill(end, 32, 64 + LOOKAHEAD);
  recordCount = 0;
  candidateCount = 0;
  const size = candidateSize();
  const most = CANDIDATES_SIZE / size - MOST_RECORDS_OF_BLOCK;
  let at = scanAt;
  while (at + 64 + LOOKAHEAD <= end || (isLast && at < end)) {
    if (<usize>candidateCount > most) {
      scanAt = at;
      return CANDIDATES_FULL;
    }
    const answer = scanBlock(at, size);
    if (answer != GO_ON) return answer;
    at += 64;
  }
  scanAt = at;
  return NEEDS_CONTENT;
}

// @ts-ignore: decorator
@inline
function scanBlock(at: usize, size: usize): i32 {
  let quotes: u64, backslashes: u64, colons: u64, commas: u64, opens: u64, closes: u64, blanks: u64, controls: u64;
  if (ASC_FEATURE_SIMD) {
    const a = v128.load(at), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48);
    const quote = i8x16.splat(<i8>QUOTE);
    quotes = bitsOf(i8x16.eq(a, quote), i8x16.eq(b, quote), i8x16.eq(c, quote), i8x16.eq(d, quote));
    const colon = i8x16.splat(<i8>COLON);
    colons = bitsOf(i8x16.eq(a, colon), i8x16.eq(b, colon), i8x16.eq(c, colon), i8x16.eq(d, colon));
    const comma = i8x16.splat(<i8>COMMA);
    commas = bitsOf(i8x16.eq(a, comma), i8x16.eq(b, comma), i8x16.eq(c, comma), i8x16.eq(d, comma));
    // Square brackets differ from curly ones in one bit only.
    const bit = i8x16.splat(0x20), open = i8x16.splat(0x7b), close = i8x16.splat(0x7d);
    const e = v128.or(a, bit), f = v128.or(b, bit), g = v128.or(c, bit), h = v128.or(d, bit);
    opens = bitsOf(i8x16.eq(e, open), i8x16.eq(f, open), i8x16.eq(g, open), i8x16.eq(h, open));
    closes = bitsOf(i8x16.eq(e, close), i8x16.eq(f, close), i8x16.eq(g, close), i8x16.eq(h, close));
    const blank = i8x16.splat(32);
    blanks = bitsOf(i8x16.le_u(a, blank), i8x16.le_u(b, blank), i8x16.le_u(c, blank), i8x16.le_u(d, blank));
    const backslash = i8x16.splat(<i8>BACKSLASH);
    const i = i8x16.eq(a, backslash), j = i8x16.eq(b, backslash);
    const k = i8x16.eq(c, backslash), l = i8x16.eq(d, backslash);
    backslashes = v128.any_true(v128.or(v128.or(i, j), v128.or(k, l))) ? bitsOf(i, j, k, l) : 0;
    const m = i8x16.lt_u(a, blank), n = i8x16.lt_u(b, blank), o = i8x16.lt_u(c, blank), p = i8x16.lt_u(d, blank);
    controls = v128.any_true(v128.or(v128.or(m, n), v128.or(o, p))) ? bitsOf(m, n, o, p) : 0;
  } else {
    quotes = equalsMask(at, QUOTE);
    colons = equalsMask(at, COLON);
    commas = equalsMask(at, COMMA);
    opens = bracketsMask(at, 0x7b);
    closes = bracketsMask(at, 0x7d);
    backslashes = equalsMask(at, BACKSLASH);
    controls = controlsMask(at);
    blanks = controls | equalsMask(at, 32);
  }
  let bad: u64 = 0;
  let hasEscape = false;
  if (backslashes | isEscaped) {
    const escaped = escapedBytes(backslashes);
    const telling = escaped & ~(quotes | backslashes);
    quotes &= ~escaped;
    if (telling) {
      bad = badEscapes(at, telling);
      hasEscape = wroteLetter;
    }
  }
  const isNearEscape = hasEscape || hadEscape;
  hadEscape = hasEscape;
  const strings = parityOfBitsBelow(quotes) ^ isInString;
  isInString = <u64>(<i64>strings >> 63);
  const outside = ~(strings | quotes);
  colons &= outside;
  commas &= outside;
  opens &= outside;
  closes &= outside;
  blanks &= outside;
  let brackets = opens | closes;
  if (controls) {
    bad |= controls & strings;
    // A line's end is looked at like a bracket; within a string too.
    if (isLines) brackets |= equalsMask(at, NEWLINE);
  }
  bad |= badScalars(at, outside & ~(brackets | colons | commas | blanks));
  // What lies between records is looked at where the next one begins.
  let gaps: u64 = depth == 0 ? ~(<u64>0) : 0;
  /** Bytes right within an object. */
  let objects: u64 = kinds & 1 ? ~(<u64>0) : 0;
  let marks = node ? brackets | colons : brackets;
  while (marks) {
    const bit = ctz(marks);
    marks &= marks - 1;
    const place = at + <usize>bit;
    const byte = load<u8>(place);
    if (byte == COLON) {
      onColon(place, isNearEscape);
      continue;
    }
    const before = node;
    const above = ~(((<u64>2) << bit) - 1);
    if (byte == NEWLINE) {
      if (depth != 0 || !endLine(place, size)) return IRREGULAR;
      continue;
    }
    if ((byte & 0x5f) == 0x5b) {
      if (!onOpen(place, byte)) return IRREGULAR;
      gaps &= ~above;
    } else {
      if (depth == 1) {
        const faults = bad | grammarFaults(quotes, strings, colons, commas, opens, closes, blanks, objects, 0);
        if (faults & ~gaps & ~above) return IRREGULAR;
        gaps |= above;
      }
      const answer = onClose(place, byte, size);
      if (answer != GO_ON) return answer;
    }
    objects = (objects & ~above) | (above & (0 - (kinds & 1)));
    if ((before == 0) != (node == 0)) marks = (node ? brackets | colons : brackets) & above;
  }
  const faults = bad | grammarFaults(quotes, strings, colons, commas, opens, closes, blanks, objects, kinds & 1);
  endGrammarBlock();
  return faults & ~gaps ? IRREGULAR : GO_ON;
}

/** Which bytes have a backslash before them that is not escaped itself. */
// @ts-ignore: decorator
@inline
function escapedBytes(backslashes: u64): u64 {
  const EVEN: u64 = 0x5555555555555555;
  backslashes &= ~isEscaped;
  const follows = (backslashes << 1) | isEscaped;
  // Runs that begin at an odd place, added to themselves, end at the other parity.
  const oddStarts = backslashes & ~EVEN & ~follows;
  const sum = oddStarts + backslashes;
  isEscaped = sum < backslashes ? 1 : 0;
  return (EVEN ^ (sum << 1)) & follows;
}

// @ts-ignore: decorator
@inline
function onColon(place: usize, isNearEscape: bool): void {
  pending = 0;
  if (load<u8>(place - 1) != QUOTE || isNearEscape) patterns |= ODD;
  const key = keyAt(place, node);
  if (!key) return;
  const bit = (<u64>1) << <u64>key;
  // The last of repeated keys counts; which one that is, is not followed here.
  if (seen & bit) patterns |= ODD;
  seen |= bit;
  store<u32>(PLACES + (<usize>key << 2), <u32>(place + 1 - record));
  pending = childOf(key);
}

// @ts-ignore: decorator
@inline
function onOpen(place: usize, byte: u8): bool {
  if (depth == 0) {
    if (waitingEnd || !isGapFine(sureAt, place, !isLines && hasRecords)) return false;
    record = place;
    patterns = 0;
    seen = 0;
    pending = 1;
  } else if (depth == DEEPEST) return false;
  depth++;
  const isObject = byte == OPEN;
  kinds = (kinds << 1) | <u64>isObject;
  node = isObject ? pending : 0;
  pending = 0;
  store<u8>(NODES + <usize>depth, <u8>node);
  return true;
}

// @ts-ignore: decorator
@inline
function onClose(place: usize, byte: u8, size: usize): i32 {
  const isObject = byte == 0x7d;
  if (depth == 0) {
    // The list's own bracket, or one too many.
    return !isLines && !isObject && isGapFine(sureAt, place, false) ? LIST_ENDED : IRREGULAR;
  }
  if ((kinds & 1) != <u64>isObject) return IRREGULAR;
  kinds >>= 1;
  depth--;
  node = <u32>load<u8>(NODES + <usize>depth);
  pending = 0;
  if (depth == 0) {
    node = 0;
    if (isLines) waitingEnd = place + 1;
    else endRecord(place + 1, size);
  }
  return GO_ON;
}

/** Ends a line, which must hold a record alone or nothing. */
function endLine(newline: usize, size: usize): bool {
  if (!isGapFine(waitingEnd ? waitingEnd : sureAt, newline, false)) return false;
  if (waitingEnd) endRecord(waitingEnd, size);
  waitingEnd = 0;
  sureAt = newline + 1;
  return true;
}

// @ts-ignore: decorator
@inline
function endRecord(end: usize, size: usize): void {
  sureAt = end;
  hasRecords = true;
  const isSure = !(patterns & ODD) && !(seen & envelopeMarks) && popcnt(seen & recordMarks) >= 2;
  if (isSure) {
    recordCount++;
    patterns |= always | guardedPatterns(record, PLACES, seen);
    if (!patterns) return;
  } else patterns |= ODD;
  const candidate = candidatesStart() + <usize>candidateCount * size;
  candidateCount++;
  store<u32>(candidate, <u32>record);
  store<u32>(candidate, <u32>end, 4);
  store<u32>(candidate, patterns, 8);
  store<u64>(candidate, seen, 16);
  if (isSure) memory.copy(candidate + 24, PLACES, (<usize>keyCount + 1) << 2);
}

/** Is there white space only, and a comma where one belongs? */
// @ts-ignore: decorator
@inline
function isGapFine(from: usize, to: usize, needsComma: bool): bool {
  if (needsComma && to == from + 1) return load<u8>(from) == COMMA;
  return isLongGapFine(from, to, needsComma);
}

function isLongGapFine(from: usize, to: usize, needsComma: bool): bool {
  let commas: u32 = 0;
  for (let at = from; at < to; at++) {
    const byte = load<u8>(at);
    if (byte == COMMA) commas++;
    else if (byte != 32 && byte != 10 && byte != 13 && byte != 9) return false;
  }
  return commas == <u32>needsComma;
}
