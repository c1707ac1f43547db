import { compareNumbers } from '../decimal.ts';
import { valueTest } from '../literal-test.ts';
import type { Literal, Operator } from '../syntax-tree.ts';
import { globLanguage, type Language } from './language.ts';
import { regexLanguage } from './regex-language.ts';
import type { Saying } from './saying.ts';
import type { TextQuestions, TextSample } from './text-samples.ts';
import type { World } from './world.ts';

/** One value that a selector can find, standing for all that no condition tells from it. */
export type Leaf =
  | { readonly kind: 'missing' | 'object' | 'array' }
  | { readonly kind: 'constant'; readonly value: null | boolean }
  | ({ readonly kind: 'string' | 'number' } & TextSample);

/** A condition on one value, and all that it looks at in texts and numbers. */
export interface Probe extends TextQuestions {
  holds(leaf: Leaf, world: World): boolean;
  /** Is it a text that the condition names, whether to ask for it or to except it? */
  names?(text: string): boolean;
  /** The same question in words of a filter pattern, where it has them. */
  readonly says?: Saying | undefined;
}

const NOTHING: TextQuestions = { constants: [], languages: [], numbers: [] };

/** A probe that looks at the kind of a value only. */
export const kindProbe = (holds: (leaf: Leaf) => boolean, says?: Saying): Probe => ({ ...NOTHING, holds, says });

export const presentProbe = kindProbe(({ kind }) => kind !== 'missing');

export const constantProbe = (value: null | boolean): Probe =>
  kindProbe((leaf) => leaf.kind === 'constant' && leaf.value === value, { kind: 'constant', value });

/** `= a` or `= b` or …, as a filter pattern compares. */
export function equalProbe(literals: readonly Literal[]): Probe {
  const tests = literals.map((literal) => ({ literal, test: valueTest('=', literal) }));
  return {
    constants: literals.flatMap((literal) => ('text' in literal && literal.kind !== 'glob' ? [literal.text] : [])),
    languages: literals.flatMap(languageOf),
    numbers: literals.flatMap((literal) => (literal.kind === 'number' ? [literal.text] : [])),
    names: (text) => tests.some(({ literal, test }) => !isStar(literal) && test.onString(text)),
    holds: (leaf, world) => tests.some(({ literal, test }) => isEqual(leaf, literal, test.onString, world)),
  };
}

const isStar = (literal: Literal): boolean => literal.kind === 'glob' && literal.parts.every((part) => part === '');

function languageOf(literal: Literal): Language[] {
  if (literal.kind === 'glob') return [globLanguage(literal.parts)];
  return literal.kind === 'regex' ? [regexLanguage(literal.source)] : [];
}

function isEqual(leaf: Leaf, literal: Literal, hasText: (text: string) => boolean, world: World): boolean {
  switch (leaf.kind) {
    case 'constant': {
      const { equal } = world.constants;
      if (equal === 'never') return false;
      return isStar(literal) || (equal === 'text' && hasText(String(leaf.value)));
    }
    case 'number':
      return literal.kind === 'number' ? hasValue(leaf, literal.text) : hasText(leaf.text);
    case 'string': {
      if (literal.kind !== 'number') return hasText(leaf.text);
      const { equal } = world.numericStrings;
      if (equal === 'value') return hasValue(leaf, literal.text);
      return equal === 'text' && hasText(leaf.text);
    }
    default:
      return false;
  }
}

const hasValue = (leaf: TextSample, number: string): boolean =>
  leaf.value !== undefined && compareNumbers(leaf.value, number) === 0;

/** `!= a` and `!= b` and …: holds for a value that is there and equals none of them. */
export function unequalProbe(literals: readonly Literal[]): Probe {
  const equal = equalProbe(literals);
  return {
    ...equal,
    holds(leaf, world) {
      if (leaf.kind === 'constant' && !world.constants.hasUnequal) return false;
      const isComparable = leaf.kind === 'string' || leaf.kind === 'number' || leaf.kind === 'constant';
      return isComparable && !equal.holds(leaf, world);
    },
  };
}

const ORDERS: Readonly<Record<Exclude<Operator, '=' | '!='>, (order: number) => boolean>> = {
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
};

export function orderProbe(operator: keyof typeof ORDERS, number: string): Probe {
  const holds = ORDERS[operator];
  return {
    ...NOTHING,
    numbers: [number],
    holds(leaf, world) {
      if (leaf.kind !== 'number' && !(leaf.kind === 'string' && world.numericStrings.hasOrder)) return false;
      return leaf.value !== undefined && holds(compareNumbers(leaf.value, number));
    },
  };
}
