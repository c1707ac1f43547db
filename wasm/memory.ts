// Where things lie in memory. Tables come first; then the windows that the host fills and reads.

/** Compressed bytes wait here. Behind it lies slack, since bits are loaded eight bytes at a time. */
export const INPUT_SIZE: usize = 256 * 1024;
const INPUT_SLACK: usize = 64;

/** Records that the host must judge are told here. */
export const CANDIDATES_SIZE: usize = 256 * 1024;

/** Content lies here: as much as the largest record, and two steps. */
export const CONTENT_SIZE: usize = 10 * 1024 * 1024;
/** Behind the content: what the longest match and its last wide store overrun, or a block of padding. */
const CONTENT_SLACK: usize = 1024;

const base: usize = (__heap_base + 127) & ~127;

export function inputStart(): usize {
  return base;
}

export function candidatesStart(): usize {
  return base + INPUT_SIZE + INPUT_SLACK;
}

/** 64 bytes before it may be read too, when a key at the very beginning is looked at. */
export function contentStart(): usize {
  return candidatesStart() + CANDIDATES_SIZE + 128;
}

export function memoryEnd(): usize {
  return contentStart() + CONTENT_SIZE + CONTENT_SLACK;
}
