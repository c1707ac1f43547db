import type { LogEvent } from './chunk.ts';

const HOUR = 3_600_000;

/**
 * No chunk spans more than this. Readers rely on it: a chunk that holds an event of time t begins
 * less than an hour before t and ends less than an hour after it.
 */
export const LONGEST_SPAN = HOUR;

const MOST_EVENTS = 10_000;
const MOST_BYTES = 1_048_576;

/** AWS counts this many bytes for an event on top of its message. */
const EVENT_OVERHEAD = 26;

/** The size of an event as AWS counts it: UTF-8 bytes of the message, and 26. */
export const sizeOf = (event: LogEvent): number => Buffer.byteLength(event.message) + EVENT_OVERHEAD;

/** Events for one chunk. */
export interface Piece {
  readonly events: readonly LogEvent[];
  /** As AWS counts it. */
  readonly size: number;
}

/**
 * Cuts a batch into what one chunk may hold, in the order of time; events of equal time keep their
 * order. An ordinary batch stays in one piece.
 */
export function cutBatch(events: readonly LogEvent[]): Piece[] {
  const sorted = isSorted(events) ? events : [...events].sort((a, b) => a.at - b.at);
  const pieces: Piece[] = [];
  let piece: LogEvent[] = [];
  let bytes = 0;
  for (const event of sorted) {
    const size = sizeOf(event);
    const first = piece[0];
    const isFull = piece.length >= MOST_EVENTS || bytes + size > MOST_BYTES;
    if (first && (isFull || event.at - first.at >= LONGEST_SPAN)) {
      pieces.push({ events: piece, size: bytes });
      piece = [];
      bytes = 0;
    }
    piece.push(event);
    bytes += size;
  }
  if (piece.length > 0) pieces.push({ events: piece, size: bytes });
  return pieces;
}

const isSorted = (events: readonly LogEvent[]): boolean =>
  events.every((event, index) => index === 0 || (events[index - 1] as LogEvent).at <= event.at);
