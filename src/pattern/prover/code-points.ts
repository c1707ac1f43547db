/** A set of code points as sorted, disjoint, non-adjacent ranges, both ends included. */
export type CodePoints = readonly (readonly [from: number, to: number])[];

const LAST = 0x10ffff;

export const EVERY_CODE_POINT: CodePoints = [[0, LAST]];

export const codePoint = (char: string): number => char.codePointAt(0) ?? 0;

/** The set of the ranges given, in any order and overlapping at will. */
export function codePointsOf(ranges: readonly (readonly [number, number])[]): CodePoints {
  const merged: [number, number][] = [];
  for (const [from, to] of [...ranges].sort(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

export function complementOf(set: CodePoints): CodePoints {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const [from, to] of set) {
    if (from > next) gaps.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= LAST) gaps.push([next, LAST]);
  return gaps;
}

/** The characters of `text`, each on its own. */
export const oneOf = (text: string): CodePoints =>
  codePointsOf(Array.from(text, (char) => [codePoint(char), codePoint(char)]));

/** The character in both of its cases, if it is one of A to Z. */
export const anyCase = (char: string): CodePoints =>
  oneOf(/^[A-Za-z]$/.test(char) ? char.toLowerCase() + char.toUpperCase() : char);

export const range = (from: string, to: string): CodePoints => [[codePoint(from), codePoint(to)]];

export const DIGITS = range('0', '9');
