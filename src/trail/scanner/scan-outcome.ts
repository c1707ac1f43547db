import type { Damage } from '../record-item.ts';

/** What a scan found in one file or body. */
export interface ScanOutcome {
  /** CloudTrail records that could be read, matching or not. */
  readonly records: number;
  /** Bytes of the content, inflated. */
  readonly bytes: number;
  /** How many records match, by place of the pattern. */
  readonly matches: readonly number[];
  /** What was no record, in the order of the content; the first `MOST_DAMAGE` of `damages`. */
  readonly damage: readonly Damage[];
  readonly damages: number;
  /** Why the source itself could not be read to its end; what came before counts. */
  readonly failure?: string;
}

/** A file of rubbish is named, not told line by line. */
export const MOST_DAMAGE = 20;

/**
 * Takes a matching record: its compact JSON, and the places of the patterns that it matches, in order.
 * Called in the order of the content.
 */
export type OnMatch = (text: string, patterns: readonly number[]) => void;

/** Counts what comes by. */
export class Tally {
  records = 0;
  bytes = 0;
  damages = 0;
  failure: string | undefined;
  readonly matches: number[];
  readonly #damage: Damage[] = [];

  constructor(patterns: number) {
    this.matches = new Array<number>(patterns).fill(0);
  }

  addMatch(patterns: readonly number[]): void {
    for (const pattern of patterns) this.matches[pattern] = (this.matches[pattern] ?? 0) + 1;
  }

  addDamage(damage: Damage): void {
    // What a failed source cuts off is no damage of the content.
    if (this.failure !== undefined && damage.incomplete) return;
    this.damages += 1;
    if (this.#damage.length < MOST_DAMAGE) this.#damage.push(damage);
  }

  outcome(): ScanOutcome {
    const { records, bytes, matches, damages, failure } = this;
    const outcome = { records, bytes, matches, damage: this.#damage, damages };
    return failure === undefined ? outcome : { ...outcome, failure };
  }
}
