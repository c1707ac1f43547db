import { foldCombination } from '../../pattern/combination.ts';
import { isNumberText } from '../../pattern/decimal.ts';
import type { JsonCondition, Literal, Pattern, Step } from '../../pattern/syntax-tree.ts';

/** Something that the record of a match must show at one path of names. */
export type Clue =
  /** Just this string. */
  | { readonly kind: 'value'; readonly path: Path; readonly value: string }
  /** A string that begins and ends so, or a number. */
  | { readonly kind: 'glob'; readonly path: Path; readonly prefix: string; readonly suffix: string }
  /** Anything. */
  | { readonly kind: 'present'; readonly path: Path };

export type Path = readonly string[];

/**
 * Clues of which a record that matches the pattern shows at least one; undefined when any record may match.
 * The fewer records show them, the less is left to judge.
 */
export function necessaryClues(pattern: Pattern): readonly Clue[] | undefined {
  if (pattern.kind !== 'json') return undefined;
  return foldCombination<JsonCondition, readonly Clue[] | undefined>(pattern.root, {
    condition: cluesOfCondition,
    and: (sides) =>
      sides.reduce((best, side) => (side && (!best || commonness(side) < commonness(best)) ? side : best), undefined),
    or: (sides) => {
      const known = sides.filter((side) => side !== undefined);
      return known.length === sides.length ? known.flat() : undefined;
    },
  });
}

function cluesOfCondition(condition: JsonCondition): readonly Clue[] | undefined {
  if (condition.kind === 'not-exists') return undefined;
  const { steps } = condition.selector;
  const path = leadingNames(steps);
  if (path.length === 0) return undefined;
  if (condition.kind === 'compare' && condition.operator === '=' && path.length === steps.length) {
    const clue = clueOfLiteral(path, condition.literal);
    if (clue) return [clue];
  }
  return [{ kind: 'present', path }];
}

function clueOfLiteral(path: Path, literal: Literal): Clue | undefined {
  if (literal.kind === 'text' && isTold(literal.text) && !isNumberText(literal.text))
    return { kind: 'value', path, value: literal.text };
  if (literal.kind !== 'glob' || !literal.parts.every(isTold)) return undefined;
  return { kind: 'glob', path, prefix: literal.parts[0] ?? '', suffix: literal.parts.at(-1) ?? '' };
}

/** Has the text only one form in UTF-8? What is broken there reads as U+FFFD. */
const isTold = (text: string): boolean => !/[\ufffd\ud800-\udfff]/.test(text);

/** The names before an index or a wildcard: what holds the selected value must be there too. */
export function leadingNames(steps: readonly Step[]): Path {
  const names: string[] = [];
  for (const step of steps) {
    if (step.kind !== 'name' || !isPlainName(step.name)) break;
    names.push(step.name);
  }
  return names;
}

/**
 * Can the name be recognised in the raw text? One with a letter that JSON may write in another way than
 * `\u00…`, or of one letter, is left to those who read the record.
 */
const isPlainName = (name: string): boolean => /^[\x20-\x7e]{2,48}$/.test(name) && !/["\\/]/.test(name);

/** Names of events tell most: an account knows hundreds of them, but few services and kinds of users. */
function commonness(clues: readonly Clue[]): number {
  let sum = 0;
  for (const { kind, path } of clues) {
    if (kind === 'present') sum += 1000;
    else if (kind === 'glob') sum += 60;
    else sum += path[0] === 'eventName' ? 1 : 40;
  }
  return sum;
}
