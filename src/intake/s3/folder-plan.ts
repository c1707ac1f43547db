import { dayPrefix, keyAt, type TrailFolder } from './trail-folders.ts';

export interface PollPace {
  /** Between two looks at a folder in which something happens. Milliseconds, as all here. */
  readonly every: number;
  /** Between two looks at a folder in which nothing has come for a while. */
  readonly quietEvery: number;
  /** How far back to look for objects that come late. */
  readonly lookBack: number;
}

/** A part of a bucket to be listed: objects below `prefix` with keys after `after`. */
export interface Listing {
  readonly prefix: string;
  readonly after: string;
}

/** Objects are stamped when they are made; their order of arrival differs by minutes. */
const OVERLAP = 2 * 3_600_000;
const QUIET_AFTER = 2 * 3_600_000;
/** Between two looks at all of the last days. */
const SWEEP_EVERY = 6 * 3_600_000;
/** Longer than any folder rests after failures. */
const LONGEST_REST = 3_600_000;
/** Where the root user signs in, whatever else happens there. */
const SIGN_IN_REGION = 'us-east-1';

/** When to look at the folder of an account and region, and at which part of it. */
export class FolderPlan {
  readonly folder: TrailFolder;
  #dueAt = 0;
  #sweptAt: number | undefined;
  #newestAt: number | undefined;
  #lookedAt: number | undefined;
  #restsUntil = 0;

  constructor(folder: TrailFolder) {
    this.folder = folder;
  }

  /** When to look next for what is new. */
  get dueAt(): number {
    return this.#dueAt;
  }

  /** Whether to look for what is new. A clock that was set back lets nobody wait until it is there again. */
  isDue(now: number): boolean {
    return this.#dueAt <= now || (this.#lookedAt ?? now) > now;
  }

  /** When the newest object that was met was delivered; undefined before any. */
  get newestAt(): number | undefined {
    return this.#newestAt;
  }

  /** When all of its days were last listed to the end; undefined before. */
  get sweptAt(): number | undefined {
    return this.#sweptAt;
  }

  /** Whether all days are to be listed: at first, and every six hours for what came late. */
  mustSweep(now: number): boolean {
    if (now < this.#restsUntil && this.#restsUntil - now <= LONGEST_REST) return false;
    return this.#sweptAt === undefined || Math.abs(now - this.#sweptAt) >= SWEEP_EVERY;
  }

  /**
   * What to list for a look at what is new: what may have come since the last one and the newest that was met; at first,
   * in the last two hours, so that what happens now does not wait for what lies behind.
   */
  look(now: number, from: number): Listing {
    const last = Math.min(now, this.#lookedAt ?? now, this.#newestAt ?? now);
    const since = Math.max(from, last - OVERLAP);
    // Names of digests begin with those of their trails.
    const after = this.#isOfDigests ? dayPrefix(this.folder, since) : keyAt(this.folder, since);
    return { prefix: this.folder.prefix, after };
  }

  /**
   * What to list to see everything from the day of `from` on. Keys are in the order of time, so that one listing leads
   * over all days, and what lies before them costs nothing.
   */
  sweep(from: number): Listing {
    return { prefix: this.folder.prefix, after: dayPrefix(this.folder, from) };
  }

  /** An object was met that was delivered then. */
  met(deliveredAt: number): void {
    this.#newestAt = Math.max(this.#newestAt ?? 0, deliveredAt);
  }

  /** A look that began at `now` was listed to its end. */
  looked(now: number, pace: PollPace): void {
    this.#lookedAt = now;
    const isUrgent = this.folder.region === SIGN_IN_REGION && !this.#isOfDigests;
    const isQuiet = !isUrgent && now - (this.#newestAt ?? 0) > QUIET_AFTER;
    this.#dueAt = now + (isQuiet ? Math.max(pace.every, pace.quietEvery) : pace.every);
  }

  /** A sweep that began at `now` was listed to its end. */
  swept(now: number): void {
    this.#sweptAt = now;
  }

  /** Something was missed: all of it is looked at again, not before `at`. */
  missed(at = 0): void {
    this.#sweptAt = undefined;
    this.#dueAt = at;
    this.#restsUntil = at;
  }

  get #isOfDigests(): boolean {
    return this.folder.service === 'CloudTrail-Digest';
  }
}
