import type { TrailItem } from '../record-item.ts';
import type { Engine } from './engine.ts';
import type { OnMatch, Tally } from './scan-outcome.ts';

/** Among the patterns of a candidate: the record must be read as a whole. */
export const ODD = 31;

/** How addresses in the engine's memory become places in the content. */
export interface Offsets {
  /** That of address 0. */
  readonly base: number;
  /** One record a line: what lies on it is told by where the line begins. */
  readonly isLines: boolean;
}

/** The place of the candidate that begins at `start`. */
export function offsetOf({ bytes, contentStart }: Engine, start: number, { base, isLines }: Offsets): number {
  let at = start;
  if (isLines) while (at > contentStart && BLANKS.includes(bytes[at - 1] as number)) at -= 1;
  return base + at;
}

const BLANKS: readonly number[] = [9, 13, 32];

/** Takes what a scan of content comes upon, in the order of the content. */
export interface RecordTaker {
  /** Takes what the engine's last `scan` found. */
  judgeCandidates(tally: Tally, onMatch: OnMatch | undefined, offsets: Offsets): void;
  /** Takes what was read in another way. */
  judgeItems(items: Iterable<TrailItem>, tally: Tally, onMatch: OnMatch | undefined): void;
}
