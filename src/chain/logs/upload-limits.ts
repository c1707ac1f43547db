import { Refusal } from '../../base/refusal.ts';
import type { LogEvent } from './chunk.ts';
import { sizeOf } from './cut-batch.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** AWS's limits of one upload and of one event, in bytes with 26 for each event. */
const LARGEST_UPLOAD = 1_048_576;
const LARGEST_EVENT = 1_048_576;
const OLDEST = 14 * DAY;
const NEWEST = 2 * HOUR;

/** Where the refused events of an upload begin and end, as AWS reports it. */
export interface RejectedEvents {
  /** First event that is too new. */
  readonly tooNewLogEventStartIndex?: number;
  /** First event that is not too old. */
  readonly tooOldLogEventEndIndex?: number;
  /** First event that has not expired by the group's retention. */
  readonly expiredLogEventEndIndex?: number;
}

/** Refuses an upload that PutLogEvents takes no part of, with AWS's message. */
export function checkUpload(events: readonly LogEvent[]): void {
  const sizes = events.map(sizeOf);
  const tooLarge = sizes.find((size) => size > LARGEST_EVENT);
  if (tooLarge !== undefined) throw invalid(`Log event too large: ${tooLarge} bytes exceeds limit of ${LARGEST_EVENT}`);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total > LARGEST_UPLOAD) throw invalid(`Upload too large: ${total} bytes exceeds limit of ${LARGEST_UPLOAD}`);
  for (let index = 1; index < events.length; index += 1)
    if ((events[index] as LogEvent).at < (events[index - 1] as LogEvent).at)
      throw invalid('Log events in a single PutLogEvents request must be in chronological order.');
  const [first] = events;
  const last = events.at(-1);
  if (first && last && last.at - first.at > DAY)
    throw invalid('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
}

/**
 * Splits a sorted upload into what AWS takes and what it rejects: events more than 14 days old, those
 * past the retention of the group, and those more than two hours ahead.
 */
export function splitUpload(
  events: readonly LogEvent[],
  retentionDays: number | null,
  now: number,
): { readonly taken: readonly LogEvent[]; readonly rejected: RejectedEvents | undefined } {
  const tooOldEnd = indexFrom(events, now - OLDEST);
  const expiredEnd = retentionDays === null ? 0 : indexFrom(events, now - retentionDays * DAY);
  const tooNewStart = indexFrom(events, now + NEWEST + 1);
  const taken = events.slice(Math.max(tooOldEnd, expiredEnd), tooNewStart);
  if (taken.length === events.length) return { taken, rejected: undefined };
  const rejected = {
    ...(tooNewStart < events.length && { tooNewLogEventStartIndex: tooNewStart }),
    ...(tooOldEnd > 0 && { tooOldLogEventEndIndex: tooOldEnd }),
    ...(expiredEnd > 0 && { expiredLogEventEndIndex: expiredEnd }),
  };
  return { taken, rejected };
}

/** Index of the first event at or after `time`. */
function indexFrom(events: readonly LogEvent[], time: number): number {
  const index = events.findIndex(({ at }) => at >= time);
  return index < 0 ? events.length : index;
}

const invalid = (message: string): Refusal => new Refusal('InvalidParameterException', message);
