/** Files that end in the middle, and since when they have not changed. */
export class Patience {
  readonly #duration: number;
  readonly #waiting = new Map<string, { readonly state: string; readonly since: number }>();

  /** Waits `duration` milliseconds after the last change of a file. */
  constructor(duration: number) {
    this.#duration = duration;
  }

  /** Called with each look that finds `object` unfinished in `state`. True when waiting is over. */
  isOver(object: string, state: string, now: number): boolean {
    const known = this.#waiting.get(object);
    if (known?.state === state) return now - known.since >= this.#duration;
    this.#waiting.set(object, { state, since: now });
    return this.#duration <= 0;
  }

  /** Is it known to be unfinished in just this state, with time left? Then it need not be read again. */
  isWaiting(object: string, state: string, now: number): boolean {
    const known = this.#waiting.get(object);
    return known?.state === state && now - known.since < this.#duration;
  }

  end(object: string): void {
    this.#waiting.delete(object);
  }

  get count(): number {
    return this.#waiting.size;
  }
}
