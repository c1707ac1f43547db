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
  readonly isSweep: boolean;
}

/** Objects are stamped when they are made; their order of arrival differs by minutes. */
const OVERLAP = 2 * 3_600_000;
const QUIET_AFTER = 2 * 3_600_000;
/** Between two looks at all of the last days. */
const SWEEP_EVERY = 6 * 3_600_000;
/** Where the root user signs in, whatever else happens there. */
const SIGN_IN_REGION = 'us-east-1';

/** When to look at the folder of an account and region, and at which part of it. */
export class FolderPlan {
  readonly folder: TrailFolder;
  #dueAt = 0;
  #sweptAt: number | undefined;
  #newestAt: number | undefined;
  #listedAt: number | undefined;

  constructor(folder: TrailFolder) {
    this.folder = folder;
  }

  get dueAt(): number {
    return this.#dueAt;
  }

  /** When all of its days were last listed to the end; undefined before. */
  get sweptAt(): number | undefined {
    return this.#sweptAt;
  }

  /**
   * What to list now: at first, and every six hours, all from the day of `from` on; in between what may have come
   * since the last look. Keys are in the order of time, so that one listing leads over all days, and what lies before
   * them costs nothing.
   */
  listing(now: number, from: number): Listing {
    const isSweep = this.#sweptAt === undefined || now - this.#sweptAt >= SWEEP_EVERY;
    const since = Math.max(from, (this.#listedAt ?? now) - OVERLAP);
    // Names of digests begin with those of their trails.
    const fromWhere = this.#isOfDigests ? dayPrefix(this.folder, since) : keyAt(this.folder, since);
    const after = isSweep ? dayPrefix(this.folder, from) : fromWhere;
    return { prefix: this.folder.prefix, after, isSweep };
  }

  get #isOfDigests(): boolean {
    return this.folder.service === 'CloudTrail-Digest';
  }

  /** An object was met that was delivered then. */
  met(deliveredAt: number): void {
    this.#newestAt = Math.max(this.#newestAt ?? 0, deliveredAt);
  }

  /** Everything that was to be listed was listed, and all that was found taken. */
  done(now: number, isSweep: boolean, pace: PollPace): void {
    if (isSweep) this.#sweptAt = now;
    this.#listedAt = now;
    const isUrgent = this.folder.region === SIGN_IN_REGION && !this.#isOfDigests;
    const isQuiet = !isUrgent && now - (this.#newestAt ?? 0) > QUIET_AFTER;
    this.#dueAt = now + (isQuiet ? Math.max(pace.every, pace.quietEvery) : pace.every);
  }

  /** Something was missed: all of it is looked at again. */
  missed(): void {
    this.#sweptAt = undefined;
    this.#dueAt = 0;
  }
}
