import type { Cursor } from './cursor.ts';
import { isSpace } from './cursor.ts';
import { readCombination, unexpected } from './read-combination.ts';
import { readLiteral } from './read-literal.ts';
import { readOperator, requireNumberForOrder } from './read-operator.ts';
import { isNameCharacter } from './read-selector.ts';
import type { Entry, FieldCondition } from './syntax-tree.ts';

const NOT_BARE = new Set(',]&|()"%<>=!');
const isBare = (char: string): boolean => !isSpace(char) && !NOT_BARE.has(char);

/** Reads the entries between the brackets of a space-delimited pattern. */
export function readDelimitedPattern(cursor: Cursor): readonly Entry[] {
  const entries: Entry[] = [];
  cursor.skipSpace();
  if (cursor.done) return Object.freeze(entries);
  do {
    const entry = readEntry(cursor);
    if (entry.kind === 'ellipsis' && entries.some(({ kind }) => kind === 'ellipsis'))
      throw cursor.fault('a pattern may hold one ellipsis only', entry.start);
    entries.push(entry);
  } while (cursor.take(','));
  if (!cursor.done) throw unexpectedEntry(cursor);
  return Object.freeze(entries);
}

function readEntry(cursor: Cursor): Entry {
  cursor.skipSpace();
  const start = cursor.at;
  if (cursor.take('...')) {
    const end = cursor.at;
    cursor.skipSpace();
    return Object.freeze({ kind: 'ellipsis', start, end });
  }
  if (cursor.done || cursor.peek() === ',')
    return Object.freeze({ kind: 'field', name: undefined, condition: undefined, start, end: start });
  const names = new Set<string>();
  const root = readCombination(cursor, () => readCondition(cursor, names));
  const [name] = names;
  const condition = root.kind === 'field-mention' ? undefined : root;
  return Object.freeze({ kind: 'field', name, condition, start, end: root.end });
}

function readCondition(cursor: Cursor, names: Set<string>): FieldCondition {
  const start = cursor.at;
  const name = cursor.run(isNameCharacter);
  if (name === '') throw cursor.fault('expected the name of a field');
  names.add(name);
  if (names.size > 1)
    throw cursor.fault(`${name} is not the field of this entry`, start, 'Conditions of one entry name one field.');
  const end = cursor.at;
  cursor.skipSpace();
  const operator = readOperator(cursor);
  if (!operator) return Object.freeze({ kind: 'field-mention', start, end });
  cursor.skipSpace();
  const literal = readLiteral(cursor, isBare);
  requireNumberForOrder(cursor, operator, literal);
  return Object.freeze({ kind: 'field-compare', operator, literal, start, end: cursor.at });
}

function unexpectedEntry(cursor: Cursor): Error {
  if (!isNameCharacter(cursor.peek())) return unexpected(cursor);
  return cursor.fault('entries are separated by commas', cursor.at, 'Write a comma between two fields.');
}
