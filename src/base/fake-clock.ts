import type { Clock, Timer } from './clock.ts';

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
}

/** A clock that moves only when told to. Timers fire in order of time, then of creation. */
export class FakeClock implements Clock {
  #now: number;
  #order = 0;
  readonly #pending = new Set<Pending>();
  readonly #settled: () => Promise<void>;

  /** `settled` waits for work that outlasts a few turns of the loop, such as signatures in the thread pool. */
  constructor(start: number, settled: () => Promise<void> = async () => undefined) {
    this.#now = start;
    this.#settled = settled;
  }

  now(): number {
    return this.#now;
  }

  after(delay: number, action: () => void): Timer {
    const pending = { at: this.#now + Math.max(0, delay), order: this.#order++, action };
    this.#pending.add(pending);
    return { cancel: () => this.#pending.delete(pending) };
  }

  /** Moves time forward by `duration`, firing due timers one by one and letting each settle. */
  async advance(duration: number): Promise<void> {
    const target = this.#now + duration;
    await this.#settle();
    for (let next = this.#next(target); next; next = this.#next(target)) {
      this.#pending.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.action();
      await this.#settle();
    }
    this.#now = target;
    await this.#settle();
  }

  /** Lets promise chains of several turns run to their end. */
  async #settle(): Promise<void> {
    for (let turn = 0; turn < 4; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
    await this.#settled();
  }

  #next(target: number): Pending | undefined {
    let first: Pending | undefined;
    for (const pending of this.#pending) {
      if (pending.at > target) continue;
      if (!first || pending.at < first.at || (pending.at === first.at && pending.order < first.order)) first = pending;
    }
    return first;
  }
}
