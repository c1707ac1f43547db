import { ExpressionFault } from './expression.ts';

export interface Token {
  readonly kind: 'number' | 'id' | 'word' | 'text' | 'sign' | 'end';
  readonly text: string;
  /** Index of its first character. */
  readonly at: number;
}

/** Two-character signs come first, so that `<=` is not read as `<`. */
const PATTERNS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['number', /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['id', /[a-z][A-Za-z0-9_]*/y],
  ['word', /[A-Z][A-Z0-9_]*/y],
  ['text', /"[^"]*"|'[^']*'/y],
  ['sign', /==|!=|<=|>=|&&|\|\||[-+*/^<>()[\],]/y],
];
const BLANKS = /\s*/y;

/** The tokens of an expression, with an `end` token last. */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let at = skipBlanks(source, 0);
  while (at < source.length) {
    const token = tokenAt(source, at);
    if (!token) throw new ExpressionFault(`Unexpected character '${String.fromCodePoint(source.codePointAt(at)!)}'`);
    tokens.push(token);
    at = skipBlanks(source, at + token.text.length);
  }
  return [...tokens, { kind: 'end', text: '', at: source.length }];
}

function tokenAt(source: string, at: number): Token | undefined {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text !== undefined) return { kind, text, at };
  }
  return undefined;
}

function skipBlanks(source: string, at: number): number {
  BLANKS.lastIndex = at;
  BLANKS.exec(source);
  return BLANKS.lastIndex;
}
