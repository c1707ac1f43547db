// Is it JSON? Checked for 64 bytes at once: whatever ends a token says what may come next.
import { isPlainScalar, isScalar } from './scalars';

/** One when the last token before the block was of a kind. */
let wasOpen: u64 = 0;
let wasComma: u64 = 0;
let wasColon: u64 = 0;
let wasKey: u64 = 0;
/** One when the block begins within a key, or a number or word. */
let isInKey: u64 = 0;
let isInScalar: u64 = 0;
let scalarStart: usize = 0;

export function beginGrammar(): void {
  wasOpen = 0;
  wasComma = 0;
  wasColon = 0;
  wasKey = 0;
  isInKey = 0;
  isInScalar = 0;
}

/** Tells that content was moved down by `distance`. */
export function moveGrammar(distance: usize): void {
  scalarStart -= distance;
}

/** Moves each bit that lies in white space behind it. */
// @ts-ignore: decorator
@inline
function behindBlanks(next: u64, blanks: u64): u64 {
  // A bit added to the lowest of a run of ones is carried to the place behind the run.
  return (((next & blanks) + blanks) & ~blanks) | (next & ~blanks);
}

/** Does a bit lie in white space that reaches to the end of the block? */
// @ts-ignore: decorator
@inline
function reachesEnd(next: u64, blanks: u64): u64 {
  return <u64>((next & blanks) + blanks < blanks);
}

/**
 * Bytes that may not stand where they stand. `objects` says which bytes lie right within an object.
 * Behind opening brackets, commas and colons values begin, or the bracket closes, and nowhere else. In an
 * object all but a colon is followed by a key, and colons follow keys alone. What ends a value needs no
 * rule of its own: what may not follow it begins a value or is a colon.
 */
// @ts-ignore: decorator
@inline
export function grammarFaults(
  quotes: u64,
  strings: u64,
  colons: u64,
  commas: u64,
  opens: u64,
  closes: u64,
  blanks: u64,
  scalars: u64,
  objects: u64,
  endsBlock: bool,
): u64 {
  let afterOpen = (opens << 1) | wasOpen;
  let afterComma = (commas << 1) | wasComma;
  let afterColon = (colons << 1) | wasColon;
  if (endsBlock) {
    wasOpen = opens >> 63;
    wasComma = commas >> 63;
    wasColon = colons >> 63;
  }
  if (blanks) {
    if (endsBlock) {
      wasOpen |= reachesEnd(afterOpen, blanks);
      wasComma |= reachesEnd(afterComma, blanks);
      wasColon |= reachesEnd(afterColon, blanks);
    }
    afterOpen = behindBlanks(afterOpen, blanks);
    afterComma = behindBlanks(afterComma, blanks);
    afterColon = behindBlanks(afterColon, blanks);
  }
  const begins = quotes & strings;
  const beforeMember = (afterOpen | afterComma) & objects;
  const beforeValue = afterOpen | afterComma | afterColon;
  // Keys are followed to their closing quotes as white space is.
  const sum = strings + (beforeMember & begins) + isInKey;
  const keyEnds = sum & (quotes ^ begins);
  let afterKey = (keyEnds << 1) | wasKey;
  const others = opens | (scalars & ~((scalars << 1) | isInScalar));
  if (endsBlock) {
    isInKey = (strings & ~sum) >> 63;
    isInScalar = scalars >> 63;
    wasKey = keyEnds >> 63;
  }
  if (blanks) {
    if (endsBlock) wasKey |= reachesEnd(afterKey, blanks);
    afterKey = behindBlanks(afterKey, blanks);
  }
  return (beforeValue ^ (begins | others | (closes & afterOpen))) | (beforeMember & others) | (afterKey ^ colons);
}

/** Does the block begin within a number or word, or right behind it? */
// @ts-ignore: decorator
@inline
export function beginsInScalar(): u64 {
  return isInScalar;
}

/** Are these bytes of the block whole plain numbers and words, without white space? */
// @ts-ignore: decorator
@inline
export function arePlainScalars(at: usize, mask: u64): bool {
  if ((mask >> 63) | isInScalar) return false;
  let rest = mask;
  do {
    const start = ctz(rest);
    const length = ctz(~(rest >> start));
    if (length > 7 || !isPlainScalar(at + <usize>start, length)) return false;
    rest &= rest + ((<u64>1) << start);
  } while (rest);
  return true;
}

/** Takes the bytes of numbers and words; gives the places behind those that are none. */
export function badScalars(at: usize, mask: u64): u64 {
  const shifted = (mask << 1) | isInScalar;
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
