import { type Combination, type JsonCondition, type Literal, parsePattern } from '../../src/pattern/index.ts';
import type { Dice } from './dice.ts';

type Tree = Combination<JsonCondition>;
type Joined = Extract<Tree, { kind: 'and' | 'or' }>;

export const treeOf = (pattern: string): Tree => {
  const parsed = parsePattern(pattern);
  if (parsed.kind !== 'json') throw new Error(`not a JSON pattern: ${pattern}`);
  return parsed.root;
};

export const isJoined = (tree: Tree): tree is Joined => tree.kind === 'and' || tree.kind === 'or';

/** Writes a tree as a pattern, plainly. */
export const patternOf = (tree: Tree): string => `{ ${written(tree, plainly)} }`;

interface Manner {
  readonly literal: (literal: Literal) => string;
  readonly blank: () => string;
  readonly order: <Item>(items: readonly Item[]) => readonly Item[];
  readonly around: (text: string) => string;
}

const plainly: Manner = {
  literal: (literal) => (literal.kind === 'regex' ? `%${literal.source}%` : textOf(literal, true)),
  blank: () => ' ',
  order: (items) => items,
  around: (text) => text,
};

/** The same meaning in other words: order, quotes, blanks, brackets, repetition. */
export function rewritten(pattern: string, dice: Dice): string {
  const manner: Manner = {
    literal: (literal) => (literal.kind === 'regex' ? `%${literal.source}%` : textOf(literal, dice.chance(0.5))),
    blank: () => dice.one(['', ' ', '  ', '\n']),
    order: (items) => dice.shuffled(items),
    around: (text) => (dice.chance(0.15) ? `(${text})` : text),
  };
  const body = written(treeOf(pattern), manner);
  return `{${manner.blank()}${body}${manner.blank()}}`;
}

/** Repeats one condition, which changes nothing: x && x, x || x. */
export function repeated(pattern: string, dice: Dice): string {
  const tree = treeOf(pattern);
  const text = written(tree, plainly);
  return `{ (${text}) ${dice.one(['&&', '||'])} (${text}) }`;
}

/** Spreads what is joined by OR over two patterns; undefined where nothing is. */
export function divided(pattern: string, dice: Dice): readonly [string, string] | undefined {
  const tree = treeOf(pattern);
  if (tree.kind === 'or') {
    const parts = dice.shuffled(tree.operands);
    const cut = 1 + dice.below(parts.length - 1);
    return [joined('or', parts.slice(0, cut)), joined('or', parts.slice(cut))];
  }
  if (tree.kind !== 'and') return undefined;
  const at = tree.operands.findIndex(({ kind }) => kind === 'or');
  const list = tree.operands[at];
  if (!list || !isJoined(list)) {
    // Only a field that must be there anyhow can be told apart without a gap.
    const text = written(tree, plainly);
    if (!text.includes('$.eventType !=')) return undefined;
    return [`{ ${text} && ($.eventType = "AwsApiCall") }`, `{ ${text} && ($.eventType != "AwsApiCall") }`];
  }
  const cut = 1 + dice.below(list.operands.length - 1);
  const rest = tree.operands.filter((_, i) => i !== at);
  const half = (parts: readonly Tree[]): string =>
    `{ ${rest.map((part) => bracketed(part)).join(' && ')} && (${parts.map((part) => bracketed(part)).join(' || ')}) }`;
  return [half(list.operands.slice(0, cut)), half(list.operands.slice(cut))];
}

const joined = (kind: 'and' | 'or', parts: readonly Tree[]): string =>
  `{ ${parts.map((part) => bracketed(part)).join(kind === 'or' ? ' || ' : ' && ')} }`;

const bracketed = (tree: Tree): string => `(${written(tree, plainly)})`;

function written(tree: Tree, manner: Manner): string {
  if (isJoined(tree)) {
    const sign = tree.kind === 'and' ? '&&' : '||';
    const parts = manner
      .order(tree.operands)
      .map((part) => (isJoined(part) ? `(${written(part, manner)})` : written(part, manner)));
    return manner.around(parts.join(`${manner.blank()}${sign}${manner.blank()}`));
  }
  const { selector } = tree;
  switch (tree.kind) {
    case 'compare':
      return `(${selector.text}${manner.blank()}${tree.operator}${manner.blank()}${manner.literal(tree.literal)})`;
    case 'is':
      return `(${selector.text} IS ${String(tree.value).toUpperCase()})`;
    case 'not-exists':
      return `(${selector.text} NOT EXISTS)`;
  }
}

/** Quotes may go where the text is a plain word. */
function textOf(literal: Exclude<Literal, { kind: 'regex' }>, wantsQuotes: boolean): string {
  if (literal.kind === 'number') return literal.text;
  const mayGo = /^[A-Za-z][A-Za-z0-9.*]*$/.test(literal.text);
  return wantsQuotes || !mayGo ? `"${literal.text}"` : literal.text;
}
