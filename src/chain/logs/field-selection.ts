import type { Scope } from '../../base/scope.ts';

/** Whether events of that origin are wanted. */
export type FieldSelection = (origin: Scope) => boolean;

const TOKEN = /\s*(@aws\.account|@aws\.region|!=|=|\[|\]|,|\b(?:NOT|IN|AND|OR)\b|"([^"]*)"|'([^']*)')/y;

/**
 * Reads a metric filter's `fieldSelectionCriteria`: comparisons of `@aws.account` and `@aws.region`
 * by `=`, `!=`, `IN […]` and `NOT IN […]`, joined by AND, which binds closer, and OR. Undefined
 * when the text is nothing of the kind. An empty text selects everything.
 */
export function readFieldSelection(text: string): FieldSelection | undefined {
  if (text.trim() === '') return () => true;
  const tokens = tokensOf(text);
  if (!tokens) return undefined;
  const reader = new TokenReader(tokens);
  const alternatives: FieldSelection[] = [];
  do {
    const all: FieldSelection[] = [];
    do {
      const comparison = reader.comparison();
      if (!comparison) return undefined;
      all.push(comparison);
    } while (reader.skip('AND'));
    alternatives.push((origin) => all.every((holds) => holds(origin)));
  } while (reader.skip('OR'));
  return reader.done ? (origin) => alternatives.some((holds) => holds(origin)) : undefined;
}

interface Token {
  readonly word: string;
  /** The text between quotes; undefined for words and signs. */
  readonly value: string | undefined;
}

function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const found = TOKEN.exec(text);
    if (!found) return undefined;
    tokens.push({ word: found[1] ?? '', value: found[2] ?? found[3] });
  }
  return tokens;
}

class TokenReader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get done(): boolean {
    return this.#next === this.#tokens.length;
  }

  /** Passes over the next token if it is that word or sign. */
  skip(word: string): boolean {
    const token = this.#tokens[this.#next];
    if (token?.value !== undefined || token?.word !== word) return false;
    this.#next += 1;
    return true;
  }

  comparison(): FieldSelection | undefined {
    const field = this.skip('@aws.account') ? 'account' : this.skip('@aws.region') ? 'region' : undefined;
    if (!field) return undefined;
    if (this.skip('=')) return holdsOne(field, this.#value(), true);
    if (this.skip('!=')) return holdsOne(field, this.#value(), false);
    const isWanted = !this.skip('NOT');
    return this.skip('IN') ? holdsOne(field, this.#list(), isWanted) : undefined;
  }

  #value(): string[] | undefined {
    const value = this.#tokens[this.#next]?.value;
    if (value === undefined) return undefined;
    this.#next += 1;
    return [value];
  }

  #list(): string[] | undefined {
    if (!this.skip('[')) return undefined;
    const values: string[] = [];
    do {
      const value = this.#value();
      if (!value) return undefined;
      values.push(...value);
    } while (this.skip(','));
    return this.skip(']') ? values : undefined;
  }
}

const holdsOne = (
  field: 'account' | 'region',
  values: readonly string[] | undefined,
  isWanted: boolean,
): FieldSelection | undefined => values && ((origin) => values.includes(origin[field]) === isWanted);
