import type { CodePoints } from './code-points.ts';

/** Characters that make a readable example, best first. */
const READABLE = Array.from('xabcdefghijklmnopqrstuvwyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@ ', (char) =>
  char.charCodeAt(0),
);
const SURROGATES = { from: 0xd800, to: 0xdfff };

/**
 * The code points, parted so that all sets of some automata hold either the whole of a part or nothing
 * of it. One character stands for each part.
 */
export class Alphabet {
  /** A character of each part, the most readable one. */
  readonly letters: readonly string[];
  readonly #starts: readonly number[];
  /** The part of each range. */
  readonly #parts: readonly number[];

  constructor(sets: readonly CodePoints[]) {
    const starts = new Set([0, SURROGATES.from, SURROGATES.to + 1]);
    for (const set of sets)
      for (const [from, to] of set) {
        starts.add(from);
        starts.add(to + 1);
      }
    this.#starts = [...starts].filter((start) => start <= 0x10ffff).sort((a, b) => a - b);
    const isIn = sets.map((set) => cuts(set));
    const parts = new Map<string, number>();
    const members: number[][] = [];
    this.#parts = this.#starts.map((start) => {
      const key = isIn.map((holds) => (holds(start) ? '1' : '0')).join('');
      const part = parts.get(key) ?? parts.size;
      parts.set(key, part);
      members[part] = [...(members[part] ?? []), start];
      return part;
    });
    const readable = new Map<number, number>();
    for (const code of READABLE) if (!readable.has(this.partOf(code))) readable.set(this.partOf(code), code);
    this.letters = members.map((from, part) => String.fromCodePoint(readable.get(part) ?? printable(from)));
  }

  get size(): number {
    return this.letters.length;
  }

  partOf(code: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= code) low = middle;
      else high = middle - 1;
    }
    return this.#parts[low] ?? 0;
  }

  /** The parts that lie within a set which the alphabet was made for. */
  partsIn(set: CodePoints): readonly number[] {
    const holds = cuts(set);
    const parts = new Set<number>();
    for (const [index, start] of this.#starts.entries()) if (holds(start)) parts.add(this.#parts[index] ?? 0);
    return [...parts];
  }
}

/** Membership in a set for code points asked in any order. */
const cuts = (set: CodePoints): ((code: number) => boolean) => {
  const flat = set.flat();
  return (code) => {
    let low = 0;
    let high = flat.length;
    // Counts the bounds at or below the code; `to` bounds count from the code after them.
    while (low < high) {
      const middle = (low + high) >> 1;
      const bound = (flat[middle] ?? 0) + (middle % 2);
      if (bound <= code) low = middle + 1;
      else high = middle;
    }
    return low % 2 === 1;
  };
};

/** Half of a surrogate pair is no character; control characters are hard to read. */
function printable(starts: readonly number[]): number {
  const isFit = (code: number): boolean => code >= 0x20 && (code < SURROGATES.from || code > SURROGATES.to);
  return starts.find(isFit) ?? starts.find((code) => code < SURROGATES.from) ?? starts[0] ?? 0;
}
