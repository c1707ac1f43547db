import type { EventView } from './event-view.ts';
import { SlicedObject, type SlicePath, slicePathOf, WantedMembers } from './sliced-object.ts';
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
  readonly #slices: (SlicePath | undefined)[] = [];
  readonly wanted = new WantedMembers();

  slotOf(selector: Selector): number {
    const key = JSON.stringify(selector.steps);
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = this.#paths.length;
      this.#slots.set(key, slot);
      this.#paths.push(selector.steps);
      this.#slices.push(slicePathOf(this.wanted, selector.steps));
    }
    return slot;
  }

  /** The way to the value in a `SlicedObject`; undefined where the event must be read as a whole. */
  sliceOf(slot: number): SlicePath | undefined {
    return this.#slices[slot];
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

/** What the selectors of a table find in one event. */
export interface EventValues {
  readonly event: EventView;
  /** Is the event a JSON object? */
  readonly isObject: boolean;
  /** The value of a selector without a wildcard; undefined when missing. Of objects and lists only that they are there. */
  one(slot: number): unknown;
  /** All values of a selector with a wildcard. */
  every(slot: number): readonly unknown[];
  /** Like `one`, with numbers as `NumberSource`. */
  oneSource(slot: number): unknown;
  /** Like `every`, with numbers as `NumberSource`. */
  everySource(slot: number): readonly unknown[];
}

/** The values found by reading the event, each looked up at its first use. */
export class SelectedValues implements EventValues {
  readonly event: EventView;
  readonly #table: SelectorTable;
  readonly #values: unknown[];
  /** The event's object in its text, where that is enough. */
  readonly #sliced: SlicedObject | undefined;

  /** With `slices`, an event that nobody has read yet is read only as far as the selectors need it. */
  constructor(event: EventView, table: SelectorTable, { slices = false } = {}) {
    this.event = event;
    this.#table = table;
    this.#values = new Array<unknown>(table.size).fill(UNREAD);
    this.#sliced = slices && !event.isRead ? SlicedObject.read(event.message, table.wanted) : undefined;
  }

  get isObject(): boolean {
    return this.#sliced !== undefined || this.event.object !== undefined;
  }

  one(slot: number): unknown {
    let value = this.#values[slot];
    if (value === UNREAD) {
      const path = this.#sliced && this.#table.sliceOf(slot);
      value =
        this.#sliced && path ? this.#sliced.valueAt(path) : selectOne(this.event.object, this.#table.stepsOf(slot));
      this.#values[slot] = value;
    }
    return value;
  }

  every(slot: number): readonly unknown[] {
    let values = this.#values[slot];
    if (values === UNREAD) {
      values = selectEvery(this.event.object, this.#table.stepsOf(slot));
      this.#values[slot] = values;
    }
    return values as unknown[];
  }

  oneSource(slot: number): unknown {
    const path = this.#sliced && this.#table.sliceOf(slot);
    if (this.#sliced && path) return this.#sliced.sourceAt(path);
    return selectOne(this.event.sourceObject, this.#table.stepsOf(slot));
  }

  everySource(slot: number): readonly unknown[] {
    return selectEvery(this.event.sourceObject, this.#table.stepsOf(slot));
  }
}
