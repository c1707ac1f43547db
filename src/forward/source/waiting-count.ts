import type { Backlog } from '../place.ts';

/** Sums events over chunks numbered above `after`, up to `head`. */
export type SumOver = (after: number, head: number, backlog: Backlog) => Promise<number>;

interface Memo {
  readonly after: number;
  readonly head: number;
  readonly backlog: Backlog;
  readonly count: number;
  readonly madeAt: number;
}

/** After so long all is counted anew: retention may have taken chunks that were counted. */
const TRUSTED = 600_000;

/**
 * How many events wait, without reading every chunk that waits at every look: a receiver that has been down for a day has
 * left very many.
 */
export class WaitingCount {
  readonly #sumOver: SumOver;
  #memo: Memo | undefined;

  constructor(sumOver: SumOver) {
    this.#sumOver = sumOver;
  }

  async count(after: number, head: number, backlog: Backlog, now: number): Promise<number> {
    const memo = this.#memo;
    const isGood =
      memo !== undefined &&
      now - memo.madeAt < TRUSTED &&
      memo.backlog.end === backlog.end &&
      memo.backlog.from === backlog.from &&
      after >= memo.after &&
      head >= memo.head &&
      after <= memo.head;
    const count = isGood
      ? memo.count + (await this.#sumOver(memo.head, head, backlog)) - (await this.#sumOver(memo.after, after, backlog))
      : await this.#sumOver(after, head, backlog);
    this.#memo = { after, head, backlog, count, madeAt: isGood ? memo.madeAt : now };
    return Math.max(0, count);
  }
}
