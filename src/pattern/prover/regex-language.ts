import type { CodePoints } from './code-points.ts';
import {
  anyCase,
  codePoint,
  codePointsOf,
  complementOf,
  DIGITS,
  EVERY_CODE_POINT,
  oneOf,
  range,
} from './code-points.ts';
import type { Language, TextOptions } from './language.ts';
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

/** An expression that uses what automata do not know. */
export class UnreadableRegex extends Error {}

/**
 * The same for expressions with groups, as other rule languages have them. Throws `UnreadableRegex`
 * for what is more than that. The expression must be one of RE2's.
 */
export function groupedRegexLanguage(source: string, options: TextOptions): Language {
  const reading = new Reading(source, { ...options, hasGroups: true });
  const language = searchLanguage(reading.alternatives());
  if (!reading.isDone) throw new UnreadableRegex('has a parenthesis too many');
  return language;
}

interface Dialect extends TextOptions {
  readonly hasGroups?: boolean;
}

/** Escapes that other dialects know and that stand for one character each. */
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', a: '\x07' };

class Reading {
  readonly #source: string;
  readonly #dialect: Dialect;
  #at = 0;

  constructor(source: string, dialect: Dialect = {}) {
    this.#source = source;
    this.#dialect = dialect;
  }

  get isDone(): boolean {
    return this.#at >= this.#source.length;
  }

  alternatives(): Language {
    const options: Language[] = [];
    let parts: Language[] = [];
    while (this.#at < this.#source.length) {
      if (this.#dialect.hasGroups && this.#source.charAt(this.#at) === ')') break;
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
    if (letter === '(' && this.#dialect.hasGroups) return this.#group();
    if (letter === '\\') return char(this.#escaped());
    return char(this.#inCases(letter));
  }

  #group(): Language {
    this.#take('?:');
    if (this.#source.charAt(this.#at) === '?') throw new UnreadableRegex('has a group that is more than a group');
    const inner = this.alternatives();
    if (!this.#take(')')) throw new UnreadableRegex('has a group that is not closed');
    return inner;
  }

  #inCases(letter: string): CodePoints {
    return this.#dialect.ignoreCase ? anyCase(letter) : oneOf(letter);
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
    return CLASSES[letter] ?? this.#inCases(this.#named(letter));
  }

  /** The character that an escape with this letter stands for. */
  #named(letter: string): string {
    if (letter === 'x') return this.#hexadecimal();
    if (!this.#dialect.hasGroups || !/[A-Za-z0-9]/.test(letter)) return letter;
    const control = CONTROLS[letter];
    if (control === undefined) throw new UnreadableRegex(`has the escape \\${letter}`);
    return control;
  }

  #hexadecimal(): string {
    if (this.#source.charAt(this.#at) === '{') throw new UnreadableRegex('has the escape \\x{');
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
    const set = this.#dialect.ignoreCase ? foldedSet(codePointsOf(members)) : codePointsOf(members);
    return isNegated ? complementOf(set) : set;
  }

  #member(): string | CodePoints {
    const letter = this.#next();
    if (letter !== '\\') return letter;
    const escaped = this.#next();
    return CLASSES[escaped] ?? this.#named(escaped);
  }
}

/** A set with both cases of the letters A to Z that it holds. */
const foldedSet = (set: CodePoints): CodePoints =>
  codePointsOf([
    ...set,
    ...Array.from({ length: 26 }, (_, at) => String.fromCharCode(97 + at))
      .filter((letter) => anyCase(letter).some(([code]) => set.some(([from, to]) => from <= code && code <= to)))
      .flatMap((letter) => anyCase(letter)),
  ]);
