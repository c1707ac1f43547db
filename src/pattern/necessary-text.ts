import { foldCombination } from './combination.ts';
import type { JsonCondition, Pattern, Step } from './syntax-tree.ts';

/** Shorter texts are found nearly everywhere. */
const SHORTEST = 3;
const MOST_ALTERNATIVES = 16;

/** Of these texts a matching message must hold at least one. */
interface Need {
  readonly anyOf: readonly string[];
  /** Names of members occur in nearly every event of a log group, values do not. */
  readonly isNameOnly: boolean;
}

/**
 * Texts of which a message must hold at least one, raw, to match the pattern; undefined when nothing
 * can be said. Does not apply to a message with a `\u` escape, which can hide any text.
 */
export function necessaryTexts(pattern: Pattern): readonly string[] | undefined {
  if (pattern.kind !== 'json') return undefined;
  return foldCombination<JsonCondition, Need | undefined>(pattern.root, {
    condition: needOfCondition,
    and: (needs) => needs.reduce(better),
    or: eitherOf,
  })?.anyOf;
}

function needOfCondition(condition: JsonCondition): Need | undefined {
  if (condition.kind === 'not-exists') return undefined;
  const name = longestRun(condition.selector.steps.map(nameOf));
  const value = condition.kind === 'compare' && condition.operator === '=' ? valueRun(condition.literal) : undefined;
  if (value !== undefined) return { anyOf: [value], isNameOnly: false };
  return name === undefined ? undefined : { anyOf: [name], isNameOnly: true };
}

const nameOf = (step: Step): string => (step.kind === 'name' ? step.name : '');

function valueRun(literal: Extract<JsonCondition, { kind: 'compare' }>['literal']): string | undefined {
  if (literal.kind === 'text') return longestRun([literal.text]);
  return literal.kind === 'glob' ? longestRun(literal.parts) : undefined;
}

/** The longest run of characters that JSON can write only as they are or as a `\u` escape. */
function longestRun(texts: readonly string[]): string | undefined {
  const runs = texts.flatMap((text) => text.split(/["\\/\u0000-\u001f]/));
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  return longest.length >= SHORTEST ? longest : undefined;
}

/** Either need alone is necessary for both; takes the one that fewer messages meet. */
function better(left: Need | undefined, right: Need | undefined): Need | undefined {
  if (!left || !right) return left ?? right;
  if (left.isNameOnly !== right.isNameOnly) return left.isNameOnly ? right : left;
  return right.anyOf.length < left.anyOf.length ? right : left;
}

function eitherOf(needs: readonly (Need | undefined)[]): Need | undefined {
  const anyOf = new Set<string>();
  let isNameOnly = false;
  for (const need of needs) {
    if (!need) return undefined;
    for (const text of need.anyOf) anyOf.add(text);
    isNameOnly ||= need.isNameOnly;
  }
  return anyOf.size > MOST_ALTERNATIVES ? undefined : { anyOf: [...anyOf], isNameOnly };
}
