/** Knows whether any part of a forward is at work rather than waiting for the clock. */
export class Awake {
  #count = 0;
  readonly #waiting = new Set<() => void>();

  up(): void {
    this.#count += 1;
  }

  down(): void {
    this.#count -= 1;
    // One part often wakes the next in the same turn of the loop.
    setImmediate(() => {
      if (this.#count > 0) return;
      for (const resolve of this.#waiting) resolve();
      this.#waiting.clear();
    });
  }

  /** Resolves when nothing is at work. */
  async idle(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }
}
