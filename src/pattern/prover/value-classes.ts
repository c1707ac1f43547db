import { isNumberText } from '../decimal.ts';
import type { Budget } from './budget.ts';
import type { Usual } from './cloudtrail-shape.ts';
import { choice } from './language.ts';
import { JSON_NUMBERS, NUMBER_TEXTS } from './number-languages.ts';
import type { Leaf, Probe } from './probe.ts';
import { sampleNumbers, sampleTexts, type TextQuestions } from './text-samples.ts';
import { CONSTANT_CUSTOMS, NUMERIC_STRING_CUSTOMS } from './world.ts';

/** A set of classes as bits, or of worlds. */
export type Mask = bigint;

/** Values that no probe of a path tells apart, in some of the worlds. */
export interface ValueClass {
  readonly leaf: Leaf;
  /** The customs, by index, under which values are in this class. */
  readonly constantCustoms: Mask;
  readonly numericStringCustoms: Mask;
}

/** Stands for any text that no condition names. */
const OTHER_TEXT = 'other';

export const MISSING: Mask = 1n;
export const OBJECT: Mask = 2n;
export const ARRAY: Mask = 4n;
export const CONTAINERS = OBJECT | ARRAY;

const allOf = (count: number): Mask => (1n << BigInt(count)) - 1n;
const EVERY_CONSTANT_CUSTOM = allOf(CONSTANT_CUSTOMS.length);
const EVERY_NUMERIC_STRING_CUSTOM = allOf(NUMERIC_STRING_CUSTOMS.length);

/** Every value that a path can have, parted into as few classes as its probes need. */
export class ValueClasses {
  readonly classes: readonly ValueClass[];
  readonly all: Mask;
  /** Those that hold the same values in every world, and hold any for sure. */
  readonly settled: Mask;
  /** Those of the settled ones that hold values as real records have them here. */
  readonly usual: Mask;
  readonly doubtful: Mask;
  readonly #held = new Map<Probe, Mask>();

  constructor(probes: readonly Probe[], usual: Usual, budget: Budget) {
    const distinct = [...new Set(probes)];
    const classes = new Map<string, ValueClass & { readonly held: string }>();
    for (const leaf of leavesFor(distinct, usual.texts, budget)) {
      for (const candidate of classesOf(leaf, distinct)) {
        const isContainer = leaf.kind === 'missing' || leaf.kind === 'object' || leaf.kind === 'array';
        const key = `${candidate.held}/${candidate.constantCustoms}/${candidate.numericStringCustoms}/${isContainer ? leaf.kind : ''}${isDoubtful(leaf)}`;
        if (!classes.has(key)) classes.set(key, candidate);
      }
      budget.spend(distinct.length, 'the values are too many to tell apart');
    }
    const list = [...classes.values()];
    const maskOf = (isIn: (each: (typeof list)[number]) => boolean): Mask =>
      list.reduce((mask, each, index) => (isIn(each) ? mask | (1n << BigInt(index)) : mask), 0n);
    this.classes = list;
    this.all = allOf(list.length);
    this.doubtful = maskOf(({ leaf }) => isDoubtful(leaf));
    this.settled = maskOf((each) => isSettled(each) && !isDoubtful(each.leaf));
    const known = new Set([...usual.texts, ...distinct.flatMap(({ constants }) => constants)]);
    const hasLanguages = distinct.some(({ languages }) => languages.length > 0);
    const isUsual = (leaf: Leaf): boolean => {
      if (leaf.kind === 'missing') return !usual.isAlwaysThere;
      if (usual.kind === 'boolean') return leaf.kind === 'constant' && leaf.value !== null;
      if (usual.kind === undefined) return true;
      return leaf.kind === 'string' && (known.has(leaf.text) || (hasLanguages && leaf.text !== OTHER_TEXT));
    };
    this.usual = maskOf((each) => isSettled(each) && !isDoubtful(each.leaf) && isUsual(each.leaf));
    for (const [index, probe] of distinct.entries())
      this.#held.set(
        probe,
        maskOf(({ held }) => held.charAt(index) === '1'),
      );
  }

  /** The classes for which a probe holds. */
  held(probe: Probe): Mask {
    const mask = this.#held.get(probe);
    if (mask === undefined) throw new RangeError('the probe does not belong to these classes');
    return mask;
  }

  /** The classes that exist under a pair of customs. */
  under(constantCustom: number, numericStringCustom: number): Mask {
    return this.classes.reduce(
      (mask, each, index) =>
        (each.constantCustoms >> BigInt(constantCustom)) &
        (each.numericStringCustoms >> BigInt(numericStringCustom)) &
        1n
          ? mask | (1n << BigInt(index))
          : mask,
      0n,
    );
  }
}

const isDoubtful = (leaf: Leaf): boolean => 'isDoubtful' in leaf && leaf.isDoubtful;

const isSettled = (each: ValueClass): boolean =>
  each.constantCustoms === EVERY_CONSTANT_CUSTOM && each.numericStringCustoms === EVERY_NUMERIC_STRING_CUSTOM;

/** The structural classes first: their bits are fixed. */
function leavesFor(probes: readonly Probe[], seeds: readonly string[], budget: Budget): Leaf[] {
  const questions: TextQuestions = {
    constants: [...new Set(probes.flatMap(({ constants }) => constants))],
    languages: probes.flatMap(({ languages }) => (languages.length === 0 ? [] : [choice(...languages)])),
    numbers: [...new Set(probes.flatMap(({ numbers }) => numbers))],
  };
  const strings = sampleStrings(questions, seeds, budget);
  const numbers = sampleNumbers(questions, JSON_NUMBERS, budget);
  return [
    ...(['missing', 'object', 'array'] as const).map((kind) => ({ kind })),
    ...strings.map((text) => ({ kind: 'string' as const, ...text })),
    ...numbers.map((text) => ({ kind: 'number' as const, ...text })),
    ...[null, true, false].map((value) => ({ kind: 'constant' as const, value })),
  ];
}

function sampleStrings(questions: TextQuestions, seeds: readonly string[], budget: Budget) {
  const readable = [...seeds, OTHER_TEXT];
  if (questions.numbers.length === 0) return sampleTexts(questions, undefined, readable, budget);
  const words = sampleTexts(
    { ...questions, languages: [...questions.languages, NUMBER_TEXTS.whole] },
    undefined,
    readable,
    budget,
  ).filter(({ text }) => !isNumberText(text));
  return [...words, ...sampleNumbers(questions, NUMBER_TEXTS, budget)];
}

/** The class of a leaf in each world; often the same in all. */
function classesOf(leaf: Leaf, probes: readonly Probe[]): (ValueClass & { readonly held: string })[] {
  const heldIn = (constant: number, numericString: number): string => {
    const world = { constants: CONSTANT_CUSTOMS[constant]!, numericStrings: NUMERIC_STRING_CUSTOMS[numericString]! };
    return probes.map((probe) => (probe.holds(leaf, world) ? '1' : '0')).join('');
  };
  const group = (customs: readonly unknown[], held: (custom: number) => string): Map<string, Mask> => {
    const masks = new Map<string, Mask>();
    for (const custom of customs.keys()) {
      const key = held(custom);
      masks.set(key, (masks.get(key) ?? 0n) | (1n << BigInt(custom)));
    }
    return masks;
  };
  if (leaf.kind === 'constant')
    return [...group(CONSTANT_CUSTOMS, (custom) => heldIn(custom, 0))].map(([held, constantCustoms]) => ({
      leaf,
      held,
      constantCustoms,
      numericStringCustoms: EVERY_NUMERIC_STRING_CUSTOM,
    }));
  const masks =
    leaf.kind === 'string' && leaf.value !== undefined
      ? group(NUMERIC_STRING_CUSTOMS, (custom) => heldIn(0, custom))
      : new Map([[heldIn(0, 0), EVERY_NUMERIC_STRING_CUSTOM]]);
  return [...masks].map(([held, numericStringCustoms]) => ({
    leaf,
    held,
    constantCustoms: EVERY_CONSTANT_CUSTOM,
    numericStringCustoms,
  }));
}
