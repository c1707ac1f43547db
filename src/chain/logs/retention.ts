import type { Tx } from '../../store/writer.ts';
import type { ChainContext } from '../context.ts';
import { absolve, type DoomedKind, nextDoomed } from './doomed.ts';
import type { LogGroup } from './log-groups.ts';
import { type Retention, retentionOf } from './retention-rule.ts';

/** Rows of one kind removed in one transaction, so that a sweep never holds up others for long. */
const ROWS_PER_SWEEP = 500;

/** Somebody who still has to read chunks before they may go. */
export interface ChunkHold {
  /** Chunks with a number above this stay, if they came in after `since`; undefined when all may go. */
  heldAbove(db: Read, now: number): Promise<Held | undefined>;
  /** Told of chunks that go, in the transaction that removes them. */
  noteRemoved(tx: Tx, chunkIds: readonly number[]): Promise<void>;
}

export interface Held {
  readonly chunk: number;
  readonly since: number;
}

/**
 * Removes events, and the evidence made of them, whose retention has run out at `now`, and what
 * deleted groups and streams left behind: a bounded part of it per call. Resolves to whether there
 * is more to do at once.
 */
export async function sweepRetention({ store }: ChainContext, now: number, hold?: ChunkHold): Promise<boolean> {
  const held = await hold?.heldAbove(store.read, now);
  const keeping = await store.read
    .selectFrom('log_groups')
    .selectAll()
    .where('retention_days', 'is not', null)
    .execute();
  let isMore = false;
  for (const group of keeping) {
    const retention = retentionOf(group.retention_days, now);
    if (!retention || !(await hasExpiredRows(store.read, group, retention, held))) continue;
    if (await store.write((tx) => sweepGroup(tx, group, retention, { hold, held }))) isMore = true;
  }
  return (await sweepDoomed(store, { hold, held })) || isMore;
}

type Read = ChainContext['store']['read'];

interface Holding {
  readonly hold: ChunkHold | undefined;
  readonly held: Held | undefined;
}

/** Looks before writing, so that an idle engine does not commit. */
async function hasExpiredRows(
  db: Read,
  group: LogGroup,
  retention: Retention,
  held: Held | undefined,
): Promise<boolean> {
  if ((await expiredChunks(db, group, retention, { held, limit: 1 })).length > 0) return true;
  return (await expiredMatches(db, group, retention, 1)).length > 0;
}

async function sweepGroup(tx: Tx, group: LogGroup, retention: Retention, { hold, held }: Holding): Promise<boolean> {
  const { db } = tx;
  const chunks = await expiredChunks(db, group, retention, { held, limit: ROWS_PER_SWEEP });
  await deleteChunks(tx, chunks, hold);
  const matches = await expiredMatches(db, group, retention, ROWS_PER_SWEEP);
  if (matches.length > 0) await db.deleteFrom('matches').where('id', 'in', matches).execute();
  const sessions = await quietSessions(db, group.id, retention.cutoff);
  await deleteSessions(db, sessions);
  return [chunks, matches, sessions].some(({ length }) => length === ROWS_PER_SWEEP);
}

interface ChunkSize {
  readonly id: number;
  readonly group_id: number;
  readonly stream_id: number;
  readonly raw_bytes: number;
}

function expiredChunks(
  db: Read,
  group: LogGroup,
  { cutoff, historyAge }: Retention,
  { held, limit }: { readonly held: Held | undefined; readonly limit: number },
): Promise<ChunkSize[]> {
  const query = db
    .selectFrom('log_chunks')
    .select(['id', 'group_id', 'stream_id', 'raw_bytes'])
    .where('group_id', '=', group.id)
    .where('last_at', '<', cutoff)
    .where(({ eb, or }) =>
      or([eb('last_at', '>=', eb('ingested_at', '-', historyAge)), eb('ingested_at', '<', cutoff)]),
    )
    .orderBy('last_at')
    .limit(limit);
  if (!held) return query.execute();
  return query.where(({ eb, or }) => or([eb('id', '<=', held.chunk), eb('ingested_at', '<=', held.since)])).execute();
}

/** Evidence is kept for its days from the arrival too: a ring may still have to tell of it. */
async function expiredMatches(db: Read, group: LogGroup, { cutoff }: Retention, limit: number): Promise<number[]> {
  const rows = await db
    .selectFrom('matches')
    .select('id')
    .where('group_id', '=', group.id)
    .where('event_at', '<', cutoff)
    .where('ingested_at', '<', cutoff)
    .orderBy('event_at')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Sessions whose last event is over and of which no match is kept any more. */
async function quietSessions(db: Read, groupId: number, before: number): Promise<string[]> {
  const rows = await db
    .selectFrom('sessions')
    .select('id')
    .where('group_id', '=', groupId)
    .where('last_at', '<', before)
    .where(({ exists, not, selectFrom }) =>
      not(exists(selectFrom('matches').select('matches.id').whereRef('matches.session_id', '=', 'sessions.id'))),
    )
    .limit(ROWS_PER_SWEEP)
    .execute();
  return rows.map(({ id }) => id);
}

async function deleteSessions(db: Read, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.deleteFrom('session_activity').where('session_id', 'in', ids).execute();
  await db.deleteFrom('sessions').where('id', 'in', ids).execute();
}

async function deleteChunks(tx: Tx, chunks: readonly ChunkSize[], hold: ChunkHold | undefined): Promise<void> {
  if (chunks.length === 0) return;
  const { db } = tx;
  await removeChunks(
    tx,
    chunks.map(({ id }) => id),
    hold,
  );
  for (const table of ['log_streams', 'log_groups'] as const) {
    const owner = table === 'log_streams' ? 'stream_id' : 'group_id';
    for (const [id, bytes] of sums(chunks, owner))
      await db
        .updateTable(table)
        .set((row) => ({ stored_bytes: row('stored_bytes', '-', bytes) }))
        .where('id', '=', id)
        .execute();
  }
}

async function removeChunks(tx: Tx, ids: readonly number[], hold: ChunkHold | undefined): Promise<void> {
  await hold?.noteRemoved(tx, ids);
  await tx.db.deleteFrom('chunk_matches').where('chunk_id', 'in', ids).execute();
  await tx.db.deleteFrom('log_chunks').where('id', 'in', ids).execute();
}

function sums(chunks: readonly ChunkSize[], owner: 'group_id' | 'stream_id'): ReadonlyMap<number, number> {
  const bytes = new Map<number, number>();
  for (const chunk of chunks) bytes.set(chunk[owner], (bytes.get(chunk[owner]) ?? 0) + chunk.raw_bytes);
  return bytes;
}

async function sweepDoomed(store: ChainContext['store'], holding: Holding): Promise<boolean> {
  const doomed = await store.read
    .selectFrom('settings')
    .select('key')
    .where('key', '>=', 'doomed:')
    .where('key', '<', 'doomed;')
    .limit(1)
    .execute();
  if (doomed.length === 0) return false;
  return store.write(async (tx) => {
    const next = await nextDoomed(tx);
    if (!next) return false;
    const removed = await removeSome(tx, next.kind, next.id, holding);
    if (removed === 'held') return false;
    if (removed === 'nothing') await absolve(tx, next.key);
    return true;
  });
}

/** Resolves to whether anything was there to remove, and whether somebody still has to read it. */
async function removeSome(
  tx: Tx,
  kind: DoomedKind,
  id: number,
  { hold, held }: Holding,
): Promise<'some' | 'nothing' | 'held'> {
  const { db } = tx;
  const owner = kind === 'group' ? 'group_id' : 'stream_id';
  const chunks = await db
    .selectFrom('log_chunks')
    .select(['id', 'ingested_at'])
    .where(owner, '=', id)
    .orderBy('id')
    .limit(ROWS_PER_SWEEP)
    .execute();
  if (chunks.length > 0) {
    const free = chunks.filter((row) => !held || row.id <= held.chunk || row.ingested_at <= held.since);
    if (free.length === 0) return 'held';
    await removeChunks(
      tx,
      free.map((row) => row.id),
      hold,
    );
    return 'some';
  }
  if (kind === 'stream') return 'nothing';
  const matches = await db
    .selectFrom('matches')
    .select('id')
    .where('group_id', '=', id)
    .limit(ROWS_PER_SWEEP)
    .execute();
  if (matches.length > 0) {
    await db
      .deleteFrom('matches')
      .where(
        'id',
        'in',
        matches.map((row) => row.id),
      )
      .execute();
    return 'some';
  }
  const sessions = await db
    .selectFrom('sessions')
    .select('id')
    .where('group_id', '=', id)
    .limit(ROWS_PER_SWEEP)
    .execute();
  await deleteSessions(
    db,
    sessions.map((row) => row.id),
  );
  return sessions.length > 0 ? 'some' : 'nothing';
}
