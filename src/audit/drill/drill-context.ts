import { type Clock, sleep } from '../../base/clock.ts';
import type { DrillCall } from './drill-calls.ts';
import type { KnownServer } from './known-server.ts';

/** What all parts of one drill share. */
export interface DrillContext {
  /** A UUID: what the drill puts anywhere bears it. */
  readonly id: string;
  /** The caller's. */
  readonly account: string;
  readonly clock: Clock;
  readonly call: DrillCall;
  /** The same, with the drill's mark in the user agent, which CloudTrail records. */
  readonly markedCall: DrillCall;
  /** Milliseconds to wait for each thing that must come. */
  readonly patience: number;
  /** Aborted when the user ends the drill: it then cleans up. */
  readonly stop: AbortSignal;
  readonly server: KnownServer | undefined;
  /** Progress, for the terminal. */
  readonly note: (text: string) => void;
}

/** In user agents, and the beginning of names of all that a drill makes. */
export const MARK = 'trailbell-drill';

/** `trailbell-drill/ID`, as it stands in the records of marked calls. */
export const markOf = ({ id }: Pick<DrillContext, 'id'>): string => `${MARK}/${id}`;

/** `trailbell-drill-ID`: a name of a resource, or of a role session. */
export const ownName = ({ id }: Pick<DrillContext, 'id'>): string => `${MARK}-${id}`;

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;

/** Looks again and again until something is there; undefined when patience ends, or the user ends the drill. */
export async function awaited<T>(
  { clock, patience, stop }: Pick<DrillContext, 'clock' | 'patience' | 'stop'>,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const end = clock.now() + patience;
  const ended = new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }));
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    const found = await look();
    if (found !== undefined) return found;
    const left = end - clock.now();
    if (left <= 0 || stop.aborted) return undefined;
    await Promise.race([sleep(clock, Math.min(pause, left)), ended]);
  }
}

/** `AccessDenied: …` of a call that was refused. */
export const refusalText = (error: unknown): string => {
  const { name, message } = error as Error;
  return `${name}: ${message}`;
};

/** A time of waiting, as a person says it. */
export const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 1_000)} s`;
