/** Thrown when a proof needs more work than it was given. */
export class OutOfWork extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'OutOfWork';
  }
}

/** What one proof may cost, in steps of roughly equal price. A proof that runs out gives up, it does not hang. */
export class Budget {
  #left: number;

  constructor(steps: number) {
    this.#left = steps;
  }

  spend(steps: number, what: string): void {
    this.#left -= steps;
    if (this.#left < 0) throw new OutOfWork(what);
  }
}
