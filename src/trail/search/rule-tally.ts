/** Days that a tally keeps apart; a trail of fifty years has fewer. */
const MOST_DAYS = 20_000;
/** People that a tally keeps apart; what more there are is counted together. */
const MOST_NAMES = 5_000;

const DAY = 86_400_000;
/** Of the alarms that `--cis` and imported rules make. */
const PERIOD = 300_000;
/** Periods that a tally keeps apart: a year in which the alarm never rests. */
const MOST_PERIODS = 110_000;

/** What was found of one rule. Times are milliseconds. */
export interface RuleFindings {
  readonly matches: number;
  /** Different event ids among them; a record without one adds nothing. */
  readonly unique: number;
  /** Matches whose event had been delivered before. */
  readonly repeated: number;
  /** eventTime of the first and the last; undefined without a match that has a readable one. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** Who did it how often, most often first. */
  readonly who: readonly (readonly [name: string, count: number])[];
  /** Matches of whoever is not in `who`. */
  readonly others: number;
  /** Matches by day (its first millisecond), in order. */
  readonly days: readonly (readonly [day: number, count: number])[];
  /**
   * How often an alarm would have rung that counts matches in five minutes and is OK without any: maximal runs of
   * periods with a match. Undefined where it was not asked for, or rang too often to be told.
   */
  readonly rings: number | undefined;
}

/** Counts the matches of one rule. */
export class RuleTally {
  #matches = 0;
  #unique = 0;
  #repeated = 0;
  #first: number | undefined;
  #last: number | undefined;
  #others = 0;
  readonly #who = new Map<string, number>();
  readonly #days = new Map<number, number>();
  readonly #periods: Set<number> | undefined;

  constructor(countsRings = false) {
    this.#periods = countsRings ? new Set() : undefined;
  }

  add(who: string, time: number | undefined, eventId: 'new' | 'repeated' | 'missing'): void {
    this.#matches += 1;
    if (eventId === 'new') this.#unique += 1;
    if (eventId === 'repeated') this.#repeated += 1;
    const known = this.#who.get(who);
    if (known === undefined && this.#who.size >= MOST_NAMES) this.#others += 1;
    else this.#who.set(who, (known ?? 0) + 1);
    if (time === undefined) return;
    if (this.#first === undefined || time < this.#first) this.#first = time;
    if (this.#last === undefined || time > this.#last) this.#last = time;
    if (this.#periods && this.#periods.size < MOST_PERIODS) this.#periods.add(Math.floor(time / PERIOD));
    const day = Math.floor(time / DAY) * DAY;
    const count = this.#days.get(day);
    if (count !== undefined || this.#days.size < MOST_DAYS) this.#days.set(day, (count ?? 0) + 1);
  }

  findings(): RuleFindings {
    return {
      matches: this.#matches,
      unique: this.#unique,
      repeated: this.#repeated,
      first: this.#first,
      last: this.#last,
      who: [...this.#who].sort(([oneName, one], [otherName, other]) => other - one || (oneName < otherName ? -1 : 1)),
      others: this.#others,
      days: [...this.#days].sort(([one], [other]) => one - other),
      rings: this.#rings(),
    };
  }

  #rings(): number | undefined {
    const periods = this.#periods;
    if (!periods || periods.size >= MOST_PERIODS) return undefined;
    return [...periods].filter((period) => !periods.has(period - 1)).length;
  }
}
