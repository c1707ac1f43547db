import { PatternError } from './pattern-error.ts';

const SPACE = new Set([' ', '\t', '\n', '\r']);

export const isSpace = (char: string): boolean => SPACE.has(char);

/** A reading position in a pattern, and the one place where its faults are made. */
export class Cursor {
  readonly text: string;
  /** Where reading ends; the closing bracket of a pattern lies beyond it. */
  readonly end: number;
  at: number;
  readonly #invalid: string;

  constructor(text: string, start: number, end: number, invalid: string) {
    this.text = text;
    this.at = start;
    this.end = end;
    this.#invalid = invalid;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  /** The character `ahead` of the position, or an empty string at the end. */
  peek(ahead = 0): string {
    const at = this.at + ahead;
    return at < this.end ? this.text.charAt(at) : '';
  }

  skipSpace(): void {
    while (isSpace(this.peek())) this.at += 1;
  }

  /** Passes over `token` when it comes next. */
  take(token: string): boolean {
    if (this.at + token.length > this.end || !this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  /** Reads the longest run, possibly empty, of characters that belong. */
  run(belongs: (char: string) => boolean): string {
    const start = this.at;
    while (!this.done && belongs(this.peek())) this.at += 1;
    return this.text.slice(start, this.at);
  }

  /** Reads up to the next `mark` and passes over it; undefined when there is none. */
  through(mark: string): string | undefined {
    const close = this.text.indexOf(mark, this.at);
    if (close < 0 || close >= this.end) return undefined;
    const inner = this.text.slice(this.at, close);
    this.at = close + mark.length;
    return inner;
  }

  fault(reason: string, at = this.at, suggestion?: string): PatternError {
    return new PatternError(this.#invalid, at, reason, suggestion);
  }

  /** The character at the position may not stand in a term or selector. */
  characterFault(suggestion?: string): PatternError {
    const char = String.fromCodePoint(this.text.codePointAt(this.at) ?? 0);
    const reason = `the character ${char} cannot stand here`;
    return new PatternError(`Invalid character(s) in term '${char}'`, this.at, reason, suggestion);
  }
}
