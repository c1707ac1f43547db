// CRC-32 by long division. WebAssembly has no instruction for it, and tables take a load for every byte.
//
// x^300 + x^155 + x^117 + x^89 + 1 is the least multiple of CRC-32's polynomial that has five terms. Squared
// seven times it is the same in powers of x^128, and a multiple still. So content is divided in words of 128
// bits: each word of the quotient is that of the content plus four words of the quotient before it, the
// nearest of them 145 words away, so that no word waits for the one before it. 300 words remain, and the CRC
// of these is the CRC of the content.

const FIRST_TERM: usize = 145 * 16;
const SECOND_TERM: usize = 183 * 16;
const THIRD_TERM: usize = 211 * 16;
const DEGREE: usize = 300 * 16;

/** Content is taken in steps of this size. */
const STEP: usize = 64;
/** The quotient of so much content, with what it looks back to, stays in the processor's first cache. */
const PIECE: usize = 16 * 1024;

/** The last 300 words of the quotient, and behind them room for that of a piece. */
const BEFORE = memory.data(300 * 16 + 16 * 1024, 64);
const QUOTIENT: usize = BEFORE + DEGREE;

let isUntouched: bool = true;

export function beginCrc(): void {
  memory.fill(BEFORE, 0, DEGREE);
  isUntouched = true;
}

/** Takes the whole steps of what lies between `from` and `to`; gives the place behind them. */
export function addToCrc(from: usize, to: usize): usize {
  let at = from;
  if (isUntouched && to - at >= STEP) {
    // A CRC begins with all ones, as if the first four bytes were inverted.
    divide(at, STEP);
    store<u32>(QUOTIENT, ~load<u32>(QUOTIENT));
    keepLast(STEP);
    at += STEP;
    isUntouched = false;
  }
  while (to - at >= STEP) {
    const size = min(PIECE, (to - at) & ~(STEP - 1));
    divide(at, size);
    keepLast(size);
    at += size;
  }
  return at;
}

/** Leaves 300 words, whose CRC, begun with zeros, is that of all content taken; gives their place. */
export function remainderOfCrc(): usize {
  for (let at = DEGREE - 8; <isize>at >= 0; at -= 8) {
    let word = load<u64>(BEFORE + at);
    if (at >= FIRST_TERM) word ^= load<u64>(BEFORE + at - FIRST_TERM);
    if (at >= SECOND_TERM) word ^= load<u64>(BEFORE + at - SECOND_TERM);
    if (at >= THIRD_TERM) word ^= load<u64>(BEFORE + at - THIRD_TERM);
    store<u64>(BEFORE + at, word);
  }
  return BEFORE;
}

export function sizeOfRemainder(): usize {
  return DEGREE;
}

function keepLast(size: usize): void {
  memory.copy(BEFORE, BEFORE + size, DEGREE);
}

function divide(content: usize, size: usize): void {
  let from = content;
  for (let at = BEFORE; at < BEFORE + size; at += STEP) {
    divideWord(at, from);
    divideWord(at + 16, from + 16);
    divideWord(at + 32, from + 32);
    divideWord(at + 48, from + 48);
    from += STEP;
  }
}

/** Makes the word of the quotient that lies the degree behind `before`: offsets above zero cost no instructions. */
// @ts-ignore: decorator
@inline
function divideWord(before: usize, from: usize): void {
  if (ASC_FEATURE_SIMD) {
    const near = v128.xor(v128.load(before, DEGREE - FIRST_TERM), v128.load(before, DEGREE - SECOND_TERM));
    const far = v128.xor(v128.load(before, DEGREE - THIRD_TERM), v128.load(before));
    v128.store(before, v128.xor(v128.load(from), v128.xor(near, far)), DEGREE);
  } else {
    divideHalf(before, from);
    divideHalf(before + 8, from + 8);
  }
}

// @ts-ignore: decorator
@inline
function divideHalf(before: usize, from: usize): void {
  const near = load<u64>(before, DEGREE - FIRST_TERM) ^ load<u64>(before, DEGREE - SECOND_TERM);
  const far = load<u64>(before, DEGREE - THIRD_TERM) ^ load<u64>(before);
  store<u64>(before, load<u64>(from) ^ near ^ far, DEGREE);
}
