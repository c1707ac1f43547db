import type { CodePoints } from './code-points.ts';
import { codePoint, codePointsOf, complementOf, DIGITS, EVERY_CODE_POINT, oneOf, range } from './code-points.ts';
import type { Language } from './language.ts';
import { char, choice, repeat, searchLanguage, sequence } from './language.ts';

const WORD = codePointsOf([...range('a', 'z'), ...range('A', 'Z'), ...DIGITS, ...oneOf('_')]);
const SPACE = oneOf(' \t\n\r\f');
const CLASSES: Readonly<Record<string, CodePoints>> = {
  d: DIGITS,
  D: complementOf(DIGITS),
  s: SPACE,
  S: complementOf(SPACE),
  w: WORD,
  W: complementOf(WORD),
};
const REPETITION = /\{(\d*)(,?)(\d*)\}/y;

/**
 * The texts in which a regular expression of the filter patterns is found. The expression must have
 * passed `compileRegex`, which decides what is one.
 */
export const regexLanguage = (source: string): Language => searchLanguage(new Reading(source).alternatives());

class Reading {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  alternatives(): Language {
    const options: Language[] = [];
    let parts: Language[] = [];
    while (this.#at < this.#source.length) {
      if (this.#take('|')) {
        options.push(sequence(...parts));
        parts = [];
      } else parts.push(this.#repeated(this.#atom()));
    }
    options.push(sequence(...parts));
    return choice(...options);
  }

  #take(token: string): boolean {
    if (!this.#source.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #next(): string {
    const letter = this.#source.charAt(this.#at);
    this.#at += 1;
    return letter;
  }

  #atom(): Language {
    const letter = this.#next();
    if (letter === '^') return { kind: 'edge', at: 'start' };
    if (letter === '$') return { kind: 'edge', at: 'end' };
    if (letter === '.') return char(EVERY_CODE_POINT);
    if (letter === '[') return char(this.#class());
    return char(letter === '\\' ? this.#escaped() : oneOf(letter));
  }

  #repeated(body: Language): Language {
    let result = body;
    for (;;) {
      REPETITION.lastIndex = this.#at;
      const [written, least = '', comma, most = ''] = REPETITION.exec(this.#source) ?? [];
      if (written !== undefined) {
        this.#at += written.length;
        const lower = Number(least || '0');
        result = repeat(result, lower, comma === '' ? lower : most === '' ? undefined : Number(most));
      } else if (this.#take('*')) result = repeat(result, 0);
      else if (this.#take('+')) result = repeat(result, 1);
      else if (this.#take('?')) result = repeat(result, 0, 1);
      else return result;
      // A question mark after a count asks for the shortest match, which finds the same texts.
      this.#take('?');
    }
  }

  /** What stands after a backslash. */
  #escaped(): CodePoints {
    const letter = this.#next();
    return CLASSES[letter] ?? oneOf(letter === 'x' ? this.#hexadecimal() : letter);
  }

  #hexadecimal(): string {
    const code = this.#source.slice(this.#at, this.#at + 2);
    this.#at += 2;
    return String.fromCharCode(Number.parseInt(code, 16));
  }

  #class(): CodePoints {
    const isNegated = this.#take('^');
    const members: (readonly [number, number])[] = [];
    for (let first = true; first || this.#source.charAt(this.#at) !== ']'; first = false) {
      const low = this.#member();
      const isRange = this.#source.charAt(this.#at) === '-' && !['', ']'].includes(this.#source.charAt(this.#at + 1));
      if (typeof low !== 'string') members.push(...low);
      else if (isRange) {
        this.#at += 1;
        const high = this.#member();
        members.push([codePoint(low), typeof high === 'string' ? codePoint(high) : codePoint(low)]);
      } else members.push([codePoint(low), codePoint(low)]);
    }
    this.#at += 1;
    const set = codePointsOf(members);
    return isNegated ? complementOf(set) : set;
  }

  #member(): string | CodePoints {
    const letter = this.#next();
    if (letter !== '\\') return letter;
    const escaped = this.#next();
    return CLASSES[escaped] ?? (escaped === 'x' ? this.#hexadecimal() : escaped);
  }
}
