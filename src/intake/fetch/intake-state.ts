import type { IntakeStats } from '../intake-counters.ts';

/** What keeps an intake from reading. */
export interface IntakeTrouble {
  readonly since: number;
  /** A word for machines, such as `bucket-policy`. */
  readonly kind: string;
  readonly message: string;
  /** What to add to which policy, where that would mend it. */
  readonly statement: string | null;
}

/** How an intake fares, for status, console and `/metrics`. Times are milliseconds; null where there is none. */
export interface IntakeState {
  readonly name: string;
  readonly type: string;
  /** What it reads, such as `s3://bucket/prefix`. */
  readonly from: string;
  readonly stats: IntakeStats;
  /** Objects or messages since the start. */
  readonly objects: { readonly read: number; readonly waiting: number; readonly setAside: number };
  /** When the newest event that it brought happened. */
  readonly newestEventAt: number | null;
  /** When the oldest object that is known and not read was delivered. */
  readonly oldestUnreadAt: number | null;
  readonly isLagging: boolean;
  readonly trouble: IntakeTrouble | null;
}

/** A store that does not answer must not hold up the end: what was under way is read again after the next start. */
export const LONGEST_STOP = 5_000;

/** An intake that works by itself until it is stopped. */
export interface RunningIntake {
  start(): void;
  /** Resolves when nothing is being read any more, or after five seconds. */
  stop(): Promise<void>;
  state(): IntakeState;
  /** Whether objects of this source are its to read. */
  reads(source: string): boolean;
  /** Reads objects once more that were set aside; those of other sources are somebody else's. */
  retry(source: string, objects: readonly string[]): void;
}

/** How an intake is called in `/metrics`: `s3 org`. */
export const labelOf = ({ type, name }: Pick<IntakeState, 'type' | 'name'>): string => `${type} ${name}`;

/** How failures of an intake are named where all failures stand. */
export const failureSource = ({ name, from }: Pick<IntakeState, 'name' | 'from'>): string => `intake ${name} (${from})`;
