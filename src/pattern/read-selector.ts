import type { Cursor } from './cursor.ts';
import { isSpace } from './cursor.ts';
import type { Selector, Step } from './syntax-tree.ts';

/** Characters of a name that needs no brackets; fields of space-delimited patterns use them too. */
export const isNameCharacter = (char: string): boolean => /^[A-Za-z0-9_-]$/.test(char);
const isDigit = (char: string): boolean => char >= '0' && char <= '9';
const isQuote = (char: string): boolean => char === '"' || char === "'";
/** What may follow a selector, besides white space. */
const FOLLOWERS = new Set('=!<>)&|');

/** Reads `$.a.b[0]['c d'].*`, beginning at the dollar sign. */
export function readSelector(cursor: Cursor): Selector {
  const start = cursor.at;
  if (!cursor.take('$')) throw cursor.fault('expected a selector', start, 'A selector begins with "$.".');
  const steps: Step[] = [];
  while (cursor.peek() === '.' || cursor.peek() === '[') {
    const at = cursor.at;
    const step = readStep(cursor);
    if (step.kind === 'every' && steps.some(({ kind }) => kind === 'every'))
      throw cursor.fault('a selector may hold one wildcard only', at);
    steps.push(Object.freeze(step));
  }
  const next = cursor.peek();
  if (next !== '' && !isSpace(next) && !FOLLOWERS.has(next)) throw cursor.characterFault(bracketHint(cursor));
  if (steps.length === 0) throw cursor.fault('the selector names nothing', cursor.at, 'Write a name after "$.".');
  const end = cursor.at;
  return Object.freeze({ text: cursor.text.slice(start, end), steps: Object.freeze(steps), start, end });
}

function readStep(cursor: Cursor): Step {
  if (cursor.take('.*')) return { kind: 'every' };
  if (cursor.take('[*]')) return { kind: 'every' };
  const dotted = cursor.take('.');
  if (cursor.take('[')) {
    if (isQuote(cursor.peek())) return readQuotedName(cursor);
    if (!dotted && isDigit(cursor.peek())) return readIndex(cursor);
    throw cursor.fault('expected a quoted name, an index or *', cursor.at, "Write ['name'], [0] or [*].");
  }
  const name = cursor.run(isNameCharacter);
  if (name !== '') return { kind: 'name', name };
  if (cursor.done || isSpace(cursor.peek())) throw cursor.fault('a name is missing after the period');
  throw cursor.characterFault(bracketHint(cursor));
}

function readIndex(cursor: Cursor): Step {
  const index = Number(cursor.run(isDigit));
  if (!cursor.take(']')) throw cursor.fault('the bracket is not closed', cursor.at, 'Close it with ].');
  return { kind: 'index', index };
}

function readQuotedName(cursor: Cursor): Step {
  const start = cursor.at;
  const quote = cursor.peek();
  cursor.at += 1;
  const name = cursor.through(quote);
  if (name === undefined) throw cursor.fault('the quotation is not closed', start, `Close it with ${quote}.`);
  if (!cursor.take(']')) throw cursor.fault('the bracket is not closed', cursor.at, 'Close it with ].');
  return { kind: 'name', name };
}

function bracketHint(cursor: Cursor): string {
  const [name] = /^[^"'\]\s=<>!&|()]+/.exec(cursor.text.slice(cursor.at + 1, cursor.end)) ?? ['name'];
  const shown = isQuote(cursor.peek()) ? name : 'name';
  return `Write a name with other characters in brackets: $.['${shown}'].`;
}
