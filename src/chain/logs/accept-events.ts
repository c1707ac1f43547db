import type { Insertable } from 'kysely';
import type { Scope } from '../../base/scope.ts';
import { EventView } from '../../pattern/index.ts';
import { Prepared } from '../../store/prepared.ts';
import type { LogChunksTable } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import type { ChainContext } from '../context.ts';
import type { CountedBatch, CountedEvent } from '../matches/counted-event.ts';
import { type LogEvent, packEvents } from './chunk.ts';
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
      const events = await storeEvents(tx, group, stream, taken, now);
      const { counts, forwards } = judge(events, await filters.filtersOf(tx, group), batch.scope);
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
      for (const { filter, logEvents } of forwards)
        await next.forwardEvents(tx, filter, dataOf(group, stream, filter, logEvents));
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

interface StoredEvent extends LogEvent {
  readonly chunk: number;
  readonly index: number;
}

async function storeEvents(
  tx: Tx,
  group: LogGroup,
  stream: LogStream,
  events: readonly LogEvent[],
  now: number,
): Promise<StoredEvent[]> {
  const stored: StoredEvent[] = [];
  let bytes = 0;
  for (const piece of cutBatch(events)) {
    const chunk = await insertChunk(tx, stream, piece, now);
    for (const [index, { at, message }] of piece.events.entries()) stored.push({ at, message, chunk, index });
    bytes += piece.size;
  }
  const [first, last] = [(stored[0] as StoredEvent).at, (stored.at(-1) as StoredEvent).at];
  await GROWN_STREAM.rows(tx.db, {
    id: stream.id,
    first: Math.min(stream.first_event_at ?? first, first),
    last: Math.max(stream.last_event_at ?? last, last),
    now,
    bytes,
  });
  await GROWN_GROUP.rows(tx.db, { id: group.id, bytes });
  return stored;
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

async function insertChunk(tx: Tx, stream: LogStream, { events, size }: Piece, now: number): Promise<number> {
  const [row] = await NEW_CHUNK.rows(tx.db, {
    group_id: stream.group_id,
    stream_id: stream.id,
    first_at: (events[0] as LogEvent).at,
    last_at: (events.at(-1) as LogEvent).at,
    ingested_at: now,
    count: events.length,
    raw_bytes: size,
    ...packEvents(events),
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
  readonly event: StoredEvent;
  readonly view: EventView;
  readonly filterId: number;
  readonly filter: string;
  readonly sample: MetricSample;
}

/** What one subscription filter found. */
interface Forward {
  readonly filter: SubscriptionFilter;
  readonly logEvents: ForwardedEvent[];
}

function judge(events: readonly StoredEvent[], filters: CompiledFilters, scope: Scope) {
  const counts: Count[] = [];
  const forwards = new Map<SubscriptionFilter, Forward>();
  for (const event of events) {
    const view = new EventView(event.message);
    for (const matching of filters.matchingEvent(view)) {
      if (matching.kind === 'forwarding') {
        const forward = forwards.get(matching.filter) ?? { filter: matching.filter, logEvents: [] };
        forwards.set(matching.filter, forward);
        forward.logEvents.push(forwarded(event, matching.fieldsOf(view)));
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

const forwarded = (event: StoredEvent, extractedFields: ForwardedEvent['extractedFields']): ForwardedEvent => ({
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
  const events = new Map<StoredEvent, CountedEvent & { counts: { filterId: number; metricId: number }[] }>();
  counts.forEach(({ event, view, filterId }, index) => {
    const counted = events.get(event) ?? { id: eventIdOf(event), at: event.at, view, counts: [] };
    counted.counts.push({ filterId, metricId: metricIds[index] as number });
    events.set(event, counted);
  });
  await next.recordMatches(tx, { ...origin, events: [...events.values()] });
}
