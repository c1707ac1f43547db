/** Thrown when a proof needs more work than it was given. */
export class OutOfWork extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'OutOfWork';
  }
}

/** What one proof may cost, in steps of roughly equal price. A proof that runs out gives up, it does not hang. */
export class Budget {
  readonly #steps: number;
  #left: number;

  constructor(steps: number) {
    this.#steps = steps;
    this.#left = steps;
  }

  /** Grants the whole again, for another part of the proof. */
  renew(): void {
    this.#left = this.#steps;
  }

  spend(steps: number, what: string): void {
    this.#left -= steps;
    if (this.#left < 0) throw new OutOfWork(what);
  }
}
