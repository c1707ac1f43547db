import { sizeOf } from '../../chain/logs/cut-batch.ts';
import { type EventPosition, eventIdOf, positionOf } from '../../chain/logs/event-position.ts';
import { EventReader, type StoredEvent } from '../../chain/logs/event-reader.ts';
import { getLogStream } from '../../chain/logs/log-streams.ts';
import { retentionOf } from '../../chain/logs/retention-rule.ts';
import { groupOfCall } from './group-of-call.ts';
import type { LogsDeps, LogsOperation } from './logs-deps.ts';
import { fingerprint, invalidToken } from './page-token.ts';

/** AWS gives as many events as fit, up to both. */
const MOST_EVENTS = 10_000;
const MOST_BYTES = 1_048_576;

interface Token {
  readonly direction: 'forward' | 'backward';
  /** Just before this event. */
  readonly gap: EventPosition;
}

/**
 * A page of one stream, oldest event first. Tokens name gaps between events, so that the forward one
 * goes on working when events arrive, and paging to and fro shows each event once. At the end of
 * the stream the token given comes back, which is how clients know.
 */
export const getLogEvents =
  ({ store, clock }: LogsDeps): LogsOperation<'GetLogEvents'> =>
  async (input, { scope }) => {
    const group = await groupOfCall(store.read, scope, input);
    const stream = await getLogStream(store.read, group, input.logStreamName);
    const mark = fingerprint('GetLogEvents', group.id, stream.id);
    const token = input.nextToken === undefined ? undefined : readToken(input.nextToken, mark);
    const direction = token?.direction ?? (input.startFromHead ? 'forward' : 'backward');
    const { startTime: from = 0, endTime: until = Number.MAX_SAFE_INTEGER } = input;
    const reader = new EventReader(store.read, {
      groupId: group.id,
      streamIds: [stream.id],
      from,
      until,
      direction,
      gap: token?.gap,
      retention: retentionOf(group.retention_days, clock.now()),
    });
    const events = await readPage(reader, input.limit ?? MOST_EVENTS);
    if (direction === 'backward') events.reverse();
    const [first, last] = [events[0], events.at(-1)];
    const before = first ?? token?.gap ?? { at: from, chunk: 0, index: 0 };
    const after = last ? { ...last, index: last.index + 1 } : before;
    return {
      events: events.map(({ at, message, ingestedAt }) => ({ timestamp: at, message, ingestionTime: ingestedAt })),
      nextForwardToken: `f/${eventIdOf(after)}/${mark}`,
      nextBackwardToken: `b/${eventIdOf(before)}/${mark}`,
    };
  };

async function readPage(reader: EventReader, limit: number): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  let bytes = 0;
  while (events.length < limit) {
    const event = await reader.next();
    if (!event) break;
    bytes += sizeOf(event);
    if (bytes > MOST_BYTES && events.length > 0) break;
    events.push(event);
  }
  return events;
}

function readToken(text: string, mark: string): Token {
  const [direction, id = '', ownMark] = text.split('/');
  const gap = positionOf(id);
  if ((direction !== 'f' && direction !== 'b') || !gap || ownMark !== mark) throw invalidToken();
  return { direction: direction === 'f' ? 'forward' : 'backward', gap };
}
