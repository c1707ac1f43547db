import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import { unpackEvents } from '../../chain/logs/chunk.ts';
import { countMatchesFrom, readChunkMatches } from '../../chain/logs/chunk-matches.ts';
import { eventIdOf } from '../../chain/logs/event-position.ts';
import { EventView } from '../../pattern/index.ts';
import type { Tables } from '../../store/tables.ts';
import type { EventItem } from '../item.ts';
import { type Backlog, type Place, WHOLE } from '../place.ts';
import type { Slice, Source } from './source.ts';
import { WaitingCount } from './waiting-count.ts';

/**
 * All accepted log events, or those that a metric filter counted when they came in. Chunk numbers rise with commits,
 * as all writes are made one after the other.
 */
export function eventSource(db: Kysely<Tables>, what: 'events' | 'matches', clock: Pick<Clock, 'now'>): Source {
  const matchesOnly = what === 'matches';
  const counted = new WaitingCount(async (after, head, backlog) => {
    const column = matchesOnly ? 'matched.count' : 'chunk.count';
    const row = await remaining(db, matchesOnly, { position: after, part: WHOLE }, backlog)
      .select(({ fn }) => fn.sum<number | null>(column).as('count'))
      .where('chunk.id', '<=', head)
      .executeTakeFirst();
    return row?.count ?? 0;
  });
  return {
    async read(after, backlog) {
      // Asked first: what commits between the two questions is for the next time.
      const { position: head } = await headOf(db);
      const chunk = await nextChunk(db, matchesOnly, after, backlog, head);
      if (chunk) return sliceOf(chunk, matchesOnly, after, backlog);
      return head > after.position ? { items: [], end: { position: head, part: WHOLE } } : undefined;
    },
    head: () => headOf(db),
    async waiting(after, backlog) {
      const { position: head } = await headOf(db);
      const begun = after.part === WHOLE ? 0 : await restOf(db, matchesOnly, after);
      const count = begun + (await counted.count(after.position, head, backlog, clock.now()));
      if (count === 0) return { count, since: null };
      const oldest = await remaining(db, matchesOnly, after, backlog)
        .select('chunk.ingested_at')
        .orderBy('chunk.id')
        .limit(1)
        .executeTakeFirst();
      return { count, since: oldest?.ingested_at ?? null };
    },
  };
}

async function headOf(db: Kysely<Tables>): Promise<Place> {
  const row = await db.selectFrom('log_chunks').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
  return { position: row?.id ?? 0, part: WHOLE };
}

/** Events left of the chunk that a forward is in. */
async function restOf(db: Kysely<Tables>, matchesOnly: boolean, { position, part }: Place): Promise<number> {
  const row = await db
    .selectFrom('log_chunks as chunk')
    .leftJoin('chunk_matches as matched', 'matched.chunk_id', 'chunk.id')
    .select(['chunk.count', 'matched.filters'])
    .where('chunk.id', '=', position)
    .executeTakeFirst();
  if (!row) return 0;
  return matchesOnly ? countMatchesFrom(row.filters ?? '{}', part) : Math.max(0, row.count - part);
}

/** Chunks with something left to look at. */
function remaining(db: Kysely<Tables>, matchesOnly: boolean, { position, part }: Place, { end, from }: Backlog) {
  const first = part === WHOLE ? position + 1 : position;
  const query = db
    .selectFrom('log_chunks as chunk')
    .leftJoin('chunk_matches as matched', 'matched.chunk_id', 'chunk.id')
    .where('chunk.id', '>=', first)
    .where(({ eb, or }) => or([eb('chunk.id', '>', end), eb('chunk.last_at', '>=', from)]));
  return matchesOnly ? query.where('matched.chunk_id', 'is not', null) : query;
}

function nextChunk(db: Kysely<Tables>, matchesOnly: boolean, after: Place, backlog: Backlog, head: number) {
  return remaining(db, matchesOnly, after, backlog)
    .leftJoin('log_groups as owner', 'owner.id', 'chunk.group_id')
    .leftJoin('log_streams as stream', 'stream.id', 'chunk.stream_id')
    .select(['chunk.id', 'chunk.ingested_at', 'chunk.codec', 'chunk.bytes', 'matched.filters'])
    .select(['owner.account', 'owner.region', 'owner.name as logGroup', 'stream.name as logStream'])
    .where('chunk.id', '<=', head)
    .orderBy('chunk.id')
    .limit(1)
    .executeTakeFirst();
}

type Chunk = NonNullable<Awaited<ReturnType<typeof nextChunk>>>;

function sliceOf(chunk: Chunk, matchesOnly: boolean, after: Place, backlog: Backlog): Slice {
  const names = readChunkMatches(chunk.filters ?? '{}');
  const done = chunk.id === after.position ? after.part : 0;
  const { account, region, logGroup, logStream, ingested_at: receivedAt } = chunk;
  const owner = {
    account: account ?? '',
    region: region ?? '',
    logGroup: logGroup ?? '',
    logStream: logStream ?? '',
    receivedAt,
  };
  const items = unpackEvents(chunk).flatMap(({ at, message }, index): Slice['items'][number][] => {
    const filters = names.get(index) ?? [];
    if (index < done || (matchesOnly && filters.length === 0)) return [];
    const isPast = chunk.id <= backlog.end && at < backlog.from;
    const id = eventIdOf({ at, chunk: chunk.id, index });
    const item: EventItem = { kind: 'event', id, at, view: new EventView(message), filters, ...owner };
    return [{ item, place: { position: chunk.id, part: index + 1 }, isPast }];
  });
  return { items, end: { position: chunk.id, part: WHOLE } };
}
