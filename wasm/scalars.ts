// Numbers and words of JSON.

const TRUE: u64 = 0x65757274;
const FALSE: u64 = 0x65736c6166;
const NULL: u64 = 0x6c6c756e;
const ZEROS: u64 = 0x3030303030303030;
const TO_HIGH_BIT: u64 = 0x7676767676767676;
const HIGH_BITS: u64 = 0x8080808080808080;

/**
 * Are these bytes a word or a whole number below ten million? Any other scalar may be one too. Eight bytes
 * are read, and nothing branches on them: what values are cannot be foretold.
 */
// @ts-ignore: decorator
@inline
export function isPlainScalar(start: usize, length: u64): bool {
  const unused = 64 - (length << 3);
  const word = load<u64>(start);
  const text = (word << unused) >> unused;
  const digits = (word ^ ZEROS) << unused;
  const isNumber = u32(((digits | (digits + (TO_HIGH_BIT << unused))) & HIGH_BITS) == 0) & (u32((word & 0xff) != 48) | u32(length == 1));
  return (isNumber | u32(text == TRUE) | u32(text == FALSE) | u32(text == NULL)) != 0;
}

/** Is what lies between `start` and `end` a number, `true`, `false` or `null`? */
export function isScalar(start: usize, end: usize): bool {
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
