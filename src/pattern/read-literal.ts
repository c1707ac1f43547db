import type { Cursor } from './cursor.ts';
import { isNumberText } from './decimal.ts';
import { compileRegex, RegexFault } from './regular-expression.ts';
import type { Literal, RegexLiteral, TextLiteral } from './syntax-tree.ts';

/** Reads the value of a comparison: a phrase, a regular expression or a run of bare characters. */
export function readLiteral(cursor: Cursor, isBare: (char: string) => boolean): Literal {
  if (cursor.peek() === '"') return withStars(readPhrase(cursor));
  if (cursor.peek() === '%') return readRegex(cursor);
  const start = cursor.at;
  const text = cursor.run(isBare);
  if (text === '') throw missingValue(cursor);
  const place = { start, end: cursor.at };
  if (isNumberText(text)) return Object.freeze({ kind: 'number', text, value: Number(text), ...place });
  return withStars(Object.freeze({ kind: 'text', text, quoted: false, ...place }));
}

function withStars(literal: TextLiteral): Literal {
  if (!literal.text.includes('*')) return literal;
  return Object.freeze({ ...literal, kind: 'glob', parts: Object.freeze(literal.text.split('*')) });
}

/** Reads `"…"`, in which `\"` stands for a quote and `\\` for a backslash. */
export function readPhrase(cursor: Cursor): TextLiteral {
  const start = cursor.at;
  cursor.at += 1;
  let text = '';
  while (!cursor.done) {
    const char = cursor.peek();
    if (char === '"') {
      cursor.at += 1;
      return Object.freeze({ kind: 'text', text, quoted: true, start, end: cursor.at });
    }
    const escaped = char === '\\' && (cursor.peek(1) === '"' || cursor.peek(1) === '\\');
    text += escaped ? cursor.peek(1) : char;
    cursor.at += escaped ? 2 : 1;
  }
  throw cursor.fault('the quotation is not closed', start, 'Close it with ".');
}

/** Reads `%…%`. */
export function readRegex(cursor: Cursor): RegexLiteral {
  const start = cursor.at;
  cursor.at += 1;
  const source = cursor.through('%');
  if (source === undefined) throw cursor.fault('the regular expression is not closed', start, 'Close it with %.');
  try {
    compileRegex(source);
  } catch (error) {
    if (!(error instanceof RegexFault)) throw error;
    throw cursor.fault(error.message, start + 1 + error.at);
  }
  return Object.freeze({ kind: 'regex', source, start, end: cursor.at });
}

function missingValue(cursor: Cursor): Error {
  const reason = 'a value is missing here';
  const char = cursor.peek();
  if (char === '=') return cursor.fault(reason, cursor.at, 'Equality is written with a single =.');
  if (char === "'" || char === '“' || char === '”') return cursor.fault(reason, cursor.at, 'Quote the value with ".');
  if (char === '$') return cursor.fault(reason, cursor.at, 'A selector can be compared with a fixed value only.');
  return cursor.fault(reason);
}
