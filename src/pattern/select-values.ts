import type { EventView } from './event-view.ts';
import type { Selector, Step } from './syntax-tree.ts';

/** Does the selector look at every member of something? */
export const hasWildcard = (selector: Selector): boolean => selector.steps.some(({ kind }) => kind === 'every');

/** The value at the end of `steps`, or undefined when there is none. */
export function selectOne(root: unknown, steps: readonly Step[]): unknown {
  let value = root;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = stepInto(value, step);
  }
  return value;
}

/** Every value at the end of `steps`, of which one is a wildcard. */
export function selectEvery(root: unknown, steps: readonly Step[]): unknown[] {
  const wildcard = steps.findIndex(({ kind }) => kind === 'every');
  const parent = selectOne(root, steps.slice(0, wildcard));
  if (typeof parent !== 'object' || parent === null) return [];
  const rest = steps.slice(wildcard + 1);
  return Object.values(parent)
    .map((member) => selectOne(member, rest))
    .filter((value) => value !== undefined);
}

function stepInto(container: object, step: Step): unknown {
  if (step.kind === 'index') return Array.isArray(container) ? container[step.index] : undefined;
  if (step.kind === 'every' || Array.isArray(container)) return undefined;
  const value = (container as Record<string, unknown>)[step.name];
  // `constructor` and its like are found on every object, but not in the event.
  return value === undefined || Object.hasOwn(container, step.name) ? value : undefined;
}

/** Numbers the distinct selectors of one or many patterns, so that each is looked up once per event. */
export class SelectorTable {
  readonly #slots = new Map<string, number>();
  readonly #paths: (readonly Step[])[] = [];

  slotOf(selector: Selector): number {
    const key = JSON.stringify(selector.steps);
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = this.#paths.length;
      this.#slots.set(key, slot);
      this.#paths.push(selector.steps);
    }
    return slot;
  }

  get size(): number {
    return this.#paths.length;
  }

  stepsOf(slot: number): readonly Step[] {
    const steps = this.#paths[slot];
    if (!steps) throw new RangeError(`no selector has slot ${slot}`);
    return steps;
  }
}

const UNREAD = Symbol('unread');

/** The values that the selectors of a table find in one event, each looked up at its first use. */
export class SelectedValues {
  readonly event: EventView;
  readonly #table: SelectorTable;
  readonly #values: unknown[];

  constructor(event: EventView, table: SelectorTable) {
    this.event = event;
    this.#table = table;
    this.#values = new Array<unknown>(table.size).fill(UNREAD);
  }

  /** The value of a selector without a wildcard; undefined when missing. */
  one(slot: number): unknown {
    let value = this.#values[slot];
    if (value === UNREAD) {
      value = selectOne(this.event.object, this.#table.stepsOf(slot));
      this.#values[slot] = value;
    }
    return value;
  }

  /** All values of a selector with a wildcard. */
  every(slot: number): readonly unknown[] {
    let values = this.#values[slot];
    if (values === UNREAD) {
      values = selectEvery(this.event.object, this.#table.stepsOf(slot));
      this.#values[slot] = values;
    }
    return values as unknown[];
  }

  /** Like `one`, with numbers as `NumberSource`. */
  oneSource(slot: number): unknown {
    return selectOne(this.event.sourceObject, this.#table.stepsOf(slot));
  }

  /** Like `every`, with numbers as `NumberSource`. */
  everySource(slot: number): readonly unknown[] {
    return selectEvery(this.event.sourceObject, this.#table.stepsOf(slot));
  }
}
