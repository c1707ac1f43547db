import { CandidateFilter } from './candidate-filter.ts';
import type { Test } from './combination.ts';
import type { CompiledPattern } from './compiled-pattern.ts';
import { testOfPattern } from './compiled-pattern.ts';
import { EventView } from './event-view.ts';
import { necessaryNeeds } from './necessary-clues.ts';
import type { EventValues } from './select-values.ts';
import { SelectedValues, SelectorTable } from './select-values.ts';

interface Member<Id> {
  readonly id: Id;
  readonly test: Test<EventValues>;
}

/**
 * The patterns of one log group, judged together: an event is read once, each distinct selector is
 * looked up once, and an event that can match none is not read at all.
 */
export class PatternSet<Id> {
  readonly #table = new SelectorTable();
  readonly #members: readonly Member<Id>[];
  readonly #candidates: CandidateFilter;

  constructor(patterns: readonly { readonly id: Id; readonly compiled: CompiledPattern }[]) {
    this.#members = patterns.map(({ id, compiled }) => ({ id, test: testOfPattern(compiled.pattern, this.#table) }));
    this.#candidates = new CandidateFilter(patterns.map(({ compiled }) => necessaryNeeds(compiled.pattern)));
  }

  /** The ids of the patterns that match, in the order they were given. */
  matching(message: string): Id[] {
    return this.matchingEvent(new EventView(message));
  }

  /** Like `matching`, for an event that is looked at elsewhere too. */
  matchingEvent(event: EventView): Id[] {
    const ids: Id[] = [];
    let values: SelectedValues | undefined;
    for (const index of this.#candidates.candidates(event.message)) {
      const member = this.#members[index];
      if (!member) continue;
      values ??= new SelectedValues(event, this.#table, { slices: true });
      if (member.test(values)) ids.push(member.id);
    }
    return ids;
  }
}
