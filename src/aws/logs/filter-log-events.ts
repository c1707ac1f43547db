import type { FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { sizeOf } from '../../chain/logs/cut-batch.ts';
import { type EventPosition, eventIdOf, positionOf } from '../../chain/logs/event-position.ts';
import { EventReader, type StoredEvent } from '../../chain/logs/event-reader.ts';
import { compileFilterPattern } from '../../chain/logs/filter-rules.ts';
import type { LogGroup } from '../../chain/logs/log-groups.ts';
import { findLogStream, listLogStreams } from '../../chain/logs/log-streams.ts';
import { retentionOf } from '../../chain/logs/retention-rule.ts';
import type { CompiledPattern } from '../../pattern/index.ts';
import { groupOfCall } from './group-of-call.ts';
import { invalid } from './invalid.ts';
import type { LogsDeps, LogsOperation } from './logs-deps.ts';
import { invalidToken, readPageToken, writePageToken } from './page-token.ts';

const MOST_EVENTS = 10_000;
const MOST_BYTES = 1_048_576;

/** A call looks through about this much and then gives a token, with or without events. */
const MOST_SCANNED = 8 * 1_048_576;

/** More streams than this are searched by reading all of the group. */
const MOST_STREAMS = 1_000;

type Input = Parameters<LogsOperation<'FilterLogEvents'>>[0];
type Direction = 'forward' | 'backward';

/** Events of a group, or of some streams, that match a pattern: earliest first unless asked otherwise. */
export const filterLogEvents =
  ({ store, clock }: LogsDeps): LogsOperation<'FilterLogEvents'> =>
  async (input, { scope }) => {
    const { logStreamNames, logStreamNamePrefix: prefix } = input;
    if (logStreamNames && prefix !== undefined)
      throw invalid('The parameters logStreamNames and logStreamNamePrefix are mutually exclusive.');
    const pattern = compileFilterPattern(input.filterPattern ?? '');
    const group = await groupOfCall(store.read, scope, input);
    const inputs = [
      'FilterLogEvents',
      group.id,
      input.filterPattern,
      logStreamNames,
      prefix,
      input.startTime,
      input.endTime,
    ];
    const { direction, gap } = startOf(input, inputs);
    const streamIds = await streamsOf(store, group, input);
    const nothing = { events: [], searchedLogStreams: [] };
    if (streamIds?.length === 0) return nothing;
    const reader = new EventReader(store.read, {
      groupId: group.id,
      streamIds,
      from: input.startTime ?? 0,
      // AWS leaves out what is later than the end, not the end itself.
      until: (input.endTime ?? Number.MAX_SAFE_INTEGER - 1) + 1,
      direction,
      gap,
      retention: retentionOf(group.retention_days, clock.now()),
    });
    const { events, rest } = await readPage(reader, pattern, direction, input.limit ?? MOST_EVENTS, prefix);
    return { ...nothing, events, ...(rest && { nextToken: writePageToken(inputs, [direction, eventIdOf(rest)]) }) };
  };

/** A token keeps the direction it was given out for. */
function startOf(input: Input, inputs: unknown): { direction: Direction; gap: EventPosition | undefined } {
  const place = readPageToken(input.nextToken, inputs, 2);
  if (!place) return { direction: input.startFromHead === false ? 'backward' : 'forward', gap: undefined };
  const [direction, id = ''] = place;
  const gap = positionOf(id);
  if (!gap || (direction !== 'forward' && direction !== 'backward')) throw invalidToken();
  return { direction, gap };
}

/** Ids of the streams asked for; undefined to search the whole group. */
async function streamsOf(
  { read }: LogsDeps['store'],
  group: LogGroup,
  { logStreamNames, logStreamNamePrefix: prefix }: Input,
): Promise<number[] | undefined> {
  if (logStreamNames) {
    const streams = await Promise.all([...new Set(logStreamNames)].map((name) => findLogStream(read, group, name)));
    return streams.flatMap((stream) => (stream ? [stream.id] : []));
  }
  if (prefix === undefined) return undefined;
  const search = { prefix, orderBy: 'name', descending: false, limit: MOST_STREAMS + 1 } as const;
  const streams = await listLogStreams(read, group, search);
  return streams.length > MOST_STREAMS ? undefined : streams.map(({ id }) => id);
}

interface Page {
  readonly events: FilteredLogEvent[];
  /** The gap at which to go on; undefined when all has been seen. */
  readonly rest: EventPosition | undefined;
}

async function readPage(
  reader: EventReader,
  pattern: CompiledPattern,
  direction: Direction,
  limit: number,
  prefix = '',
): Promise<Page> {
  const events: FilteredLogEvent[] = [];
  let bytes = 0;
  for (let event = await reader.next(); event; event = await reader.next()) {
    const isWanted = event.stream.startsWith(prefix) && pattern.matches(event.message);
    const size = isWanted ? sizeOf(event) : 0;
    const isFull = events.length >= limit || (bytes + size > MOST_BYTES && events.length > 0);
    if (isFull) return { events, rest: gapBefore(event, direction) };
    if (isWanted) events.push(shapeOf(event));
    bytes += size;
    if (reader.scannedBytes > MOST_SCANNED) return { events, rest: gapAfter(event, direction) };
  }
  return { events, rest: undefined };
}

/** The gap from which reading on begins with this event. */
const gapBefore = (event: EventPosition, direction: Direction): EventPosition =>
  direction === 'forward' ? event : { ...event, index: event.index + 1 };

/** The gap from which reading on begins behind this event. */
const gapAfter = (event: EventPosition, direction: Direction): EventPosition =>
  direction === 'forward' ? { ...event, index: event.index + 1 } : event;

const shapeOf = (event: StoredEvent): FilteredLogEvent => ({
  logStreamName: event.stream,
  timestamp: event.at,
  message: event.message,
  ingestionTime: event.ingestedAt,
  eventId: eventIdOf(event),
});
