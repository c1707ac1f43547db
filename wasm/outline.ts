// Finds the records of a list or of lines, checks that they are JSON, and notes where the fields lie that
// patterns ask for.
//
// Whatever is unusual is left to the host: a record with an escape or white space near a key, or with a
// repeated key, is marked ODD and judged by itself; anything that is not JSON, and text between records
// that should not be there, ends the scan as IRREGULAR before the record in which it lies.
import { bitsOf, blanksMask, bracketsMask, controlsMask, equalsMask, parityOfBitsBelow, spacesMask, WANTED } from './blocks';
import { badEscapes, beginEscapes, beginsEscaped, escapedBytes, wroteLetter } from './escapes';
import { arePlainScalars, badScalars, beginGrammar, beginsInScalar, grammarFaults, moveGrammar } from './grammar';
import { childOf, envelopeMarks, guardedPatterns, keyAt, keyCount, recordMarks } from './guards';
import { candidatesStart, CANDIDATES_SIZE } from './memory';

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
const MOST_RECORDS_OF_BLOCK: u32 = 32;
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
/** Did the block before hold an escape that may write a letter? */
let hadEscape: bool = false;
let depth: u32 = 0;
/** Which open brackets are curly, the innermost as the lowest bit. */
let kinds: u64 = 0;
let node: u32 = 0;
/** The node of the object that may follow. */
let pending: u32 = 0;
let record: usize = 0;
let seen: u64 = 0;
/** Must the host read the record? */
let isOdd: bool = false;
/** May there be white space between the tokens of the record? Blocks tell it together with what lies beside records. */
let isSpaced: bool = false;
let hasRecords: bool = false;
/** Behind a record whose line has not ended yet, or 0: it counts only when nothing else follows on the line. */
let waitingEnd: usize = 0;

/** Behind the last record, or where the list or the line begins. */
export let sureAt: usize = 0;
/** Records that could be told to be such; ODD ones are not counted. */
export let recordCount: u32 = 0;
export let candidateCount: u32 = 0;
/** The host takes candidates when there are so many. */
let manyCandidates: u32 = 0;

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
  hadEscape = false;
  depth = 0;
  kinds = 0;
  node = 0;
  pending = 0;
  hasRecords = follows;
  waitingEnd = 0;
  beginEscapes();
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

/** The size of a candidate: u32 start, end, patterns, spaced or not; u64 keys seen; u32 places of all keys from 0 on. */
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
  manyCandidates = <u32>(CANDIDATES_SIZE / size) - MOST_RECORDS_OF_BLOCK;
  const behindLast = isLast ? end : end - 64 - LOOKAHEAD + 1;
  let at = scanAt;
  for (; at < behindLast; at += 64) {
    if (candidateCount > manyCandidates) {
      scanAt = at;
      return CANDIDATES_FULL;
    }
    const answer = scanBlock(at, size);
    if (answer != GO_ON) return answer;
  }
  scanAt = at;
  return NEEDS_CONTENT;
}

// @ts-ignore: decorator
@inline
function scanBlock(at: usize, size: usize): i32 {
  let quotes: u64, backslashes: u64 = 0, colons: u64, commas: u64, brackets: u64, controls: u64 = 0;
  if (ASC_FEATURE_SIMD) {
    const a = v128.load(at), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48);
    quotes = equalBytes(a, b, c, d, v128.load(WANTED));
    const backslash = v128.load(WANTED, 48);
    const anyBackslash = v128.or(
      v128.or(i8x16.eq(a, backslash), i8x16.eq(b, backslash)),
      v128.or(i8x16.eq(c, backslash), i8x16.eq(d, backslash)),
    );
    const least = i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d));
    if (i8x16.bitmask(v128.or(anyBackslash, i8x16.le_u(least, v128.load(WANTED, 64))))) {
      backslashes = equalBytes(a, b, c, d, backslash);
      controls = controlsMask(at);
    }
    colons = equalBytes(a, b, c, d, v128.load(WANTED, 16));
    commas = equalBytes(a, b, c, d, v128.load(WANTED, 32));
    const bits = v128.load(WANTED, 80);
    brackets = equalBytes(v128.or(a, bits), v128.or(b, bits), v128.or(c, bits), v128.or(d, bits), v128.load(WANTED, 96));
  } else {
    quotes = equalsMask(at, QUOTE);
    colons = equalsMask(at, COLON);
    commas = equalsMask(at, COMMA);
    backslashes = equalsMask(at, BACKSLASH);
    controls = controlsMask(at);
    brackets = bracketsMask(at);
  }
  let bad: u64 = 0;
  let isNearEscape = hadEscape;
  if (backslashes | beginsEscaped()) {
    const escaped = escapedBytes(backslashes);
    const telling = escaped & ~(quotes | backslashes);
    quotes &= ~escaped;
    hadEscape = false;
    if (telling) {
      bad = badEscapes(at, telling);
      hadEscape = wroteLetter;
      isNearEscape = isNearEscape || hadEscape;
    }
  } else hadEscape = false;
  const strings = parityOfBitsBelow(quotes) ^ isInString;
  isInString = <u64>(<i64>strings >> 63);
  const outside = ~(strings | quotes);
  colons &= outside;
  commas &= outside;
  brackets &= outside;
  // White space, numbers and words.
  let scalars = outside & ~(brackets | colons | commas);
  let blanks: u64 = 0;
  if (scalars | beginsInScalar()) {
    if (!arePlainScalars(at, scalars)) {
      blanks = blanksMask(at) & scalars;
      scalars ^= blanks;
      bad |= badScalars(at, scalars);
    }
  }
  // The end of a line lies beside its record.
  const spaces = isLines && blanks ? blanks & ~equalsMask(at, NEWLINE) : blanks;
  if (spaces) isSpaced = true;
  if (controls) {
    bad |= controls & (strings | ~spacesMask(at));
    // A line's end is looked at like a bracket; within a string too.
    if (isLines) brackets |= equalsMask(at, NEWLINE);
  }
  if (!brackets) {
    if (node && colons) readColons(at, colons, quotes, isNearEscape);
    const objects: u64 = 0 - (kinds & 1);
    const faults = bad | grammarFaults(quotes, strings, colons, commas, 0, 0, blanks, scalars, objects, true);
    return faults && depth ? IRREGULAR : GO_ON;
  }
  // What lies between records is looked at where the next one begins.
  let gaps: u64 = depth == 0 ? ~(<u64>0) : 0;
  /** Bytes right within an object. */
  let objects: u64 = 0 - (kinds & 1);
  let opens: u64 = 0, closes: u64 = 0;
  /** From behind the last bracket on. */
  let rest = ~(<u64>0);
  while (brackets) {
    const bit = ctz(brackets);
    const lowest = brackets & (0 - brackets);
    brackets ^= lowest;
    const place = at + <usize>bit;
    const byte = load<u8>(place);
    const above = 0 - (lowest << 1);
    if (node) {
      const own = colons & rest & ~above;
      if (own) readPart(at, own, quotes, isNearEscape);
    }
    rest = above;
    const kind = byte & 0x5f;
    if (kind == 0x5b) {
      if (!onOpen(place, byte, spaces != 0)) return IRREGULAR;
      opens |= lowest;
      gaps &= ~above;
    } else if (kind == 0x5d) {
      closes |= lowest;
      if (depth == 1) {
        const faults =
          bad | faultsBefore(quotes, strings, colons, commas, opens, closes, blanks, scalars, objects);
        if (faults & ~gaps & ~above) return IRREGULAR;
        gaps |= above;
      }
      const answer = onClose(place, byte, size);
      if (answer != GO_ON) return answer;
    } else {
      if (byte != NEWLINE || depth != 0 || !endLine(place, size)) return IRREGULAR;
    }
    objects ^= (objects ^ (0 - (kinds & 1))) & above;
  }
  if (node) {
    const own = colons & rest;
    if (own) readPart(at, own, quotes, isNearEscape);
  }
  const faults =
    bad | grammarFaults(quotes, strings, colons, commas, opens, closes, blanks, scalars, objects, true);
  return faults & ~gaps ? IRREGULAR : GO_ON;
}

/** Which of 64 bytes are the wanted one. */
// @ts-ignore: decorator
@inline
function equalBytes(a: v128, b: v128, c: v128, d: v128, wanted: v128): u64 {
  return bitsOf(i8x16.eq(a, wanted), i8x16.eq(b, wanted), i8x16.eq(c, wanted), i8x16.eq(d, wanted));
}

/** What the grammar says as far as a record that ends within the block. */
function faultsBefore(
  quotes: u64,
  strings: u64,
  colons: u64,
  commas: u64,
  opens: u64,
  closes: u64,
  blanks: u64,
  scalars: u64,
  objects: u64,
): u64 {
  return grammarFaults(quotes, strings, colons, commas, opens, closes, blanks, scalars, objects, false);
}

/** Reads the keys before these colons, all right within one object. */
// @ts-ignore: decorator
@inline
function readColons(at: usize, colons: u64, quotes: u64, isNearEscape: bool): void {
  const behindQuotes = (quotes << 1) | <u64>(load<u8>(at - 1) == QUOTE);
  if ((colons & ~behindQuotes) | <u64>isNearEscape) isOdd = true;
  const here = node;
  let key: u32 = 0;
  do {
    const place = at + <usize>ctz(colons);
    colons &= colons - 1;
    key = keyAt(place, here);
    if (!key) continue;
    const bit = (<u64>1) << <u64>key;
    // The last of repeated keys counts; which one that is, is not followed here.
    if (seen & bit) isOdd = true;
    seen |= bit;
    store<u32>(<usize>key << 2, <u32>(place + 1 - record), PLACES);
  } while (colons);
  // There is no key 0, and nothing below it.
  pending = childOf(key);
}

/** The same, of a part of a block; by itself, to keep `scan` small. */
function readPart(at: usize, colons: u64, quotes: u64, isNearEscape: bool): void {
  readColons(at, colons, quotes, isNearEscape);
}

// @ts-ignore: decorator
@inline
function onOpen(place: usize, byte: u8, isSpacedHere: bool): bool {
  const isObject = byte == OPEN;
  if (depth == 0) {
    if (waitingEnd || !isGapFine(sureAt, place, !isLines && hasRecords)) return false;
    record = place;
    isOdd = false;
    isSpaced = isSpacedHere;
    seen = 0;
    pending = 1;
  } else if (depth == DEEPEST) return false;
  depth++;
  node = isObject ? pending : 0;
  pending = 0;
  kinds = (kinds << 1) | <u64>isObject;
  store<u8>(<usize>depth, <u8>node, NODES);
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
  pending = 0;
  node = 0;
  if (depth) node = <u32>load<u8>(<usize>depth, NODES);
  else if (isLines) waitingEnd = place + 1;
  else endRecord(place + 1, size);
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

function endRecord(end: usize, size: usize): void {
  sureAt = end;
  hasRecords = true;
  const isSure = !isOdd && !(seen & envelopeMarks) && popcnt(seen & recordMarks) >= 2;
  let patterns = ODD;
  if (isSure) {
    recordCount++;
    patterns = always | guardedPatterns(record, PLACES, seen);
    if (!patterns) return;
  }
  const candidate = candidatesStart() + <usize>candidateCount * size;
  candidateCount++;
  store<u32>(candidate, <u32>record);
  store<u32>(candidate, <u32>end, 4);
  store<u32>(candidate, patterns, 8);
  store<u32>(candidate, <u32>isSpaced, 12);
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
