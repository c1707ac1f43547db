import type { Cursor } from './cursor.ts';
import { isSpace } from './cursor.ts';
import { readPhrase, readRegex } from './read-literal.ts';
import type { Term } from './syntax-tree.ts';

const WORD_CHARACTER = /^[\p{L}\p{M}\p{N}_.]$/u;

/** Reads terms, phrases and regular expressions separated by white space. */
export function readTextPattern(cursor: Cursor): readonly Term[] {
  const terms: Term[] = [];
  for (cursor.skipSpace(); !cursor.done; cursor.skipSpace()) terms.push(readTerm(cursor));
  return Object.freeze(terms);
}

function readTerm(cursor: Cursor): Term {
  const start = cursor.at;
  const role = cursor.take('-') ? 'exclude' : cursor.take('?') ? 'optional' : 'include';
  if (role !== 'include' && (cursor.done || isSpace(cursor.peek())))
    throw cursor.fault('a term is missing after the sign', start, 'Quote the sign to search for it.');
  const literal = readSearched(cursor);
  if (!cursor.done && !isSpace(cursor.peek())) throw cursor.fault('terms are separated by blanks');
  return Object.freeze({ kind: 'term', role, literal, start, end: cursor.at });
}

function readSearched(cursor: Cursor): Term['literal'] {
  if (cursor.peek() === '"') return readPhrase(cursor);
  if (cursor.peek() === '%') return readRegex(cursor);
  const start = cursor.at;
  while (!cursor.done && !isSpace(cursor.peek())) {
    const char = String.fromCodePoint(cursor.text.codePointAt(cursor.at) ?? 0);
    if (!WORD_CHARACTER.test(char) && !isInnerHyphen(cursor, start)) throw cursor.characterFault(hint(cursor, start));
    cursor.at += char.length;
  }
  return Object.freeze({
    kind: 'text',
    text: cursor.text.slice(start, cursor.at),
    quoted: false,
    start,
    end: cursor.at,
  });
}

function isInnerHyphen(cursor: Cursor, start: number): boolean {
  const next = cursor.peek(1);
  return cursor.peek() === '-' && cursor.at > start && next !== '' && !isSpace(next);
}

function hint(cursor: Cursor, start: number): string | undefined {
  const bracket = /^\s+[{[]/.exec(cursor.text)?.[0];
  if (bracket?.length === cursor.at + 1) return `Remove the blanks before ${bracket.trim()}.`;
  const word = /^\S+/.exec(cursor.text.slice(start))?.[0] ?? '';
  return word.includes('"') ? undefined : `Put the term in double quotes: "${word}".`;
}
