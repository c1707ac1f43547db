import type { Accepted } from './accept-records.ts';

/** Since the start: `records` = `stored` + `duplicates` + `filtered` + `refused`. */
export interface IntakeStats {
  readonly records: number;
  readonly stored: number;
  /** Of objects that were read before. */
  readonly duplicates: number;
  /** Kept out by the event selectors of trails. */
  readonly filtered: number;
  /** What was no record. */
  readonly refused: number;
  /** Of the stored ones: dated by their arrival. */
  readonly undated: number;
}

/** Counts what an intake took in, for `/metrics` and status. */
export class IntakeCounters {
  #stored = 0;
  #duplicates = 0;
  #filtered = 0;
  #refused = 0;
  #undated = 0;

  accepted({ stored, filtered, undated }: Accepted): void {
    this.#stored += stored;
    this.#filtered += filtered;
    this.#undated += undated;
  }

  repeated(records: number): void {
    this.#duplicates += records;
  }

  refused(): void {
    this.#refused += 1;
  }

  stats(): IntakeStats {
    const [stored, duplicates, filtered, refused] = [this.#stored, this.#duplicates, this.#filtered, this.#refused];
    const records = stored + duplicates + filtered + refused;
    return { records, stored, duplicates, filtered, refused, undated: this.#undated };
  }
}
