import { compareNumbers, isNumberText } from './decimal.ts';
import { fitsGlob } from './glob.ts';
import { compileRegex } from './regular-expression.ts';
import type { Literal, NumberLiteral, Operator } from './syntax-tree.ts';

/** One comparison with a literal, for each class of value that a comparison can hold for. */
export interface ValueTest {
  onString(value: string): boolean;
  /** Undefined where only the text of the number can tell. */
  onNumber(value: number): boolean | undefined;
  /** The number as the event writes it. */
  onSource(source: string): boolean;
}

/** How a JSON pattern compares values: text with text, numbers by value, never one as the other. */
export function valueTest(operator: Operator, literal: Literal): ValueTest {
  if (operator === '=') return equality(literal);
  if (operator === '!=') return opposite(equality(literal));
  if (literal.kind !== 'number') throw new TypeError(`${operator} takes a number`);
  return order(operator, literal);
}

function equality(literal: Literal): ValueTest {
  switch (literal.kind) {
    case 'text': {
      const { text } = literal;
      const number = isNumberText(text) ? Number(text) : undefined;
      const isSame = (value: string): boolean => value === text;
      return { onString: isSame, onSource: isSame, onNumber: (value) => (value === number ? undefined : false) };
    }
    case 'glob': {
      const { parts } = literal;
      const fits = (value: string): boolean => fitsGlob(parts, value);
      const fitsAll = parts.every((part) => part === '') || undefined;
      return { onString: fits, onSource: fits, onNumber: () => fitsAll };
    }
    case 'regex': {
      const { search } = compileRegex(literal.source);
      return { onString: search, onSource: search, onNumber: () => undefined };
    }
    case 'number': {
      const { text, value: number } = literal;
      return {
        onString: (value) => value === text,
        // Equal doubles may stand for different numbers; different doubles never stand for equal ones.
        onNumber: (value) => (value === number ? undefined : false),
        onSource: (source) => compareNumbers(source, text) === 0,
      };
    }
  }
}

function opposite(test: ValueTest): ValueTest {
  return {
    onString: (value) => !test.onString(value),
    onNumber(value) {
      const verdict = test.onNumber(value);
      return verdict === undefined ? undefined : !verdict;
    },
    onSource: (source) => !test.onSource(source),
  };
}

type OrderOperator = Exclude<Operator, '=' | '!='>;

const HOLDS: Readonly<Record<OrderOperator, (comparison: number) => boolean>> = {
  '>': (comparison) => comparison > 0,
  '>=': (comparison) => comparison >= 0,
  '<': (comparison) => comparison < 0,
  '<=': (comparison) => comparison <= 0,
};

function order(operator: OrderOperator, { text, value: number }: NumberLiteral): ValueTest {
  const holds = HOLDS[operator];
  return {
    onString: () => false,
    onNumber: (value) => (value === number ? undefined : holds(value - number)),
    onSource: (source) => holds(compareNumbers(source, text)),
  };
}

/** How a space-delimited pattern compares a field, which is text that may write a number. */
export function fieldTest(operator: Operator, literal: Literal): (field: string) => boolean {
  const test = valueTest(operator, literal);
  if (literal.kind !== 'number') return (field) => test.onString(field);
  return (field) => (isNumberText(field) ? test.onSource(field) : test.onString(field));
}
