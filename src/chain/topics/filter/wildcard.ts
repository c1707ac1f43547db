/**
 * A pattern in which `*` stands for any text, ready to match. Literal stretches are searched with
 * Knuth, Morris and Pratt's method: the time grows with the text alone, whatever the pattern.
 */
export class Wildcard {
  readonly #first: string;
  readonly #last: string | undefined;
  readonly #middle: readonly Stretch[];
  readonly stars: number;

  /** @throws Error for `**`, and for a backslash before anything but `*` and `\` */
  constructor(pattern: string) {
    const literals = literalsOf(pattern);
    this.stars = literals.length - 1;
    this.#first = literals[0] ?? '';
    this.#last = literals.length > 1 ? literals.at(-1) : undefined;
    this.#middle = literals.slice(1, -1).map(stretchOf);
  }

  matches(text: string): boolean {
    if (this.#last === undefined) return text === this.#first;
    const end = text.length - this.#last.length;
    if (end < this.#first.length || !text.startsWith(this.#first) || !text.endsWith(this.#last)) return false;
    let from = this.#first.length;
    for (const stretch of this.#middle) {
      const found = endOf(stretch, text, from, end);
      if (found < 0) return false;
      from = found;
    }
    return true;
  }
}

function literalsOf(pattern: string): string[] {
  const literals = [''];
  let afterStar = false;
  for (let at = 0; at < pattern.length; at += 1) {
    const sign = pattern[at];
    if (sign === '*') {
      if (afterStar) throw new Error(`Consecutive wildcard characters at pos ${at - 1}`);
      literals.push('');
      afterStar = true;
      continue;
    }
    afterStar = false;
    if (sign === '\\') {
      at += 1;
      if (pattern[at] !== '*' && pattern[at] !== '\\') throw new Error(`Invalid escape character at pos ${at - 1}`);
    }
    literals.push(literals.pop() + (pattern[at] ?? ''));
  }
  return literals;
}

interface Stretch {
  readonly text: string;
  /** How much of the stretch still stands when the character after so many does not fit. */
  readonly fallback: readonly number[];
}

function stretchOf(text: string): Stretch {
  const fallback = [0];
  let standing = 0;
  for (let at = 1; at < text.length; at += 1) {
    while (standing > 0 && text[at] !== text[standing]) standing = fallback[standing - 1] ?? 0;
    if (text[at] === text[standing]) standing += 1;
    fallback.push(standing);
  }
  return { text, fallback };
}

/** Where the first occurrence between `from` and `to` ends, or -1. */
function endOf(stretch: Stretch, text: string, from: number, to: number): number {
  let standing = 0;
  for (let at = from; at < to; at += 1) {
    while (standing > 0 && text[at] !== stretch.text[standing]) standing = stretch.fallback[standing - 1] ?? 0;
    if (text[at] === stretch.text[standing]) standing += 1;
    if (standing === stretch.text.length) return at + 1;
  }
  return -1;
}
