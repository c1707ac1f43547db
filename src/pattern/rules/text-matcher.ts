import { RE2JS } from 're2js';
import { fitsGlob } from '../glob.ts';
import { EVERY_CODE_POINT, oneOf } from '../prover/code-points.ts';
import {
  ANY_TEXT,
  char,
  globLanguage,
  type Language,
  searchLanguage,
  sequence,
  type TextOptions,
  textLanguage,
} from '../prover/language.ts';

/** A test of one text, together with the set of texts that pass it. */
export interface TextMatcher {
  readonly language: Language;
  fits(text: string): boolean;
}

/** Letters A to Z in lower case; other letters are taken as they are, in every rule language. */
const folded = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
const foldWith = ({ ignoreCase = false }: TextOptions): ((text: string) => string) =>
  ignoreCase ? folded : (text) => text;

export function exactly(text: string, options: TextOptions = {}): TextMatcher {
  const fold = foldWith(options);
  return { language: textLanguage(text, options), fits: (value) => fold(value) === fold(text) };
}

export function startingWith(text: string, options: TextOptions = {}): TextMatcher {
  const fold = foldWith(options);
  return {
    language: sequence(textLanguage(text, options), ANY_TEXT),
    fits: (value) => fold(value).startsWith(fold(text)),
  };
}

export function endingWith(text: string, options: TextOptions = {}): TextMatcher {
  const fold = foldWith(options);
  return {
    language: sequence(ANY_TEXT, textLanguage(text, options)),
    fits: (value) => fold(value).endsWith(fold(text)),
  };
}

export function containing(text: string, options: TextOptions = {}): TextMatcher {
  const fold = foldWith(options);
  return { language: searchLanguage(textLanguage(text, options)), fits: (value) => fold(value).includes(fold(text)) };
}

/** Fits a glob, given what stands between its stars. */
export function fitting(parts: readonly string[], options: TextOptions = {}): TextMatcher {
  const fold = foldWith(options);
  const foldedParts = parts.map(fold);
  return { language: globLanguage(parts, options), fits: (value) => fitsGlob(foldedParts, fold(value)) };
}

/** Fits pieces of which `*` stands for any run of characters and `?` for any one. */
export function fittingPieces(
  pieces: readonly ('*' | '?' | { readonly text: string })[],
  options: TextOptions = {},
): TextMatcher {
  const language = sequence(
    ...pieces.map((piece) => {
      if (piece === '*') return ANY_TEXT;
      return piece === '?' ? char(EVERY_CODE_POINT) : textLanguage(piece.text, options);
    }),
  );
  const fold = foldWith(options);
  const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  const source = pieces
    .map((piece) => (piece === '*' ? '.*' : piece === '?' ? '.' : escaped(fold(piece.text))))
    .join('');
  const compiled = RE2JS.compile(`^${source}$`, RE2JS.DOTALL);
  return { language, fits: (value) => compiled.test(fold(value)) };
}

const OCTET = /^(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/;

/** An IPv4 address in a range such as `10.0.0.0/24`; undefined when `range` is none. */
export function withinRange(range: string): TextMatcher | undefined {
  const [address = '', length = '32', ...more] = range.split('/');
  const bits = /^\d{1,2}$/.test(length) ? Number(length) : 33;
  const network = addressOf(address);
  if (network === undefined || bits > 32 || more.length > 0) return undefined;
  const kept = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
  const octets = [24, 16, 8, 0].map((shift) => {
    const mask = (kept >>> shift) & 255;
    const wanted = (network >>> shift) & mask;
    return [...new Array(256).keys()].filter((octet) => (octet & mask) === wanted);
  });
  const dot = char(oneOf('.'));
  return {
    language: sequence(...octets.flatMap((each, at) => (at === 0 ? [] : [dot]).concat(octetLanguage(each)))),
    fits(value) {
      const found = addressOf(value);
      return found !== undefined && (found & kept) >>> 0 === (network & kept) >>> 0;
    },
  };
}

function addressOf(text: string): number | undefined {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every((octet) => OCTET.test(octet))) return undefined;
  return octets.reduce((address, octet) => address * 256 + Number(octet), 0);
}

/** The texts of some octets, with what they begin with in common taken together. */
function octetLanguage(octets: readonly number[]): Language {
  const tree = (texts: readonly string[]): Language => {
    const ends = texts.includes('');
    const heads = new Map<string, string[]>();
    for (const text of texts)
      if (text !== '') heads.set(text.charAt(0), [...(heads.get(text.charAt(0)) ?? []), text.slice(1)]);
    // Digits that go on alike are one character set.
    const alike = new Map<string, { digits: string; rest: string[] }>();
    for (const [head, rest] of heads) {
      const known = alike.get(rest.join());
      alike.set(rest.join(), { digits: (known?.digits ?? '') + head, rest });
    }
    const options = [...alike.values()].map(({ digits, rest }) => sequence(char(oneOf(digits)), tree(rest)));
    return { kind: 'choice', options: ends ? [sequence(), ...options] : options };
  };
  return tree(octets.map(String));
}
