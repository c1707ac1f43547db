import { type Clock, sleep, type Timer } from '../../base/clock.ts';

/** Runs a pass again and again, with the rest in between that each asks for. */
export class PassLoop {
  readonly #clock: Clock;
  readonly #pass: () => Promise<number>;
  #isStopped = false;
  #timer: Timer | undefined;
  #passing: Promise<void> | undefined;

  /** `pass` gives how long to rest, in milliseconds, and does not reject. */
  constructor(clock: Clock, pass: () => Promise<number>) {
    this.#clock = clock;
    this.#pass = pass;
  }

  start(): void {
    this.#isStopped = false;
    this.soon(0);
  }

  /** Resolves when no pass is under way any more, or after `longest` milliseconds. */
  async stop(longest: number): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await Promise.race([this.#passing, sleep(this.#clock, longest)]);
  }

  /** Whether the pass under way is the last, and should come to its end. */
  get isEnding(): boolean {
    return this.#isStopped && this.#passing !== undefined;
  }

  /** Lets the next pass come after `delay`, where none is under way. */
  soon(delay: number): void {
    if (this.#isStopped || this.#passing) return;
    this.#timer?.cancel();
    this.#timer = this.#clock.after(delay, () => {
      this.#passing = this.#pass().then((rest) => {
        this.#passing = undefined;
        this.soon(rest);
      });
    });
  }
}
