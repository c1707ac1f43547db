import type { Cursor } from './cursor.ts';
import { readCombination, unexpected } from './read-combination.ts';
import { readLiteral } from './read-literal.ts';
import { readOperator, requireNumberForOrder } from './read-operator.ts';
import { readSelector } from './read-selector.ts';
import type { Combination, JsonCondition, Selector } from './syntax-tree.ts';

const isLetter = (char: string): boolean => /^[A-Za-z]$/.test(char);
const isBare = (char: string): boolean => /^[A-Za-z0-9_.*+-]$/.test(char);

/** Reads what stands between the braces of a JSON pattern. */
export function readJsonPattern(cursor: Cursor): Combination<JsonCondition> {
  const root = readCombination(cursor, readCondition);
  if (!cursor.done) throw unexpected(cursor);
  return root;
}

function readCondition(cursor: Cursor): JsonCondition {
  if (cursor.peek() !== '$') throw missingSelector(cursor);
  const selector = readSelector(cursor);
  const { start } = selector;
  cursor.skipSpace();
  const at = cursor.at;
  const operator = readOperator(cursor);
  if (operator) {
    cursor.skipSpace();
    const literal = readLiteral(cursor, isBare);
    requireNumberForOrder(cursor, operator, literal);
    return Object.freeze({ kind: 'compare', selector, operator, literal, start, end: cursor.at });
  }
  const keyword = readKeyword(cursor);
  if (keyword === 'IS') {
    const value = readConstant(cursor);
    return Object.freeze({ kind: 'is', selector, value, start, end: cursor.at });
  }
  if (keyword === 'NOT' && readKeyword(cursor) === 'EXISTS')
    return Object.freeze({ kind: 'not-exists', selector, start, end: cursor.at });
  throw missingTest(cursor, selector, keyword, at);
}

function readKeyword(cursor: Cursor): string {
  cursor.skipSpace();
  return cursor.run(isLetter).toUpperCase();
}

function readConstant(cursor: Cursor): null | boolean {
  cursor.skipSpace();
  const at = cursor.at;
  switch (readKeyword(cursor)) {
    case 'NULL':
      return null;
    case 'TRUE':
      return true;
    case 'FALSE':
      return false;
    default:
      throw cursor.fault('IS is followed by NULL, TRUE or FALSE', at);
  }
}

function missingSelector(cursor: Cursor): Error {
  const reason = 'expected a selector';
  if (cursor.done) return cursor.fault('a condition is missing here');
  if (cursor.peek() === '!') return cursor.fault(reason, cursor.at, 'There is no negation; use != or NOT EXISTS.');
  const name = /^[A-Za-z0-9_.-]+/.exec(cursor.text.slice(cursor.at, cursor.end))?.[0];
  return cursor.fault(reason, cursor.at, name ? `Write $.${name}.` : undefined);
}

function missingTest(cursor: Cursor, selector: Selector, keyword: string, at: number): Error {
  const reason = `expected a comparison after ${selector.text}`;
  if (keyword !== 'EXISTS') return cursor.fault(reason, at);
  const glued = /^(.*[A-Za-z0-9_-])NOT$/.exec(selector.text)?.[1];
  if (glued) return cursor.fault(reason, at, `Write ${glued} NOT EXISTS, with a blank before NOT.`);
  return cursor.fault(reason, at, `Write ${selector.text} = * for a string or number that is present.`);
}
