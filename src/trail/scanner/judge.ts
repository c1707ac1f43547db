import type { TrailItem } from '../record-item.ts';
import { unwrap } from '../unwrap.ts';
import type { Engine } from './engine.ts';
import type { PatternPlan } from './pattern-plan.ts';
import { ODD, type Offsets, offsetOf, type RecordTaker } from './record-taker.ts';
import type { OnMatch, Tally } from './scan-outcome.ts';
import { SlicedValues } from './sliced-values.ts';

/** Judges the records that the engine hands out, and counts. */
export class Judge implements RecordTaker {
  readonly #plan: PatternPlan;
  readonly #engine: Engine;
  readonly #values: SlicedValues;
  readonly #matching: number[] = [];

  constructor(engine: Engine, plan: PatternPlan) {
    this.#plan = plan;
    this.#engine = engine;
    this.#values = new SlicedValues(engine, plan.keysOfSlots);
  }

  judgeCandidates(tally: Tally, onMatch: OnMatch | undefined, offsets: Offsets): void {
    const { run, words, bytes, candidatesStart } = this.#engine;
    tally.records += run.recordCount.value;
    const count = run.candidateCount.value;
    if (count === 0) return;
    const size = run.candidateSize() >> 2;
    let candidate = candidatesStart >> 2;
    for (let i = 0; i < count; i += 1, candidate += size) {
      const bits = words[candidate + 2] as number;
      const start = words[candidate] as number;
      const end = words[candidate + 1] as number;
      if (bits >>> ODD) {
        this.judgeItems(
          unwrap(bytes.toString('utf8', start, end), offsetOf(this.#engine, start, offsets)),
          tally,
          onMatch,
        );
        continue;
      }
      const matching = this.#judgeFields(candidate, bits);
      if (matching.length === 0) continue;
      tally.addMatch(matching);
      onMatch?.(this.#values.text, [...matching]);
    }
  }

  judgeItems(items: Iterable<TrailItem>, tally: Tally, onMatch: OnMatch | undefined): void {
    for (const item of items) {
      if (item.kind === 'damage') {
        tally.addDamage(item);
        continue;
      }
      tally.records += 1;
      const matching = this.#plan.set.matching(item.text);
      if (matching.length === 0) continue;
      tally.addMatch(matching);
      onMatch?.(item.text, matching);
    }
  }

  /** The patterns that match, in order; good until the next call. */
  #judgeFields(candidate: number, bits: number): readonly number[] {
    const { patternsOfBits, needsRecord, fields, compiled } = this.#plan;
    const matching = this.#matching;
    const values = this.#values;
    matching.length = 0;
    values.use(candidate);
    for (let rest = bits; rest !== 0; rest &= rest - 1) {
      const patterns = patternsOfBits[31 - Math.clz32(rest & -rest)] as readonly number[];
      for (const pattern of patterns) {
        if (needsRecord[pattern] ? compiled[pattern]?.matchesEvent(values.event) : fields.matches(pattern, values))
          matching.push(pattern);
      }
    }
    return matching.length > 1 ? matching.sort((a, b) => a - b) : matching;
  }
}
