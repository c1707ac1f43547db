import type { CodePoints } from './code-points.ts';
import { anyCase, EVERY_CODE_POINT, oneOf } from './code-points.ts';

/** A set of texts, written as a regular expression over code points. */
export type Language =
  | { readonly kind: 'char'; readonly set: CodePoints }
  | { readonly kind: 'sequence'; readonly parts: readonly Language[] }
  | { readonly kind: 'choice'; readonly options: readonly Language[] }
  /** `most` is undefined when there is no limit. */
  | { readonly kind: 'repeat'; readonly body: Language; readonly least: number; readonly most: number | undefined }
  /** `^` and `$`: true at the ends of the whole text only. */
  | { readonly kind: 'edge'; readonly at: 'start' | 'end' };

export const char = (set: CodePoints): Language => ({ kind: 'char', set });
export const sequence = (...parts: readonly Language[]): Language => ({ kind: 'sequence', parts });
export const choice = (...options: readonly Language[]): Language => ({ kind: 'choice', options });
export const repeat = (body: Language, least: number, most?: number): Language => ({
  kind: 'repeat',
  body,
  least,
  most,
});
export const optional = (body: Language): Language => repeat(body, 0, 1);

export const ANY_TEXT: Language = repeat(char(EVERY_CODE_POINT), 0);
export const EMPTY_TEXT: Language = sequence();

export interface TextOptions {
  /** Take upper and lower case for the same. */
  readonly ignoreCase?: boolean;
}

/** The one text, or all its spellings in upper and lower case. */
export const textLanguage = (text: string, { ignoreCase = false }: TextOptions = {}): Language =>
  sequence(...Array.from(text, (letter) => char(ignoreCase ? anyCase(letter) : oneOf(letter))));

/** The texts that fit a glob, given what stands between its stars. */
export const globLanguage = (parts: readonly string[], options: TextOptions = {}): Language =>
  sequence(...parts.flatMap((part, index) => (index === 0 ? [] : [ANY_TEXT]).concat(textLanguage(part, options))));

/** The texts in which `inner` is found somewhere. */
export const searchLanguage = (inner: Language): Language => sequence(ANY_TEXT, inner, ANY_TEXT);
