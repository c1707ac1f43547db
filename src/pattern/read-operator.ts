import type { Cursor } from './cursor.ts';
import type { Literal, Operator } from './syntax-tree.ts';

/** Longer operators first, so that none is cut short. */
const OPERATORS: readonly Operator[] = ['!=', '>=', '<=', '=', '>', '<'];

/** Passes over a comparison operator when one comes next. */
export function readOperator(cursor: Cursor): Operator | undefined {
  return OPERATORS.find((operator) => cursor.take(operator));
}

/** `>`, `>=`, `<` and `<=` compare numbers and nothing else. */
export function requireNumberForOrder(cursor: Cursor, operator: Operator, literal: Literal): void {
  if (operator === '=' || operator === '!=' || literal.kind === 'number') return;
  throw cursor.fault(`${operator} needs a number without quotes`, literal.start);
}
