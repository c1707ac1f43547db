import { RE2JS } from 're2js';
import { fitsGlob } from '../glob.ts';
import { EVERY_CODE_POINT } from '../prover/code-points.ts';
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
