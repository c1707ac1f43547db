import type { Accepted } from './accept-records.ts';

/**
 * Since the start. Of what came in, each has one outcome: `records` = `stored` + `duplicates` + `filtered` + `refused` +
 * `failed`, and what is on its way into the store at the moment.
 */
export interface IntakeStats {
  /** Counted where they are read, before anything is done with them. */
  readonly records: number;
  readonly stored: number;
  /** Of objects that were read before. */
  readonly duplicates: number;
  /** Kept out by the event selectors of trails. */
  readonly filtered: number;
  /** What was no record. */
  readonly refused: number;
  /** What could not be kept: it is read or sent again, and counted again. */
  readonly failed: number;
  /** Of the stored ones: dated by their arrival. */
  readonly undated: number;
}

/** Counts what an intake took in, for `/metrics` and status. */
export class IntakeCounters {
  #records = 0;
  #stored = 0;
  #duplicates = 0;
  #filtered = 0;
  #refused = 0;
  #failed = 0;
  #undated = 0;

  /** Records were read that are to be stored: `accepted` or `failed` tells what became of them. */
  came(records: number): void {
    this.#records += records;
  }

  accepted({ stored, filtered, undated }: Accepted): void {
    this.#stored += stored;
    this.#filtered += filtered;
    this.#undated += undated;
  }

  failed(records: number): void {
    this.#failed += records;
  }

  /** Records were read that are stored already. */
  repeated(records: number): void {
    this.#records += records;
    this.#duplicates += records;
  }

  /** Something was read that is no record. */
  refused(): void {
    this.#records += 1;
    this.#refused += 1;
  }

  stats(): IntakeStats {
    return {
      records: this.#records,
      stored: this.#stored,
      duplicates: this.#duplicates,
      filtered: this.#filtered,
      refused: this.#refused,
      failed: this.#failed,
      undated: this.#undated,
    };
  }
}
