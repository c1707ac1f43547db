import type { EventView } from './event-view.ts';
import type { DelimitedPattern } from './syntax-tree.ts';

/** Which field of an event each entry of a space-delimited pattern stands for. */
export class DelimitedBinding {
  /** Entries besides the ellipsis. */
  readonly #entryCount: number;
  /** The index of the ellipsis, or undefined. */
  readonly #ellipsis: number | undefined;

  constructor(pattern: DelimitedPattern) {
    const ellipsis = pattern.entries.findIndex(({ kind }) => kind === 'ellipsis');
    this.#ellipsis = ellipsis < 0 ? undefined : ellipsis;
    this.#entryCount = pattern.entries.length - (ellipsis < 0 ? 0 : 1);
  }

  /** The texts of the fields, or undefined when the event has fewer than the pattern asks for. */
  fieldsOf(event: EventView): readonly string[] | undefined {
    const count = this.#entryCount;
    const { fields } = event;
    if (fields.length < count) return undefined;
    const last = fields[count - 1];
    if (last === undefined || this.#ellipsis !== undefined || fields.length === count)
      return fields.map(({ text }) => text);
    // Without an ellipsis the last entry takes the rest of the line as it is written.
    const rest = event.message.slice(last.start).trimEnd();
    return [...fields.slice(0, count - 1).map(({ text }) => text), rest];
  }

  /** The position, from 0, of the field for the entry at `index`, in an event of `count` fields. */
  positionOf(index: number, count: number): number {
    if (this.#ellipsis === undefined || index < this.#ellipsis) return index;
    return count - (this.#entryCount + 1 - index);
  }
}
