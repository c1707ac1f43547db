import type { Clock, Timer } from '../../base/clock.ts';
import type { Queue, QueueMessage } from './sqs-queue.ts';

/** As many as one request takes: requests are what queues cost. */
const AT_ONCE = 10;
const LONGEST_WAIT = 200;

interface Removal {
  readonly message: QueueMessage;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Deletes messages, those of about the same time in one request. */
export class Removals {
  readonly #queue: Queue;
  readonly #clock: Clock;
  #waiting: Removal[] = [];
  #timer: Timer | undefined;

  constructor(queue: Queue, clock: Clock) {
    this.#queue = queue;
    this.#clock = clock;
  }

  /** Resolves when the message is deleted. */
  remove(message: QueueMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ message, resolve, reject });
      if (this.#waiting.length >= AT_ONCE) this.#flush();
      else this.#timer ??= this.#clock.after(LONGEST_WAIT, () => this.#flush());
    });
  }

  #flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const batch = this.#waiting.splice(0, AT_ONCE);
    if (batch.length === 0) return;
    this.#queue.remove(batch.map(({ message }) => message)).then(
      (failures) => {
        for (const [index, { resolve, reject }] of batch.entries()) {
          if (failures[index]) reject(failures[index]);
          else resolve();
        }
      },
      (error) => {
        for (const { reject } of batch) reject(error);
      },
    );
  }
}
