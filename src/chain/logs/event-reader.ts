import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import { type LogEvent, unpackEvents } from './chunk.ts';
import { LONGEST_SPAN } from './cut-batch.ts';
import { comparePositions, type EventPosition } from './event-position.ts';
import { hasExpired, type Retention } from './retention-rule.ts';

export interface StoredEvent extends EventPosition {
  readonly message: string;
  readonly stream: string;
  readonly ingestedAt: number;
}

export interface EventQuery {
  readonly groupId: number;
  /** All streams of the group when not given. */
  readonly streamIds?: readonly number[] | undefined;
  /** Events from this time … */
  readonly from: number;
  /** … to before this time. */
  readonly until: number;
  readonly direction: 'forward' | 'backward';
  /**
   * The place to go on from. It lies just before the event of that position: forward begins with it,
   * backward begins with the one before it.
   */
  readonly gap?: EventPosition | undefined;
  readonly retention?: Retention | undefined;
}

interface ChunkPlace {
  readonly id: number;
  readonly first_at: number;
  readonly last_at: number;
  readonly ingested_at: number;
  readonly raw_bytes: number;
  readonly stream: string;
}

/** An opened chunk and the event it would give next. */
interface Cursor {
  readonly chunk: ChunkPlace;
  readonly events: readonly LogEvent[];
  index: number;
}

const PLACES_AT_A_TIME = 200;

/** Far beyond any event, and small enough for every database's integers. */
const END_OF_TIME = 10 ** 15;

/**
 * Gives the events of a group, or of some of its streams, one by one in the order of their positions.
 * Chunks overlap in time, so those that may hold the next event are open side by side; each is
 * inflated only when its time comes.
 */
export class EventReader {
  readonly #db: Kysely<Tables>;
  readonly #query: EventQuery;
  readonly #forward: boolean;
  #waiting: ChunkPlace[] = [];
  #lastPlace: ChunkPlace | undefined;
  #allSeen = false;
  #open: Cursor[] = [];
  #scanned = 0;

  constructor(db: Kysely<Tables>, query: EventQuery) {
    this.#db = db;
    this.#query = { ...query, from: Math.min(query.from, END_OF_TIME), until: Math.min(query.until, END_OF_TIME) };
    this.#forward = query.direction === 'forward';
  }

  /** Bytes inflated so far, for callers who bound their work. */
  get scannedBytes(): number {
    return this.#scanned;
  }

  /** The next event, or undefined at the end. */
  async next(): Promise<StoredEvent | undefined> {
    for (;;) {
      const cursor = this.#nearest();
      const place = await this.#nextPlace();
      if (!cursor && !place) return undefined;
      if (place && (!cursor || this.#mayPrecede(place, cursor))) await this.#openNext(place);
      else if (cursor) return this.#take(cursor);
    }
  }

  #nearest(): Cursor | undefined {
    let nearest: Cursor | undefined;
    for (const cursor of this.#open) {
      const order = nearest ? comparePositions(positionAt(cursor), positionAt(nearest)) : 0;
      if (!nearest || (this.#forward ? order < 0 : order > 0)) nearest = cursor;
    }
    return nearest;
  }

  /** May an unopened chunk hold an event that comes before the one at the cursor? */
  #mayPrecede(place: ChunkPlace, cursor: Cursor): boolean {
    const { at } = positionAt(cursor);
    return this.#forward ? place.first_at <= at : place.last_at >= at;
  }

  #take(cursor: Cursor): StoredEvent {
    const { chunk, events, index } = cursor;
    const { at, message } = events[index] as LogEvent;
    cursor.index = this.#following(chunk, events, index);
    if (!events[cursor.index]) this.#open = this.#open.filter((other) => other !== cursor);
    return { at, chunk: chunk.id, index, message, stream: chunk.stream, ingestedAt: chunk.ingested_at };
  }

  async #openNext(place: ChunkPlace): Promise<void> {
    this.#waiting.shift();
    const packed = await this.#db
      .selectFrom('log_chunks')
      .select(['codec', 'bytes'])
      .where('id', '=', place.id)
      .executeTakeFirst();
    // Retention may have taken it since.
    if (!packed) return;
    const events = unpackEvents(packed);
    this.#scanned += place.raw_bytes;
    const index = this.#following(place, events, this.#forward ? -1 : events.length);
    if (events[index]) this.#open.push({ chunk: place, events, index });
    // Inflating keeps the processor busy: let others have their turn.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }

  /** Index of the next wanted event of a chunk beyond `index`; outside the chunk when there is none. */
  #following(chunk: ChunkPlace, events: readonly LogEvent[], index: number): number {
    const step = this.#forward ? 1 : -1;
    let next = index + step;
    for (let event = events[next]; event; event = events[next]) {
      if (this.#isWanted({ at: event.at, chunk: chunk.id, index: next }, chunk.ingested_at)) break;
      next += step;
    }
    return next;
  }

  #isWanted(position: EventPosition, ingestedAt: number): boolean {
    const { from, until, gap, retention } = this.#query;
    if (position.at < from || position.at >= until) return false;
    if (gap && comparePositions(position, gap) < 0 === this.#forward) return false;
    return !(retention && hasExpired(retention, position.at, ingestedAt));
  }

  async #nextPlace(): Promise<ChunkPlace | undefined> {
    if (this.#waiting.length === 0 && !this.#allSeen) {
      this.#waiting = await this.#places();
      this.#lastPlace = this.#waiting.at(-1);
      this.#allSeen = this.#waiting.length < PLACES_AT_A_TIME;
    }
    return this.#waiting[0];
  }

  /** The next chunks by the edge that is met first: by their beginning forward, by their end backward. */
  async #places(): Promise<ChunkPlace[]> {
    const { groupId, streamIds, gap } = this.#query;
    const from = this.#forward && gap ? Math.max(this.#query.from, gap.at) : this.#query.from;
    const until = !this.#forward && gap ? Math.min(this.#query.until, gap.at + 1) : this.#query.until;
    let query = this.#db
      .selectFrom('log_chunks as chunk')
      .innerJoin('log_streams as stream', 'stream.id', 'chunk.stream_id')
      .select(['chunk.id', 'chunk.first_at', 'chunk.last_at', 'chunk.ingested_at', 'chunk.raw_bytes'])
      .select('stream.name as stream')
      .where('chunk.last_at', '>=', from)
      .where('chunk.first_at', '<', until);
    const [onlyStream] = streamIds ?? [];
    if (streamIds?.length === 1 && onlyStream !== undefined) query = query.where('chunk.stream_id', '=', onlyStream);
    else query = query.where('chunk.group_id', '=', groupId);
    if (streamIds && streamIds.length !== 1) query = query.where('chunk.stream_id', 'in', streamIds);
    const edge = this.#forward ? 'chunk.first_at' : 'chunk.last_at';
    // No chunk is longer than this, so the search has two ends in the one index that sorts it.
    query = this.#forward ? query.where(edge, '>=', from - LONGEST_SPAN) : query.where(edge, '<', until + LONGEST_SPAN);
    const last = this.#lastPlace;
    if (last) {
      const beyond = this.#forward ? '>' : '<';
      const edgeOfLast = this.#forward ? last.first_at : last.last_at;
      query = query.where(({ and, eb, or }) =>
        or([eb(edge, beyond, edgeOfLast), and([eb(edge, '=', edgeOfLast), eb('chunk.id', beyond, last.id)])]),
      );
    }
    const order = this.#forward ? 'asc' : 'desc';
    return query.orderBy(edge, order).orderBy('chunk.id', order).limit(PLACES_AT_A_TIME).execute();
  }
}

const positionAt = ({ chunk, events, index }: Cursor): EventPosition => ({
  at: (events[index] as LogEvent).at,
  chunk: chunk.id,
  index,
});
