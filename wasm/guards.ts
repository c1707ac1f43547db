// What the host's patterns look at: keys by their place in a record, and values worth a closer look.
//
// Keys form a tree. Node 1 is a record; a key that holds an object with keys of interest has a node of
// its own. All keys lie in one table of 2048 chains, by a hash of their last four bytes.

/** Keys are numbered from 1; as many as there are bits to note them. */
export const MOST_KEYS: u32 = 63;
export let keyCount: u32 = 0;
// u8 node, u8 child node, u8 length of the name; u64 at 8: the last eight bytes of the name and its opening
// quote, at 16: their mask, at 24 and 32: the same of the eight bytes before; at 40 the name.
const KEYS = memory.data(64 * 128, 64);
const KEY_SIZE: usize = 128;
const QUOTE: u8 = 34;
const BACKSLASH: u8 = 92;
const LONGEST_NAME: u32 = 48;

const CHAINS = memory.data(2048, 64);
// u8 key, u8 next link of the chain.
const LINKS = memory.data(2 * 256, 64);
let linkCount: u32 = 0;

const MOST_GUARDS: u32 = 32;
// u8 key, u32 at 4: patterns waiting for any value, at 8: for a number, at 12: for a string that is not told.
const GUARDS = memory.data(32 * 16, 64);
export let guardCount: u32 = 0;

const MOST_GLOBS: u32 = 256;
// u32 guard, u32 patterns, u32 prefix length, u32 suffix length, u64 prefix, u64 its mask, u64 suffix, u64 its mask.
const GLOBS = memory.data(256 * 48, 64);
export let globCount: u32 = 0;

const VALUE_SLOTS: u32 = 4096;
// u64 hash, u32 patterns.
const VALUES = memory.data(4096 * 16, 64);
let valueMask: u32 = 255;

/** Keys that show what is a record, and keys that show an envelope. */
export let recordMarks: u64 = 0;
export let envelopeMarks: u64 = 0;

/** The first link of keys that end in these four bytes; 0 when there are none. */
// @ts-ignore: decorator
@inline
export function chainOf(lastFour: u32): usize {
  return <usize>load<u8>(chainNumber(lastFour), CHAINS);
}

// @ts-ignore: decorator
@inline
function chainNumber(lastFour: u32): usize {
  return <usize>((lastFour * 0x9e3779b1) >> 21);
}

/** Forgets all patterns. `values` is how many strings will be waited for. */
export function beginGuards(values: u32): void {
  memory.fill(CHAINS, 0, 2048);
  memory.fill(VALUES, 0, <usize>VALUE_SLOTS << 4);
  memory.fill(GUARDS, 0, 32 * 16);
  keyCount = 0;
  linkCount = 0;
  guardCount = 0;
  globCount = 0;
  recordMarks = 0;
  envelopeMarks = 0;
  valueMask = 255;
  while (valueMask < values * 4 && valueMask < VALUE_SLOTS - 1) valueMask = valueMask * 2 + 1;
}

/**
 * Adds a key of `node`, whose name is ASCII at `name`, and gives its number; 0 when there is no room.
 * `kind` is 1 for a mark of records, 2 for a mark of envelopes. `child` is the node below it, or 0.
 */
export function addKey(node: u32, child: u32, name: usize, length: u32, kind: u32): u32 {
  if (keyCount == MOST_KEYS || length < 2 || length > LONGEST_NAME) return 0;
  keyCount++;
  const key = KEYS + <usize>keyCount * KEY_SIZE;
  store<u8>(key, <u8>node);
  store<u8>(key, <u8>child, 1);
  store<u8>(key, <u8>length, 2);
  memory.copy(key + 40, name, length);
  for (let i: u32 = 0; i < 16; i++) {
    // Back from the closing quote.
    const byte = i < length ? load<u8>(name + length - 1 - i) : QUOTE;
    const place = key + <usize>(i < 8 ? 15 - i : 39 - i);
    store<u8>(place, i > length ? 0 : byte);
    store<u8>(place, i > length ? 0 : 255, 8);
  }
  if (kind == 1) recordMarks |= (<u64>1) << keyCount;
  if (kind == 2) envelopeMarks |= (<u64>1) << keyCount;
  return keyCount;
}

/**
 * Lets a key be found by the four bytes before its closing quote; a name of two bytes once for each byte
 * that may stand before it. False when there is no room.
 */
export function linkKey(number: u32, lastFour: u32): bool {
  if (linkCount == 255) return false;
  linkCount++;
  const link = LINKS + ((<usize>linkCount) << 1);
  const chain = CHAINS + chainNumber(lastFour);
  store<u8>(link, <u8>number);
  store<u8>(link, load<u8>(chain), 1);
  store<u8>(chain, <u8>linkCount);
  return true;
}

/** The key of `node` whose closing quote is right before `colon`; 0 when no pattern asks for it. */
// @ts-ignore: decorator
@inline
export function keyAt(colon: usize, node: u32): u32 {
  const link = chainOf(load<u32>(colon - 5));
  return link ? keyOfChain(link, colon, node) : 0;
}

function keyOfChain(first: usize, colon: usize, node: u32): u32 {
  let place = first;
  do {
    const link = LINKS + (place << 1);
    const number = <u32>load<u8>(link);
    const key = KEYS + <usize>number * KEY_SIZE;
    if (<u32>load<u8>(key) == node && isKeyAt(key, colon)) return number;
    place = <usize>load<u8>(link, 1);
  } while (place);
  return 0;
}

// @ts-ignore: decorator
@inline
function isKeyAt(key: usize, colon: usize): bool {
  if (((load<u64>(colon - 9) ^ load<u64>(key, 8)) & load<u64>(key, 16)) != 0) return false;
  if (((load<u64>(colon - 17) ^ load<u64>(key, 24)) & load<u64>(key, 32)) != 0) return false;
  const length = <usize>load<u8>(key, 2);
  const start = colon - 1 - length;
  return load<u8>(start - 2) != BACKSLASH && (length < 16 || isLongKeyAt(key, start, length));
}

function isLongKeyAt(key: usize, start: usize, length: usize): bool {
  return load<u8>(start - 1) == QUOTE && memory.compare(start, key + 40, length - 16) == 0;
}

// @ts-ignore: decorator
@inline
export function childOf(number: u32): u32 {
  return <u32>load<u8>(KEYS + <usize>number * KEY_SIZE, 1);
}

/** Watches the values of a key, for patterns that wait for any value, any number or strings not told. */
export function addGuard(key: u32, any: u32, number: u32, untold: u32): u32 {
  if (guardCount == MOST_GUARDS) return 0xffffffff;
  const guard = GUARDS + ((<usize>guardCount) << 4);
  store<u8>(guard, <u8>key);
  store<u32>(guard, any, 4);
  store<u32>(guard, number, 8);
  store<u32>(guard, untold, 12);
  guardCount++;
  return guardCount - 1;
}

/** Waits for strings that begin and end with up to eight bytes each. False when there is no room. */
export function addGlob(guard: u32, patterns: u32, prefix: u64, prefixLength: u32, suffix: u64, suffixLength: u32): bool {
  if (globCount == MOST_GLOBS) return false;
  const glob = GLOBS + <usize>globCount * 48;
  store<u32>(glob, guard);
  store<u32>(glob, patterns, 4);
  store<u32>(glob, prefixLength, 8);
  store<u32>(glob, suffixLength, 12);
  store<u64>(glob, prefix, 16);
  store<u64>(glob, prefixLength == 0 ? 0 : (~(<u64>0)) >> (64 - ((<u64>prefixLength) << 3)), 24);
  store<u64>(glob, suffix, 32);
  store<u64>(glob, suffixLength == 0 ? 0 : (~(<u64>0)) << (64 - ((<u64>suffixLength) << 3)), 40);
  globCount++;
  return true;
}

/** Waits for a string. False when there is no room. */
export function addValue(guard: u32, patterns: u32, value: usize, length: usize): bool {
  const hash = hashOf(value, length, guard);
  let slot = <u32>(hash >> 32) & valueMask;
  for (let tries: u32 = 0; tries <= valueMask / 2; tries++) {
    const entry = VALUES + ((<usize>slot) << 4);
    const held = load<u64>(entry);
    if (held == 0 || held == hash) {
      store<u64>(entry, hash);
      store<u32>(entry, load<u32>(entry, 8) | patterns, 8);
      return true;
    }
    slot = (slot + 1) & valueMask;
  }
  return false;
}

/** A hash of a string's length, first and last eight bytes; never 0. Eight bytes before and behind are read. */
// @ts-ignore: decorator
@inline
function hashOf(value: usize, length: usize, guard: u32): u64 {
  let first = load<u64>(value);
  let last = load<u64>(value + length - 8);
  if (length < 8) {
    first = length == 0 ? 0 : first & ((~(<u64>0)) >> (64 - ((<u64>length) << 3)));
    last = 0;
  }
  let hash = (first ^ (<u64>length << 56) ^ (<u64>guard << 48)) * 0x9e3779b97f4a7c15;
  hash = (hash ^ (hash >> 32) ^ last) * 0xd6e8feb86659fd93;
  return (hash ^ (hash >> 29)) | 1;
}

/** The patterns that the record at `record` may match, by the keys that were `seen` and where their values begin. */
export function guardedPatterns(record: usize, places: usize, seen: u64): u32 {
  let patterns: u32 = 0;
  for (let i: u32 = 0; i < guardCount; i++) {
    const guard = GUARDS + ((<usize>i) << 4);
    const key = <u64>load<u8>(guard);
    if ((seen >> key) & 1) patterns |= patternsOfValue(record + <usize>load<u32>(places + (<usize>key << 2)), i, guard);
  }
  return patterns;
}

function patternsOfValue(at: usize, index: u32, guard: usize): u32 {
  let patterns = load<u32>(guard, 4);
  // Behind the colon of a record that ended there is something else than white space.
  while (load<u8>(at) <= 32) at++;
  const first = load<u8>(at);
  if (first != 34) {
    const isNumber = first == 45 || (first >= 48 && first <= 57);
    return isNumber ? patterns | load<u32>(guard, 8) : patterns;
  }
  const start = at + 1;
  const end = endOfPlain(start);
  if (load<u8>(end) == 92) return patterns | load<u32>(guard, 12);
  const length = end - start;
  patterns |= patternsOfString(start, length, index);
  return globCount == 0 ? patterns : patterns | patternsOfGlobs(start, length, index);
}

/** The first quote or backslash. */
// @ts-ignore: decorator
@inline
function endOfPlain(at: usize): usize {
  if (ASC_FEATURE_SIMD) {
    const quote = i8x16.splat(34);
    const backslash = i8x16.splat(92);
    while (true) {
      const bytes = v128.load(at);
      const found = i8x16.bitmask(v128.or(i8x16.eq(bytes, quote), i8x16.eq(bytes, backslash)));
      if (found) return at + <usize>ctz(found);
      at += 16;
    }
  }
  while (load<u8>(at) != 34 && load<u8>(at) != 92) at++;
  return at;
}

// @ts-ignore: decorator
@inline
function patternsOfString(start: usize, length: usize, index: u32): u32 {
  const hash = hashOf(start, length, index);
  let slot = <u32>(hash >> 32) & valueMask;
  while (true) {
    const entry = VALUES + ((<usize>slot) << 4);
    const held = load<u64>(entry);
    if (held == hash) return load<u32>(entry, 8);
    if (held == 0) return 0;
    slot = (slot + 1) & valueMask;
  }
}

function patternsOfGlobs(start: usize, length: usize, index: u32): u32 {
  let patterns: u32 = 0;
  const first = load<u64>(start);
  const last = load<u64>(start + length - 8);
  for (let i: u32 = 0; i < globCount; i++) {
    const glob = GLOBS + <usize>i * 48;
    if (load<u32>(glob) != index) continue;
    if (length < <usize>load<u32>(glob, 8) || length < <usize>load<u32>(glob, 12)) continue;
    if ((first & load<u64>(glob, 24)) != load<u64>(glob, 16)) continue;
    if ((last & load<u64>(glob, 40)) != load<u64>(glob, 32)) continue;
    patterns |= load<u32>(glob, 4);
  }
  return patterns;
}
