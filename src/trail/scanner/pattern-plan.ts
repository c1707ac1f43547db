import { type CompiledPattern, compilePattern } from '../../pattern/compiled-pattern.ts';
import { FieldPatterns } from '../../pattern/field-patterns.ts';
import { PatternSet } from '../../pattern/pattern-set.ts';
import { ENVELOPE_MARKS, RECORD_MARKS } from '../unwrap.ts';
import type { Engine } from './engine.ts';
import { type Clue, leadingNames, necessaryClues } from './guard-plan.ts';
import { installGuards } from './install-guards.ts';
import { KeyTree } from './key-tree.ts';

/** The engine tells candidates by one bit each; the last bit says that the record itself must be read. */
const MOST_BITS = 31;

/** How a set of patterns is judged: which records the engine hands out, and by what they are judged then. */
export class PatternPlan {
  /** Judges records that were read. */
  readonly set: PatternSet<number>;
  readonly fields: FieldPatterns;
  /** Keys of the engine by the slots of `fields`; 0 for none. */
  readonly keysOfSlots: readonly number[];
  /** Places of the patterns that share a bit. */
  readonly patternsOfBits: readonly (readonly number[])[];
  /** Must the pattern see the whole record, by its place? */
  readonly needsRecord: readonly boolean[];
  readonly compiled: readonly CompiledPattern[];
  readonly #tree: KeyTree;
  readonly #clues: readonly (readonly Clue[] | undefined)[];

  constructor(texts: readonly string[]) {
    this.compiled = texts.map((text) => compilePattern(text));
    this.set = new PatternSet(this.compiled.map((compiled, id) => ({ id, compiled })));
    this.fields = new FieldPatterns(this.compiled);
    const tree = new KeyTree();
    for (const name of marksBeside(this.fields.paths.map((steps) => leadingNames(steps)[0])))
      tree.add([name], 'record mark');
    for (const name of ENVELOPE_MARKS) tree.add([name], 'envelope mark');
    this.#tree = tree;
    this.keysOfSlots = this.fields.paths.map((steps) => {
      const names = leadingNames(steps);
      const key = names.length > 0 ? tree.add(names) : undefined;
      return key && names.length === steps.length ? key.number : 0;
    });
    this.needsRecord = this.compiled.map(
      (one) => one.pattern.kind !== 'json' || !this.#slotsOf(one).every((slot) => this.keysOfSlots[slot] !== 0),
    );
    this.#clues = this.compiled.map(({ pattern }) => necessaryClues(pattern));
    this.patternsOfBits = groups(this.#clues);
  }

  install(engine: Engine): void {
    const watches = this.patternsOfBits.map((patterns, i) => {
      const clues = patterns.map((pattern) => this.#clues[pattern]);
      const known = clues.filter((each) => each !== undefined);
      return { bit: 1 << i, clues: known.length === clues.length ? known.flat() : undefined };
    });
    installGuards(engine, this.#tree, watches);
  }

  #slotsOf(one: CompiledPattern): number[] {
    const own = new FieldPatterns([one]).paths.map((steps) => JSON.stringify(steps));
    const all = this.fields.paths.map((steps) => JSON.stringify(steps));
    return own.map((path) => all.indexOf(path));
  }
}

/** Two marks show a record; of so many, all but strange records have two. */
const ENOUGH_MARKS = 4;

/** Marks of records that are asked for anyway cost nothing: others are looked for only where those are few. */
function marksBeside(names: readonly (string | undefined)[]): string[] {
  const asked = RECORD_MARKS.filter((mark) => names.includes(mark));
  const others = RECORD_MARKS.filter((mark) => !names.includes(mark));
  return [...asked, ...others.slice(0, Math.max(0, ENOUGH_MARKS - asked.length))];
}

/** Patterns with a bit each, or, where bits are short, with like ones. */
function groups(clues: readonly (readonly Clue[] | undefined)[]): number[][] {
  const order = [...clues.keys()].sort((a, b) => {
    const [left, right] = [clues[a]?.[0]?.path.join('.') ?? '', clues[b]?.[0]?.path.join('.') ?? ''];
    return left < right ? -1 : left > right ? 1 : a - b;
  });
  const size = Math.ceil(order.length / MOST_BITS);
  return Array.from({ length: Math.ceil(order.length / size) || 0 }, (_, i) => order.slice(i * size, (i + 1) * size));
}
