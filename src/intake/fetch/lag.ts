import type { Clock } from '../../base/clock.ts';

/** A delay that passes by itself sooner is none to tell of. */
const PATIENCE = 5 * 60_000;

/** Measures how far an intake is behind: what is known to wait, and since when. */
export class Lag {
  readonly #clock: Clock;
  readonly #limit: number;
  /** By object: when it was delivered. */
  readonly #unread = new Map<string, number>();
  #newestEventAt: number | undefined;
  #since: number | undefined;

  /** `limit`: milliseconds that an object may wait. */
  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  waits(object: string, deliveredAt: number): void {
    this.#unread.set(object, deliveredAt);
  }

  isRead(object: string, newestEventAt?: number): void {
    this.#unread.delete(object);
    if (newestEventAt !== undefined && newestEventAt > (this.#newestEventAt ?? 0)) this.#newestEventAt = newestEventAt;
  }

  /** All that was found is read, by this intake or another. */
  nothingWaits(): void {
    this.#unread.clear();
  }

  get waiting(): number {
    return this.#unread.size;
  }

  state(): { newestEventAt: number | null; oldestUnreadAt: number | null; isLagging: boolean } {
    let oldest: number | undefined;
    for (const at of this.#unread.values()) if (oldest === undefined || at < oldest) oldest = at;
    const now = this.#clock.now();
    this.#since = oldest !== undefined && now - oldest > this.#limit ? (this.#since ?? now) : undefined;
    return {
      newestEventAt: this.#newestEventAt ?? null,
      oldestUnreadAt: oldest ?? null,
      isLagging: this.#since !== undefined && now - this.#since >= PATIENCE,
    };
  }
}
