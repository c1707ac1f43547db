interface Pace {
  /** Milliseconds from one delivery to the next; undefined where nothing is throttled. */
  interval: number | undefined;
  freeAt: number;
}

/** Paces remembered; one that is forgotten is read again. */
const REMEMBERED = 10_000;

/**
 * Spaces out the deliveries of subscriptions with a throttle policy. They are spread evenly rather than
 * let through in bursts, so that no second whatever holds more than the policy allows.
 */
export class Paces {
  readonly #paces = new Map<string, Pace>();

  /** Takes up what a subscription's policy says, also when it has changed. */
  set(subscriptionId: string, perSecond: number | undefined): void {
    const known = this.#paces.get(subscriptionId);
    this.#paces.delete(subscriptionId);
    const interval = perSecond === undefined ? undefined : 1_000 / perSecond;
    const freeAt = interval === undefined ? 0 : (known?.freeAt ?? 0);
    this.#paces.set(subscriptionId, { interval, freeAt });
    if (this.#paces.size > REMEMBERED) this.#forgetOldest();
  }

  /** Whether a delivery may start now; if so, the next has to wait. */
  take(subscriptionId: string, now: number): boolean {
    const pace = this.#paces.get(subscriptionId);
    if (pace?.interval === undefined) return true;
    if (pace.freeAt > now) return false;
    pace.freeAt = now + pace.interval;
    return true;
  }

  /** The subscriptions to which nothing may start yet. */
  waiting(now: number): string[] {
    return [...this.#paces].flatMap(([id, { freeAt }]) => (freeAt > now ? [id] : []));
  }

  /** When the next of them may go on. */
  nextAt(now: number): number | undefined {
    let next: number | undefined;
    for (const { freeAt } of this.#paces.values()) {
      if (freeAt > now && (next === undefined || freeAt < next)) next = freeAt;
    }
    // Timers count whole milliseconds, and an early one would find nothing to do.
    return next === undefined ? undefined : Math.ceil(next);
  }

  #forgetOldest(): void {
    for (const id of this.#paces.keys()) {
      this.#paces.delete(id);
      return;
    }
  }
}
