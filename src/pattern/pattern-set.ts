import type { Test } from './combination.ts';
import type { CompiledPattern } from './compiled-pattern.ts';
import { testOfPattern } from './compiled-pattern.ts';
import { EventView } from './event-view.ts';
import { necessaryTexts } from './necessary-text.ts';
import { SelectedValues, SelectorTable } from './select-values.ts';

/** Searching a message for more texts than this costs more than reading it as JSON. */
const MOST_SEARCHES = 8;

interface Member<Id> {
  readonly id: Id;
  readonly test: Test<SelectedValues>;
  /** Indexes of texts of which a message must hold one; undefined when it may be judged only. */
  readonly needs: readonly number[] | undefined;
}

/**
 * The patterns of one log group, judged together: an event is read once, each distinct selector is
 * looked up once, and an event that can match none is not read at all.
 */
export class PatternSet<Id> {
  readonly #table = new SelectorTable();
  readonly #members: readonly Member<Id>[];
  readonly #texts: readonly string[];

  constructor(patterns: readonly { readonly id: Id; readonly compiled: CompiledPattern }[]) {
    const needed = patterns.map(({ compiled }) => necessaryTexts(compiled.pattern));
    const texts = [...new Set(needed.flatMap((anyOf) => anyOf ?? []))];
    const isWorthIt = texts.length <= MOST_SEARCHES;
    const indexes = new Map(texts.map((text, index) => [text, index]));
    this.#texts = texts;
    this.#members = patterns.map(({ id, compiled }, index) => ({
      id,
      test: testOfPattern(compiled.pattern, this.#table),
      needs: isWorthIt ? needed[index]?.map((text) => indexes.get(text) ?? 0) : undefined,
    }));
  }

  /** The ids of the patterns that match, in the order they were given. */
  matching(message: string): Id[] {
    return this.matchingEvent(new EventView(message));
  }

  /** Like `matching`, for an event that is looked at elsewhere too. */
  matchingEvent(event: EventView): Id[] {
    const ids: Id[] = [];
    const isHeld = this.#searches(event.message);
    let values: SelectedValues | undefined;
    for (const { id, test, needs } of this.#members) {
      if (needs && !event.isRead && !needs.some(isHeld)) continue;
      values ??= new SelectedValues(event, this.#table);
      if (test(values)) ids.push(id);
    }
    return ids;
  }

  /** Tells whether the message may hold the text at an index, searching for each text once. */
  #searches(message: string): (index: number) => boolean {
    const found: (boolean | undefined)[] = [];
    let hasEscapes: boolean | undefined;
    return (index) => {
      hasEscapes ??= message.includes('\\u');
      found[index] ??= hasEscapes || message.includes(this.#texts[index] ?? '');
      return found[index];
    };
  }
}
