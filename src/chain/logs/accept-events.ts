import type { Insertable } from 'kysely';
import type { Scope } from '../../base/scope.ts';
import { EventView } from '../../pattern/index.ts';
import { Prepared } from '../../store/prepared.ts';
import type { LogChunksTable } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import type { ChainContext } from '../context.ts';
import type { CountedBatch, CountedEvent } from '../matches/counted-event.ts';
import { beginPacking, type LogEvent, type Packed } from './chunk.ts';
import { noteChunkMatches } from './chunk-matches.ts';
import { type CompiledFilters, FilterCache } from './compiled-filters.ts';
import { cutBatch, type Piece } from './cut-batch.ts';
import { eventIdOf } from './event-position.ts';
import { ensureLogGroup, getLogGroup, type LogGroup } from './log-groups.ts';
import { ensureLogStream, getLogStream, type LogStream } from './log-streams.ts';
import type { MetricSample, NextStages } from './next-stages.ts';
import type { ForwardedEvent, SubscriptionData } from './subscription-envelope.ts';
import type { SubscriptionFilter } from './subscription-filter.ts';
import { checkUpload, type RejectedEvents, splitUpload } from './upload-limits.ts';

/** Log events for one stream. */
export interface LogBatch {
  readonly scope: Scope;
  readonly group: string;
  readonly stream: string;
  readonly events: readonly LogEvent[];
  /** The intake run that brings them: history rings once per alarm and run. */
  readonly run?: string;
  /**
   * `aws` keeps AWS's limits and wants the stream to exist. `own` takes any age, order and number, and
   * makes group and stream where they are missing.
   */
  readonly door: 'aws' | 'own';
}

export interface Acceptance {
  readonly streamId: number;
  /** How many events were taken. */
  readonly stored: number;
  /** What AWS's limits kept out; undefined when all was taken. */
  readonly rejected?: RejectedEvents;
}

export type AcceptEvents = (tx: Tx, batch: LogBatch) => Promise<Acceptance>;

/**
 * The entrance of the chain: stores a batch, judges it by the group's filters and hands what
 * they find to metrics, matches and subscribers, all in the caller's transaction. Nothing is dropped as a
 * duplicate: AWS does not either. Refuses with AWS's errors.
 */
export function createAcceptEvents({ clock, signals }: ChainContext, next: NextStages): AcceptEvents {
  const filters = new FilterCache();
  return async (tx, batch) => {
    const now = clock.now();
    const [group, stream] = await ownersOf(tx, batch, now);
    const { taken, rejected } = withinLimits(batch, group, now);
    if (taken.length > 0) {
      const compiled = await filters.filtersOf(tx, group);
      const chunks = cutBatch(taken).map(beginChunk);
      const events = chunks.flatMap((chunk) => chunk.placed);
      // While the chunks are compressed.
      const { counts, forwards } = judge(events, compiled, batch.scope);
      await storeChunks(tx, group, stream, chunks, now);
      await noteChunkMatches(
        tx,
        counts.map(({ event: { chunk, index }, filter }) => ({ chunk, index, filter })),
      );
      tx.onCommit(() => signals.raise('events'));
      await passOn(tx, next, counts, { groupId: group.id, streamId: stream.id, ingestedAt: now, run: batch.run });
      await next.noteGrants?.(
        tx,
        events.map(({ message }) => message),
      );
      for (const { filter, found } of forwards) {
        const logEvents = found.map(({ event, fields }) => forwarded(event, fields));
        await next.forwardEvents(tx, filter, dataOf(group, stream, filter, logEvents));
      }
    }
    return { streamId: stream.id, stored: taken.length, ...(rejected && { rejected }) };
  };
}

async function ownersOf(tx: Tx, { scope, group, stream, door }: LogBatch, now: number): Promise<[LogGroup, LogStream]> {
  if (door === 'own') {
    const owner = await ensureLogGroup(tx, scope, group, now);
    return [owner, await ensureLogStream(tx, owner, stream, now)];
  }
  const owner = await getLogGroup(tx.db, scope, group);
  return [owner, await getLogStream(tx.db, owner, stream)];
}

function withinLimits({ events, door }: LogBatch, group: LogGroup, now: number) {
  if (door === 'own') return { taken: events.map((event) => datable(event, now)), rejected: undefined };
  checkUpload(events);
  return splitUpload(events, group.retention_days, now);
}

/** Beyond this the digits of event ids run out. */
const END_OF_TIME = 10 ** 15;

/** An event whose time is no time happened when it arrived. */
const datable = (event: LogEvent, now: number): LogEvent =>
  Number.isInteger(event.at) && event.at >= 0 && event.at < END_OF_TIME ? event : { ...event, at: now };

/** An event that has its place in a chunk. */
interface PlacedEvent extends LogEvent {
  /** Known once the chunk is stored. */
  chunk: number;
  readonly index: number;
}

interface Chunk extends Piece {
  readonly placed: readonly PlacedEvent[];
  /** Ends the compressing of the events. */
  readonly packed: () => Promise<Packed>;
}

const NOT_STORED = -1;

const beginChunk = (piece: Piece): Chunk => ({
  ...piece,
  placed: piece.events.map(({ at, message }, index) => ({ at, message, chunk: NOT_STORED, index })),
  packed: beginPacking(piece.events),
});

async function storeChunks(
  tx: Tx,
  group: LogGroup,
  stream: LogStream,
  chunks: readonly Chunk[],
  now: number,
): Promise<void> {
  let bytes = 0;
  for (const chunk of chunks) {
    const id = await insertChunk(tx, stream, chunk, now);
    for (const event of chunk.placed) event.chunk = id;
    bytes += chunk.size;
  }
  const [firstChunk, lastChunk] = [chunks[0] as Chunk, chunks.at(-1) as Chunk];
  const [first, last] = [(firstChunk.events[0] as LogEvent).at, (lastChunk.events.at(-1) as LogEvent).at];
  await GROWN_STREAM.rows(tx.db, {
    id: stream.id,
    first: Math.min(stream.first_event_at ?? first, first),
    last: Math.max(stream.last_event_at ?? last, last),
    now,
    bytes,
  });
  await GROWN_GROUP.rows(tx.db, { id: group.id, bytes });
}

interface Growth {
  readonly id: number;
  readonly bytes: number;
}

const GROWN_STREAM = new Prepared(
  (db, { id, first, last, now, bytes }: Growth & { first: number; last: number; now: number }) =>
    db
      .updateTable('log_streams')
      .set((row) => ({
        first_event_at: first,
        last_event_at: last,
        last_ingested_at: now,
        stored_bytes: row('stored_bytes', '+', bytes),
      }))
      .where('id', '=', id),
);

const GROWN_GROUP = new Prepared((db, { id, bytes }: Growth) =>
  db
    .updateTable('log_groups')
    .set((row) => ({ stored_bytes: row('stored_bytes', '+', bytes) }))
    .where('id', '=', id),
);

async function insertChunk(tx: Tx, stream: LogStream, chunk: Chunk, now: number): Promise<number> {
  const { events, size, packed } = chunk;
  const [row] = await NEW_CHUNK.rows(tx.db, {
    group_id: stream.group_id,
    stream_id: stream.id,
    first_at: (events[0] as LogEvent).at,
    last_at: (events.at(-1) as LogEvent).at,
    ingested_at: now,
    count: events.length,
    raw_bytes: size,
    ...(await packed()),
  });
  return (row as { id: number }).id;
}

const NEW_CHUNK = new Prepared((db, chunk: Insertable<LogChunksTable>) => {
  const { group_id, stream_id, first_at, last_at, ingested_at, count, raw_bytes, codec, bytes } = chunk;
  return db
    .insertInto('log_chunks')
    .values({ group_id, stream_id, first_at, last_at, ingested_at, count, raw_bytes, codec, bytes })
    .returning('id');
});

/** One match of one filter. */
interface Count {
  readonly event: PlacedEvent;
  readonly view: EventView;
  readonly filterId: number;
  readonly filter: string;
  readonly sample: MetricSample;
}

/** What one subscription filter found. */
interface Forward {
  readonly filter: SubscriptionFilter;
  readonly found: { readonly event: PlacedEvent; readonly fields: ForwardedEvent['extractedFields'] }[];
}

function judge(events: readonly PlacedEvent[], filters: CompiledFilters, scope: Scope) {
  const counts: Count[] = [];
  const forwards = new Map<SubscriptionFilter, Forward>();
  for (const event of events) {
    const view = new EventView(event.message);
    for (const matching of filters.matchingEvent(view)) {
      if (matching.kind === 'forwarding') {
        const forward = forwards.get(matching.filter) ?? { filter: matching.filter, found: [] };
        forwards.set(matching.filter, forward);
        forward.found.push({ event, fields: matching.fieldsOf(view) });
        continue;
      }
      const sample = matching.sampleOf(view);
      if (!sample) continue;
      const { metricNamespace: namespace, metricName: name, unit = 'None' } = matching.filter.transformation;
      const whole = { scope, namespace, name, at: event.at, unit, ...sample };
      const { id: filterId, name: filter } = matching.filter;
      counts.push({ event, view, filterId, filter, sample: whole });
    }
  }
  return { counts, forwards: forwards.values() };
}

const forwarded = (event: PlacedEvent, extractedFields: ForwardedEvent['extractedFields']): ForwardedEvent => ({
  id: eventIdOf(event),
  timestamp: event.at,
  message: event.message,
  ...(extractedFields && { extractedFields }),
});

const dataOf = (
  group: LogGroup,
  stream: LogStream,
  filter: SubscriptionFilter,
  logEvents: readonly ForwardedEvent[],
): SubscriptionData => ({
  owner: group.account,
  logGroup: group.name,
  logStream: stream.name,
  subscriptionFilters: [filter.name],
  logEvents,
});

async function passOn(
  tx: Tx,
  next: NextStages,
  counts: readonly Count[],
  origin: Omit<CountedBatch, 'events'>,
): Promise<void> {
  if (counts.length === 0) return;
  const metricIds = await next.recordSamples(
    tx,
    counts.map(({ sample }) => sample),
  );
  const events = new Map<PlacedEvent, CountedEvent & { counts: { filterId: number; metricId: number }[] }>();
  counts.forEach(({ event, view, filterId }, index) => {
    const counted = events.get(event) ?? { id: eventIdOf(event), at: event.at, view, counts: [] };
    counted.counts.push({ filterId, metricId: metricIds[index] as number });
    events.set(event, counted);
  });
  await next.recordMatches(tx, { ...origin, events: [...events.values()] });
}
