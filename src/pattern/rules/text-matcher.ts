import { RE2JS } from 're2js';
import { fitsGlob } from '../glob.ts';
import { EVERY_CODE_POINT } from '../prover/code-points.ts';
import {
  ANY_TEXT,
  char,
  globLanguage,
  type Language,
  sequence,
  type TextOptions,
  textLanguage,
} from '../prover/language.ts';
import type { SaidText } from '../prover/saying.ts';

/** A test of one text, together with the set of texts that pass it. */
export interface TextMatcher {
  readonly language: Language;
  fits(text: string): boolean;
  /** As a filter pattern can write it, where it can. */
  readonly said?: SaidText | undefined;
}

/** Letters A to Z in lower case; other letters are taken as they are, in every rule language. */
const folded = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
const foldWith = ({ ignoreCase = false }: TextOptions): ((text: string) => string) =>
  ignoreCase ? folded : (text) => text;

const saidAs = (parts: readonly string[], { ignoreCase = false }: TextOptions): SaidText => ({
  parts,
  ignoresCase: ignoreCase && !isConstant(parts) && parts.some((part) => /[A-Za-z]/.test(part)),
});

/** Words that JSON has in small letters only. */
const isConstant = (parts: readonly string[]): boolean =>
  parts.length === 1 && /^(?:true|false)$/i.test(parts[0] ?? '');

/** What stands between stars. */
function partsOf(pieces: readonly ('*' | '?' | { readonly text: string })[]): string[] {
  const parts = [''];
  for (const piece of pieces)
    if (typeof piece === 'string') {
      // Several stars in a row are one.
      if (parts.length === 1 || parts.at(-1) !== '') parts.push('');
    } else parts[parts.length - 1] += piece.text;
  return parts;
}

export function exactly(text: string, options: TextOptions = {}): TextMatcher {
  const fold = foldWith(options);
  return {
    language: textLanguage(text, options),
    fits: (value) => fold(value) === fold(text),
    said: saidAs([text], options),
  };
}

export function startingWith(text: string, options: TextOptions = {}): TextMatcher {
  const fold = foldWith(options);
  return {
    language: sequence(textLanguage(text, options), ANY_TEXT),
    fits: (value) => fold(value).startsWith(fold(text)),
    said: saidAs([text, ''], options),
  };
}

export function endingWith(text: string, options: TextOptions = {}): TextMatcher {
  const fold = foldWith(options);
  return {
    language: sequence(ANY_TEXT, textLanguage(text, options)),
    fits: (value) => fold(value).endsWith(fold(text)),
    said: saidAs(['', text], options),
  };
}

/** Fits a glob, given what stands between its stars. */
export function fitting(parts: readonly string[], options: TextOptions = {}): TextMatcher {
  const fold = foldWith(options);
  const foldedParts = parts.map(fold);
  return {
    language: globLanguage(parts, options),
    fits: (value) => fitsGlob(foldedParts, fold(value)),
    said: saidAs(parts, options),
  };
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
  const said = pieces.includes('?') ? undefined : saidAs(partsOf(pieces), options);
  return { language, fits: (value) => compiled.test(fold(value)), said };
}
