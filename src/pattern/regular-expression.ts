import { RE2JS } from 're2js';

/** Repetition counts of one pattern may add up to this; it bounds the work per character of a message. */
export const MOST_REPETITIONS = 1000;

const OPERATORS = new Set('^$?[]{}|\\*+.');
const SYMBOLS = new Set(':_#=@/;,- ');
const CLASSES = new Set('dDsSwW');
const isAlphanumeric = (char: string): boolean => /^[A-Za-z0-9]$/.test(char);
const REPETITION = /\{(\d*)(,?)(\d*)\}/y;
const HEX = /[0-9A-Fa-f]{2}/y;

/** Why an expression is not one of AWS's dialect, and where in it. */
export class RegexFault extends Error {
  readonly at: number;

  constructor(reason: string, at: number) {
    super(reason);
    this.name = 'RegexFault';
    this.at = at;
  }
}

/** Searches a text for an expression, in time linear in the text. */
export type Search = (text: string) => boolean;

export interface Regex {
  readonly search: Search;
  /** The sum of its repetition counts. */
  readonly repetitions: number;
}

/**
 * Compiles an expression of the dialect that AWS documents for filter patterns: no groups, no
 * look-around, ASCII only. The search is unanchored; `^` and `$` mean the ends of the whole text
 * and `.` any character, a line break too. Throws `RegexFault`.
 */
export function compileRegex(source: string): Regex {
  if (source === '') throw new RegexFault('the regular expression is empty', 0);
  const { expression, repetitions } = new Translation(source).run();
  if (repetitions > MOST_REPETITIONS) throw new RegexFault('the regular expression repeats too much', 0);
  try {
    const compiled = RE2JS.compile(expression, RE2JS.DOTALL);
    return { search: (text) => compiled.test(text), repetitions };
  } catch {
    throw new RegexFault('the regular expression does not compile', 0);
  }
}

/** Checks an expression character by character and writes it in the syntax of RE2. */
class Translation {
  readonly #source: string;
  #at = 0;
  #expression = '';
  #repetitions = 0;

  constructor(source: string) {
    this.#source = source;
  }

  run(): { expression: string; repetitions: number } {
    while (this.#at < this.#source.length) {
      const char = this.#source.charAt(this.#at);
      if (char === '[') this.#class();
      else if (char === '{') this.#repetition();
      else if (char === '\\') this.#escape();
      else this.#plain(char);
    }
    return { expression: this.#expression, repetitions: this.#repetitions };
  }

  #emit(text: string, consumed: number): void {
    this.#expression += text;
    this.#at += consumed;
  }

  #plain(char: string): void {
    if (char === ']' || char === '}') this.#emit(`\\${char}`, 1);
    else if (OPERATORS.has(char) || SYMBOLS.has(char) || isAlphanumeric(char)) this.#emit(char, 1);
    else throw new RegexFault(`the character ${char} is not supported in a regular expression`, this.#at);
  }

  #repetition(): void {
    REPETITION.lastIndex = this.#at;
    const [written, least = '', comma, most = ''] = REPETITION.exec(this.#source) ?? [];
    if (written === undefined || least + most === '') throw new RegexFault('a brace needs a count', this.#at);
    this.#repetitions += Math.max(Number(least), Number(most));
    // RE2 takes a count with leading zeros for the text itself.
    const [lower, upper] = [Number(least), most === '' ? '' : Number(most)];
    this.#emit(comma === '' ? `{${lower}}` : `{${lower},${upper}}`, written.length);
  }

  #escape(): void {
    const char = this.#source.charAt(this.#at + 1);
    if (char === 'x') {
      HEX.lastIndex = this.#at + 2;
      const [code] = HEX.exec(this.#source) ?? [];
      if (code === undefined) throw new RegexFault('\\x needs two hexadecimal digits', this.#at);
      this.#emit(`\\x${code}`, 4);
    } else if (CLASSES.has(char) || OPERATORS.has(char) || char === '-') this.#emit(`\\${char}`, 2);
    else if (SYMBOLS.has(char)) this.#emit(char, 2);
    else throw new RegexFault(`the escape \\${char} is not supported in a regular expression`, this.#at);
  }

  #class(): void {
    const open = this.#at;
    this.#emit('[', 1);
    if (this.#source.charAt(this.#at) === '^') this.#emit('^', 1);
    for (let first = true; this.#at < this.#source.length; first = false) {
      const char = this.#source.charAt(this.#at);
      if (char === ']' && !first) {
        this.#emit(']', 1);
        return;
      }
      // RE2 would read `[[:alpha:]]` as a named class, which AWS does not document.
      if (char === '[') this.#emit('\\[', 1);
      else if (char === '\\') this.#escape();
      else this.#plain(char);
    }
    throw new RegexFault('the character class is not closed', open);
  }
}
