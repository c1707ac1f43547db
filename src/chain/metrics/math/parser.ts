import { type Argument, type Expression, ExpressionFault, type Operator } from './expression.ts';
import { type Token, tokensOf } from './lexer.ts';

/** AWS documents the longest expression. */
const LONGEST = 2_048;

/** Deeper than any expression that people write, and far from the end of the stack. */
const DEEPEST = 100;

/** Operators that bind alike, the loosest first. Each level is read from left to right. */
const LEVELS: readonly (readonly string[])[] = [
  ['OR', '||'],
  ['AND', '&&'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/'],
];
const SPELLINGS: Readonly<Record<string, Operator>> = { '||': 'OR', '&&': 'AND' };

/**
 * Reads a metric math expression such as `FILL(m1, 0) / PERIOD(m1)`.
 * @throws ExpressionFault saying what is wrong and where.
 */
export function parseExpression(source: string): Expression {
  if (source.length > LONGEST) throw new ExpressionFault(`The expression is longer than ${LONGEST} characters`);
  const parser = new Parser(tokensOf(source));
  const expression = parser.expression();
  parser.expectEnd();
  return expression;
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  expression(level = 0): Expression {
    const operators = LEVELS[level];
    if (!operators) return this.#unary();
    let left = this.expression(level + 1);
    for (let operator = this.#takeOneOf(operators); operator; operator = this.#takeOneOf(operators))
      left = { kind: 'binary', operator, left, right: this.expression(level + 1) };
    return left;
  }

  expectEnd(): void {
    if (this.#peek().kind !== 'end') throw this.#unexpected();
  }

  #unary(): Expression {
    return this.#deeper(() => {
      if (this.#take('-')) return { kind: 'negate', of: this.#unary() };
      return this.#power();
    });
  }

  #power(): Expression {
    const left = this.#primary();
    // The exponent may have a sign of its own, and powers of powers are read from the right.
    return this.#take('^') ? { kind: 'binary', operator: '^', left, right: this.#unary() } : left;
  }

  #primary(): Expression {
    const token = this.#peek();
    if (this.#take('(')) return this.#closing(')', () => this.expression());
    if (this.#take('['))
      return this.#closing(']', () => ({ kind: 'list', items: this.#items(() => this.expression()) }));
    if (token.kind === 'number') return this.#step({ kind: 'number', value: Number(token.text) });
    if (token.kind === 'id') return this.#step({ kind: 'id', id: token.text });
    if (token.kind === 'word' && this.#peek(1).text === '(') return this.#call(token.text);
    throw this.#unexpected();
  }

  #call(name: string): Expression {
    this.#next += 2;
    if (this.#take(')')) return { kind: 'call', name, args: [] };
    return this.#closing(')', () => ({ kind: 'call', name, args: this.#items(() => this.#argument()) }));
  }

  #argument(): Argument {
    const token = this.#peek();
    if (token.kind === 'text') return this.#step({ kind: 'text', text: token.text.slice(1, -1) });
    if (token.kind === 'word' && this.#peek(1).text !== '(') return this.#step({ kind: 'word', word: token.text });
    return this.expression();
  }

  #items<Item>(read: () => Item): Item[] {
    const items = [read()];
    while (this.#take(',')) items.push(read());
    return items;
  }

  #closing<Part>(sign: string, read: () => Part): Part {
    const part = read();
    if (!this.#take(sign)) throw this.#unexpected();
    return part;
  }

  #deeper(read: () => Expression): Expression {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new ExpressionFault(`The expression is nested deeper than ${DEEPEST} levels`);
    const expression = read();
    this.#depth -= 1;
    return expression;
  }

  #takeOneOf(operators: readonly string[]): Operator | undefined {
    const { kind, text } = this.#peek();
    if ((kind !== 'sign' && kind !== 'word') || !operators.includes(text)) return undefined;
    this.#next += 1;
    return SPELLINGS[text] ?? (text as Operator);
  }

  #take(sign: string): boolean {
    const { kind, text } = this.#peek();
    if (kind !== 'sign' || text !== sign) return false;
    this.#next += 1;
    return true;
  }

  #step<Part>(part: Part): Part {
    this.#next += 1;
    return part;
  }

  #peek(ahead = 0): Token {
    return this.#tokens[this.#next + ahead] ?? this.#tokens.at(-1)!;
  }

  #unexpected(): ExpressionFault {
    const { kind, text, at } = this.#peek();
    return new ExpressionFault(
      kind === 'end' ? 'The expression ends too early' : `Unexpected '${text}' at character ${at + 1}`,
    );
  }
}
