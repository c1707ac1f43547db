import type { Test } from './combination.ts';
import type { CompiledPattern } from './compiled-pattern.ts';
import { testOfPattern } from './compiled-pattern.ts';
import type { EventValues } from './select-values.ts';
import { SelectorTable } from './select-values.ts';
import type { Step } from './syntax-tree.ts';

/**
 * Patterns for a reader that finds the fields of an event by itself: it learns which fields there are,
 * and is asked for their values.
 */
export class FieldPatterns {
  readonly #table = new SelectorTable();
  readonly #tests: readonly Test<EventValues>[];

  constructor(patterns: readonly CompiledPattern[]) {
    this.#tests = patterns.map(({ pattern }) => testOfPattern(pattern, this.#table));
  }

  /** The distinct selectors of all patterns, by the slots that values are asked for with. */
  get paths(): readonly (readonly Step[])[] {
    return Array.from({ length: this.#table.size }, (_, slot) => this.#table.stepsOf(slot));
  }

  /** Does the pattern at `index` match the event of these values? */
  matches(index: number, values: EventValues): boolean {
    return this.#tests[index]?.(values) ?? false;
  }
}
