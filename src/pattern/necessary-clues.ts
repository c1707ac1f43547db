import { foldCombination } from './combination.ts';
import { isNumberText } from './decimal.ts';
import type { JsonCondition, Literal, Pattern } from './syntax-tree.ts';

/** Shorter texts are found nearly everywhere. */
const SHORTEST = 3;
const MOST_CLUES = 256;
const MOST_TEXTS = 16;
const MOST_NEEDS = 16;

/** Something that can be seen in a message without reading it as JSON. */
export type Clue =
  /** A member of this name, at any depth, whose value is just this string. */
  | { readonly kind: 'value'; readonly name: string; readonly value: string }
  /** A member of this name with a string that fits the glob, or with a number. */
  | { readonly kind: 'glob'; readonly name: string; readonly parts: readonly string[] }
  /** A member of this name at all. */
  | { readonly kind: 'name'; readonly name: string }
  /** This text, raw. */
  | { readonly kind: 'text'; readonly text: string };

/** A matching message shows at least one of these. */
export type Need = readonly Clue[];

/**
 * What a message must show to match the pattern, each need on its own; empty when nothing can be said.
 * Does not apply to a message with a `\u` escape, which can hide any text.
 */
export function necessaryNeeds(pattern: Pattern): readonly Need[] {
  if (pattern.kind !== 'json') return [];
  return foldCombination<JsonCondition, readonly Need[]>(pattern.root, {
    condition: needsOfCondition,
    and: (sides) => sides.flat().slice(0, MOST_NEEDS),
    or: needsOfEither,
  });
}

function needsOfCondition(condition: JsonCondition): Need[] {
  if (condition.kind === 'not-exists') return [];
  const { steps } = condition.selector;
  const last = steps.at(-1);
  const named = steps.findLast((step) => step.kind === 'name' && isPlain(step.name));
  const name = named?.kind === 'name' ? named.name : undefined;
  const presence: Need[] = name === undefined ? [] : [[{ kind: 'name', name }]];
  if (condition.kind !== 'compare' || condition.operator !== '=') return presence;
  const { literal } = condition;
  const text = longestRun(literal);
  const texts: Need[] = text === undefined ? [] : [[{ kind: 'text', text }]];
  const member = last === named && name !== undefined ? memberClue(name, literal) : undefined;
  return [...(member ? [[member]] : []), ...texts, ...presence];
}

function memberClue(name: string, literal: Literal): Clue | undefined {
  if (literal.kind === 'glob') return { kind: 'glob', name, parts: literal.parts };
  // A text that writes a number may be found in a number too.
  return literal.kind === 'text' && !isNumberText(literal.text)
    ? { kind: 'value', name, value: literal.text }
    : undefined;
}

/** Can JSON write it only as it is, or with a `\u` escape? */
const isPlain = (text: string): boolean => !/["\\/\u0000-\u001f]/.test(text);

function longestRun(literal: Literal): string | undefined {
  const texts = literal.kind === 'text' ? [literal.text] : literal.kind === 'glob' ? literal.parts : [];
  const runs = texts.flatMap((text) => text.split(/["\\/\u0000-\u001f]/));
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  return longest.length >= SHORTEST ? longest : undefined;
}

/** The one member that a need is about; an empty string for texts, undefined for a mixture. */
export function subjectOf(need: Need): string | undefined {
  const subjects = new Set(need.map((clue) => (clue.kind === 'text' ? '' : clue.name)));
  const [subject] = subjects;
  return subjects.size === 1 ? subject : undefined;
}

/** One need of each side makes a need of them all; needs about the same member go together best. */
function needsOfEither(sides: readonly (readonly Need[])[]): Need[] {
  const [first = []] = sides;
  if (sides.some((needs) => needs.length === 0)) return [];
  const joined = first.flatMap((need): Need[] => {
    const subject = subjectOf(need);
    const alike = sides.map(
      (needs) =>
        needs.find((other) => other[0]?.kind === need[0]?.kind && subjectOf(other) === subject) ??
        needs.find((other) => subjectOf(other) === subject),
    );
    return subject !== undefined && alike.every((each) => each !== undefined) ? [alike.flat()] : [];
  });
  const mixture = sides.flatMap(([best = []]) => best);
  return [...joined, mixture].filter(isBounded).slice(0, MOST_NEEDS);
}

const isBounded = (need: Need): boolean =>
  need.length <= MOST_CLUES && need.filter(({ kind }) => kind === 'text').length <= MOST_TEXTS;
