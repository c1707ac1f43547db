import { type Clock, sleep } from '../../base/clock.ts';
import type { Ids } from '../../base/ids.ts';
import { refusalKind } from './refusal-kind.ts';

/** Milliseconds between two calls where AWS publishes a low rate, kept from the first call on. */
const KNOWN_INTERVALS: Readonly<Record<string, number>> = {
  'cloudtrail:LookupEvents': 500,
  'logs:DescribeMetricFilters': 200,
};
const FIRST_INTERVAL = 100;
const LONGEST_INTERVAL = 5_000;
const FORGOTTEN_INTERVAL = 20;
const MOST_THROTTLES = 40;
const MOST_TRANSIENTS = 4;
const LONGEST_BACKOFF = 8_000;

interface Lane {
  interval: number;
  /** When the next call may start. */
  nextAt: number;
  /** When the distance was last doubled. */
  slowedAt: number;
}

/**
 * Keeps to the rates that AWS allows. AWS counts per account, region and operation and publishes few of
 * the rates, so a lane starts free, doubles its distance when a call is throttled, and closes up again
 * as calls succeed.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #ids: Pick<Ids, 'fraction'>;
  readonly #lanes = new Map<string, Lane>();

  constructor(clock: Clock, ids: Pick<Ids, 'fraction'>) {
    this.#clock = clock;
    this.#ids = ids;
  }

  /**
   * Runs `call`, again after a throttle and, a few times, after trouble that may pass.
   * @param lane what AWS counts by: account, region and operation
   * @param operation to know its published rate
   */
  async run<Answer>(lane: string, operation: string, call: () => Promise<Answer>): Promise<Answer> {
    const found = this.#laneOf(lane, operation);
    for (let throttles = 0, transients = 0; ; ) {
      await this.#turn(found);
      const startedAt = this.#clock.now();
      try {
        const answer = await call();
        this.#closeUp(found, operation);
        return answer;
      } catch (error) {
        const { kind } = refusalKind(error);
        if (kind === 'throttled' && throttles < MOST_THROTTLES) {
          throttles += 1;
          this.#slowDown(found, startedAt);
        } else if (kind === 'transient' && transients < MOST_TRANSIENTS) {
          transients += 1;
          await sleep(this.#clock, this.#jittered(Math.min(250 * 2 ** transients, LONGEST_BACKOFF)));
        } else throw error;
      }
    }
  }

  /** Forgets the lanes of an account that is done: a long run must not remember them all. */
  forget(account: string): void {
    for (const lane of this.#lanes.keys()) if (lane.startsWith(`${account}/`)) this.#lanes.delete(lane);
  }

  #laneOf(lane: string, operation: string): Lane {
    const known = this.#lanes.get(lane);
    if (known) return known;
    const made = { interval: KNOWN_INTERVALS[operation] ?? 0, nextAt: 0, slowedAt: -1 };
    this.#lanes.set(lane, made);
    return made;
  }

  async #turn(lane: Lane): Promise<void> {
    const now = this.#clock.now();
    const at = Math.max(now, lane.nextAt);
    lane.nextAt = at + lane.interval;
    if (at > now) await sleep(this.#clock, at - now);
  }

  /** Calls of one burst are refused together: they slow the lane down once. */
  #slowDown(lane: Lane, startedAt: number): void {
    const now = this.#clock.now();
    if (startedAt > lane.slowedAt) {
      lane.interval = Math.min(Math.max(lane.interval * 2, FIRST_INTERVAL), LONGEST_INTERVAL);
      lane.slowedAt = now;
    }
    lane.nextAt = Math.max(lane.nextAt, now + this.#jittered(lane.interval));
  }

  #closeUp(lane: Lane, operation: string): void {
    const least = KNOWN_INTERVALS[operation] ?? 0;
    const closer = lane.interval * 0.8;
    lane.interval = Math.max(least, closer < FORGOTTEN_INTERVAL ? 0 : closer);
  }

  /** Half of it at least: waiting callers shall not come back at the same instant. */
  #jittered(duration: number): number {
    return Math.round(duration * (0.5 + this.#ids.fraction() / 2));
  }
}
