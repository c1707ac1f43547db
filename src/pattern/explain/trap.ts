/** Something in a valid pattern that probably does not mean what its writer thinks. */
export interface Trap {
  readonly code:
    | 'field-must-exist'
    | 'never-true'
    | 'always-true'
    | 'mixed-and-or'
    | 'case'
    | 'boolean-as-text'
    | 'optional-ignored'
    | 'word-as-operator';
  /** Where in the pattern, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly message: string;
  /** The whole pattern as it was probably meant. */
  readonly mended?: string;
}

/** The text with one stretch replaced. */
export const spliced = (text: string, start: number, end: number, replacement: string): string =>
  text.slice(0, start) + replacement + text.slice(end);
