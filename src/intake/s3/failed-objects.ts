import type { Clock } from '../../base/clock.ts';
import type { ObjectName } from '../fetch/take-object.ts';

interface Failed {
  readonly object: ObjectName;
  attempts: number;
  dueAt: number;
  /** How many objects had been read when it failed first. */
  readonly readBefore: number;
}

/** What one object may fail while others are read, before it is set aside. */
const MOST_ATTEMPTS = 6;
export const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 5 * 60_000;
/** More than this are not remembered one by one: all is listed again then. */
const MOST = 10_000;

/** Objects that could not be read and are tried again, later and later. */
export class FailedObjects {
  readonly #clock: Clock;
  readonly #failed = new Map<string, Failed>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(key: string): boolean {
    return this.#failed.has(key);
  }

  get size(): number {
    return this.#failed.size;
  }

  keys(): Iterable<string> {
    return this.#failed.keys();
  }

  /** Gives back whether patience with it is over: it failed again and again while others were read. */
  failed(object: ObjectName, read: number): 'again' | 'over' | 'forgotten' {
    const known = this.#failed.get(object.key);
    if (!known && this.#failed.size >= MOST) return 'forgotten';
    const attempts = (known?.attempts ?? 0) + 1;
    const readBefore = known?.readBefore ?? read;
    if (attempts >= MOST_ATTEMPTS && read > readBefore) {
      this.#failed.delete(object.key);
      return 'over';
    }
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1));
    this.#failed.set(object.key, { object, attempts, dueAt: this.#clock.now() + pause, readBefore });
    return 'again';
  }

  /** Lets an object be read that no listing may name any more. It failed nobody's patience yet; false where all is full. */
  wants(object: ObjectName, read: number, pause = 0): boolean {
    const known = this.#failed.get(object.key);
    if (!known && this.#failed.size >= MOST) return false;
    const { attempts = 0, readBefore = read } = known ?? {};
    this.#failed.set(object.key, { object, attempts, dueAt: this.#clock.now() + pause, readBefore });
    return true;
  }

  /** Another attempt comes at `at`, and takes none of the patience. */
  postpone(key: string, at: number): void {
    const known = this.#failed.get(key);
    if (known) known.dueAt = Math.max(known.dueAt, at);
  }

  succeeded(key: string): void {
    this.#failed.delete(key);
  }

  due(): ObjectName[] {
    const now = this.#clock.now();
    // A clock that was set back lets nothing wait until it is there again.
    const isDue = ({ dueAt }: Failed): boolean => dueAt <= now || dueAt > now + 2 * LONGEST_PAUSE;
    return [...this.#failed.values()].filter(isDue).map(({ object }) => object);
  }

  nextAt(): number {
    return Math.min(...[...this.#failed.values()].map(({ dueAt }) => dueAt));
  }
}
