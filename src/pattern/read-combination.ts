import type { Cursor } from './cursor.ts';
import type { Combination, Located } from './syntax-tree.ts';

/** What has been read, and where it stands with the parentheses around it. */
interface Placed<Condition> extends Located {
  readonly node: Combination<Condition>;
}

/** What has been read so far between one pair of parentheses. */
interface Group<Condition> {
  readonly open: number;
  readonly alternatives: Placed<Condition>[];
  conjuncts: Placed<Condition>[];
}

/**
 * Reads conditions joined by `&&`, `||` and parentheses, and stops at the first token that joins
 * nothing. Open parentheses are kept in a list, not on the native stack, however deep they go.
 */
export function readCombination<Condition extends Located>(
  cursor: Cursor,
  readCondition: (cursor: Cursor) => Condition,
): Combination<Condition> {
  const outer: Group<Condition>[] = [];
  let group: Group<Condition> = { open: cursor.at, alternatives: [], conjuncts: [] };
  for (;;) {
    cursor.skipSpace();
    while (cursor.take('(')) {
      outer.push(group);
      group = { open: cursor.at - 1, alternatives: [], conjuncts: [] };
      cursor.skipSpace();
    }
    const condition = readCondition(cursor);
    group.conjuncts.push({ node: condition, start: condition.start, end: condition.end });
    cursor.skipSpace();
    while (outer.length > 0 && cursor.take(')')) {
      const inner = { node: closed(group), start: group.open, end: cursor.at };
      group = outer.pop()!;
      group.conjuncts.push(inner);
      cursor.skipSpace();
    }
    if (cursor.take('&&')) continue;
    if (cursor.take('||')) {
      group.alternatives.push(joined('and', group.conjuncts));
      group.conjuncts = [];
      continue;
    }
    if (outer.length === 0) return closed(group);
    if (cursor.done) throw cursor.fault('the parenthesis is not closed', group.open, 'Close it with ).');
    throw unexpected(cursor);
  }
}

const closed = <Condition>(group: Group<Condition>): Combination<Condition> =>
  joined('or', [...group.alternatives, joined('and', group.conjuncts)]).node;

function joined<Condition>(kind: 'and' | 'or', placed: readonly Placed<Condition>[]): Placed<Condition> {
  const [first] = placed;
  const last = placed.at(-1);
  if (!first || !last) throw new RangeError('a group holds at least one condition');
  if (first === last) return first;
  const place = { start: first.start, end: last.end };
  const operands = Object.freeze(placed.map(({ node }) => node));
  return { node: Object.freeze({ kind, operands, ...place }), ...place };
}

/** The token at the position joins nothing: says what was probably meant. */
export function unexpected(cursor: Cursor): Error {
  const reason = 'expected && or || or the end';
  const char = cursor.peek();
  const word = /^[A-Za-z]+/.exec(cursor.text.slice(cursor.at, cursor.end))?.[0].toUpperCase();
  if (word === 'AND' || char === '&' || char === ',') return cursor.fault(reason, cursor.at, 'Write && for "and".');
  if (word === 'OR' || char === '|') return cursor.fault(reason, cursor.at, 'Write || for "or".');
  if (char === ')') return cursor.fault('no parenthesis is open here');
  return cursor.fault(reason, cursor.at, 'A value with blanks or symbols needs double quotes.');
}
