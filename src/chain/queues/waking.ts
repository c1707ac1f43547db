import type { Clock } from '../../base/clock.ts';
import type { Signals } from '../signals.ts';

/**
 * Waits for what may bring a message: a signal, the clock, or the receiver going away. A signal that
 * comes while nobody waits is kept for the next wait, so that none falls between a look and a wait.
 */
export class Waking {
  readonly #clock: Clock;
  readonly #abort: AbortSignal;
  readonly #stopListening: () => void;
  #woken = false;
  #wake: (() => void) | undefined;

  constructor(signals: Signals, clock: Clock, abort: AbortSignal) {
    this.#clock = clock;
    this.#abort = abort;
    this.#stopListening = signals.on('queues', this.#ring);
    abort.addEventListener('abort', this.#ring);
  }

  readonly #ring = (): void => {
    this.#woken = true;
    this.#wake?.();
  };

  /** Resolves at the time `at` or at the next signal, whichever comes first. */
  async until(at: number): Promise<void> {
    if (!this.#woken) {
      await new Promise<void>((resolve) => {
        const timer = this.#clock.after(at - this.#clock.now(), resolve);
        this.#wake = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    this.#woken = false;
    this.#wake = undefined;
  }

  end(): void {
    this.#stopListening();
    this.#abort.removeEventListener('abort', this.#ring);
  }
}
