// What 64 bytes of content hold, as masks of one bit per byte; with SIMD or, eight bytes at a time, without.

const ONES: u64 = 0x0101010101010101;
const LOWS: u64 = 0x7f7f7f7f7f7f7f7f;

/** Quotes, colons, commas, backslashes, the last control; the bits in which brackets differ, and what they are with these. */
export const WANTED = memory.data<u8>([
  34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 58, 58, 58, 58, 58, 58, 58, 58, 58, 58, 58, 58, 58,
  58, 58, 58, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 92, 92, 92, 92, 92, 92, 92, 92, 92, 92,
  92, 92, 92, 92, 92, 92, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 38, 38, 38, 38, 38, 38, 38,
  38, 38, 38, 38, 38, 38, 38, 38, 38, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127,
], 16);

/** The high bit of each byte of `word`, gathered into eight bits. */
// @ts-ignore: decorator
@inline
function gathered(word: u64): u64 {
  return (((word >> 7) & ONES) * 0x0102040810204080) >> 56;
}

/** Which of eight bytes are `byte`. */
// @ts-ignore: decorator
@inline
function equalsInWord(word: u64, byte: u64): u64 {
  const difference = word ^ (ONES * byte);
  return gathered(~(((difference & LOWS) + LOWS) | difference | LOWS));
}

/** Which bytes of the block are `byte`. */
export function equalsMask(block: usize, byte: u8): u64 {
  if (ASC_FEATURE_SIMD) {
    const wanted = i8x16.splat(<i8>byte);
    return bitsOf(
      i8x16.eq(v128.load(block), wanted),
      i8x16.eq(v128.load(block, 16), wanted),
      i8x16.eq(v128.load(block, 32), wanted),
      i8x16.eq(v128.load(block, 48), wanted),
    );
  }
  let mask: u64 = 0;
  for (let i: usize = 0; i < 64; i += 8) mask |= equalsInWord(load<u64>(block + i), byte) << i;
  return mask;
}

/** Which bytes of the block are brackets, curly or square, or one of Y, y, `_` and delete. */
export function bracketsMask(block: usize): u64 {
  let mask: u64 = 0;
  for (let i: usize = 0; i < 64; i += 8) mask |= equalsInWord(load<u64>(block + i) | (ONES * 0x26), 0x7f) << i;
  return mask;
}

/** Which bytes of the block are a blank or below. */
export function blanksMask(block: usize): u64 {
  if (ASC_FEATURE_SIMD) return atMostMask(block, i8x16.splat(32));
  return controlsMask(block) | equalsMask(block, 32);
}

/** Which bytes of the block are tabs and ends of lines: white space, but for blanks. */
export function spacesMask(block: usize): u64 {
  return equalsMask(block, 9) | equalsMask(block, 10) | equalsMask(block, 13);
}

/** Which bytes of the block are below a blank. */
export function controlsMask(block: usize): u64 {
  if (ASC_FEATURE_SIMD) return atMostMask(block, i8x16.splat(31));
  let mask: u64 = 0;
  for (let i: usize = 0; i < 64; i += 8) {
    const word = load<u64>(block + i);
    mask |= gathered(~(((word & LOWS) + ONES * 0x60) | word)) << i;
  }
  return mask;
}

// @ts-ignore: decorator
@inline
function atMostMask(block: usize, most: v128): u64 {
  return bitsOf(
    i8x16.le_u(v128.load(block), most),
    i8x16.le_u(v128.load(block, 16), most),
    i8x16.le_u(v128.load(block, 32), most),
    i8x16.le_u(v128.load(block, 48), most),
  );
}

// @ts-ignore: decorator
@inline
export function bitsOf(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    <u64>(<u32>i8x16.bitmask(a) | (<u32>i8x16.bitmask(b) << 16)) |
    (<u64>(<u32>i8x16.bitmask(c) | (<u32>i8x16.bitmask(d) << 16)) << 32)
  );
}

/** Bit i is the parity of the bits up to i: between an opening and its closing quote it is one. */
// @ts-ignore: decorator
@inline
export function parityOfBitsBelow(mask: u64): u64 {
  mask ^= mask << 1;
  mask ^= mask << 2;
  mask ^= mask << 4;
  mask ^= mask << 8;
  mask ^= mask << 16;
  return mask ^ (mask << 32);
}
