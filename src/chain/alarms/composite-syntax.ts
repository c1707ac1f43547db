import { Refusal } from '../../base/refusal.ts';
import type { CompositeRule } from './composite-rule.ts';
import type { AlarmState } from './rule.ts';

const OPERAND = "'(', 'NOT', AT_LEAST, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA";
const NAME =
  "'NOT', 'AND', 'OR', 'AT_LEAST', NUMBER, PERCENTAGE NUMBER, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA, unquoted alarm name, quoted alarm name";
const STATES: readonly string[] = ['ALARM', 'OK', 'INSUFFICIENT_DATA'];
/** AWS counts children, TRUE, FALSE and parentheses. */
const MOST_ELEMENTS = 500;

interface Token {
  readonly at: number;
  readonly text: string;
  /** The name in quotes; undefined for everything else. */
  readonly quoted?: string;
}

/**
 * Reads an AlarmRule. Operators and functions are written in capitals; AND binds closer than OR.
 * @throws Refusal ValidationError, in the words recorded on AWS.
 */
export function parseCompositeRule(text: string): CompositeRule {
  if (text.trim() !== text || text === '')
    throw new Refusal('ValidationError', 'AlarmRule must not contain leading or trailing whitespace or be null');
  return new Parser(text).rule();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #text: string;
  #next = 0;
  #elements = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  rule(): CompositeRule {
    const rule = this.#anyOf();
    if (!this.#peek()) return rule;
    // Recorded on AWS: the last token of all is only told that it is one too many.
    throw this.#unsupported(this.#next === this.#tokens.length - 1 ? '<EOF>' : "<EOF>, 'AND', 'OR'");
  }

  #anyOf(): CompositeRule {
    return this.#chain('or', 'OR', () => this.#chain('and', 'AND', () => this.#factor()));
  }

  #chain(kind: 'and' | 'or', word: string, part: () => CompositeRule): CompositeRule {
    const parts = [part()];
    while (this.#take(word)) parts.push(part());
    return parts.length === 1 ? parts[0]! : { kind, parts };
  }

  #factor(): CompositeRule {
    let negated = false;
    while (this.#take('NOT')) negated = !negated;
    const operand = this.#operand();
    return negated ? { kind: 'not', inner: operand } : operand;
  }

  #operand(): CompositeRule {
    if (this.#take('(')) {
      this.#count();
      const inner = this.#anyOf();
      this.#expect(')', "')', 'AND', 'OR'");
      return inner;
    }
    for (const value of [true, false])
      if (this.#take(value ? 'TRUE' : 'FALSE')) {
        this.#count();
        return { kind: 'constant', value };
      }
    if (this.#take('AT_LEAST')) return this.#atLeast();
    const state = this.#state(OPERAND);
    this.#expect('(', "'('");
    const child = this.#name();
    this.#expect(')', "')'");
    return { kind: 'state', state, child };
  }

  #atLeast(): CompositeRule {
    this.#expect('(', "'('");
    const amount = this.#peek();
    if (!amount || amount.quoted !== undefined || !/^\d{1,9}%?$/.test(amount.text))
      throw this.#unsupported('NUMBER, PERCENTAGE NUMBER');
    this.#next += 1;
    this.#expect(',', "','");
    const negated = this.#take('NOT');
    const state = this.#state(negated ? 'ALARM, OK, or INSUFFICIENT_DATA' : "'NOT', ALARM, OK, or INSUFFICIENT_DATA");
    this.#expect(',', "','");
    this.#expect('(', "'('");
    const children = [this.#name()];
    while (this.#take(',')) children.push(this.#name());
    this.#expect(')', "',', ')'");
    this.#expect(')', "')'");
    return { kind: 'at-least', needed: neededOf(amount.text, children.length), negated, state, children };
  }

  #state(expected: string): AlarmState {
    const token = this.#peek();
    if (!token || token.quoted !== undefined || !STATES.includes(token.text)) throw this.#unsupported(expected);
    this.#next += 1;
    return token.text as AlarmState;
  }

  #name(): string {
    const token = this.#peek();
    if (!token || (token.quoted === undefined && isDelimiter(token.text[0]))) throw this.#unsupported(NAME);
    this.#next += 1;
    this.#count();
    return token.quoted ?? token.text;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  #take(text: string): boolean {
    const token = this.#peek();
    if (token?.text !== text || token.quoted !== undefined) return false;
    this.#next += 1;
    return true;
  }

  #expect(text: string, expected: string): void {
    if (!this.#take(text)) throw this.#unsupported(expected);
  }

  /** Bounds the depth of what is read as well. */
  #count(): void {
    this.#elements += 1;
    if (this.#elements > MOST_ELEMENTS) throw inRule(`AlarmRule has more than ${MOST_ELEMENTS} elements`);
  }

  #unsupported(expected: string): Refusal {
    const token = this.#peek();
    if (!token) return inRule(`Unsupported token '<EOF>' at char ${this.#text.length}, must be: ${expected}`);
    // Recorded on AWS: delimiters that stand together are told of together.
    const run = isDelimiter(this.#text[token.at]) ? /^[(),]+/.exec(this.#text.slice(token.at))?.[0] : undefined;
    return inRule(`Unsupported token '${run ?? token.text}' at char ${token.at}, must be: ${expected}`);
  }
}

/** Words, delimiters, and names in quotes; in one pass over the text. */
function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s+|"((?:[^"\\]|\\.)*)"|[(),]|[^\s(),]+/gsu;
  for (const match of text.matchAll(pattern)) {
    const [whole, quoted] = match;
    if (quoted !== undefined) tokens.push({ at: match.index, text: whole, quoted: quoted.replace(/\\(.)/gsu, '$1') });
    else if (whole.trim() !== '') tokens.push({ at: match.index, text: whole });
  }
  return tokens;
}

function neededOf(amount: string, children: number): number {
  const number = Number.parseInt(amount, 10);
  if (amount.endsWith('%')) {
    if (number < 1 || number > 100) throw inRule('AT_LEAST percentage threshold must be between 1 and 100');
    return Math.ceil((number * children) / 100);
  }
  if (number < 1 || number > children)
    throw inRule(`AT_LEAST absolute threshold must be between 1 and number of alarms (${children})`);
  return number;
}

const isDelimiter = (character: string | undefined): boolean =>
  character === '(' || character === ')' || character === ',';

const inRule = (what: string): Refusal => new Refusal('ValidationError', `Error in AlarmRule [${what}]`);
