import { type Kysely, type Selectable, sql } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import { Prepared } from '../../store/prepared.ts';
import type { LogStreamsTable, Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import { doom } from './doomed.ts';
import type { LogGroup } from './log-groups.ts';
import { afterPrefix } from './name-range.ts';

export type LogStream = Selectable<LogStreamsTable>;

/** The stream of that name in a group, or undefined. */
export async function findLogStream(db: Kysely<Tables>, group: LogGroup, name: string): Promise<LogStream | undefined> {
  const [stream] = await STREAM_OF_NAME.rows(db, { group: group.id, name });
  return stream;
}

const STREAM_OF_NAME = new Prepared((db, { group, name }: { group: number; name: string }) =>
  db.selectFrom('log_streams').selectAll().where('group_id', '=', group).where('name', '=', name),
);

/** Like `findLogStream`; refuses with AWS's ResourceNotFoundException when there is none. */
export async function getLogStream(db: Kysely<Tables>, group: LogGroup, name: string): Promise<LogStream> {
  const stream = await findLogStream(db, group, name);
  if (!stream) throw new Refusal('ResourceNotFoundException', 'The specified log stream does not exist.');
  return stream;
}

/** Makes a stream; refuses with AWS's ResourceAlreadyExistsException. */
export async function createLogStream({ db }: Tx, group: LogGroup, name: string, now: number): Promise<LogStream> {
  const created = await db
    .insertInto('log_streams')
    .values({
      group_id: group.id,
      name,
      created_at: now,
      first_event_at: null,
      last_event_at: null,
      last_ingested_at: null,
      stored_bytes: 0,
    })
    .onConflict((conflict) => conflict.columns(['group_id', 'name']).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (!created) throw new Refusal('ResourceAlreadyExistsException', 'The specified log stream already exists');
  return created;
}

/** The stream of that name, made when it is missing: intakes name streams without creating them. */
export async function ensureLogStream(tx: Tx, group: LogGroup, name: string, now: number): Promise<LogStream> {
  return (await findLogStream(tx.db, group, name)) ?? createLogStream(tx, group, name, now);
}

/** Deletes the stream with its events. What metric filters made of them stays. */
export async function deleteLogStream(tx: Tx, group: LogGroup, stream: LogStream): Promise<void> {
  await tx.db.deleteFrom('log_streams').where('id', '=', stream.id).execute();
  await tx.db
    .updateTable('log_groups')
    .set((row) => ({ stored_bytes: row('stored_bytes', '-', stream.stored_bytes) }))
    .where('id', '=', group.id)
    .execute();
  await doom(tx, 'stream', stream.id);
}

export interface StreamPlace {
  readonly name: string;
  /** Time of the last event, or of creation while there is none. */
  readonly at: number;
}

export interface LogStreamSearch {
  readonly prefix?: string | undefined;
  readonly orderBy: 'name' | 'last-event';
  readonly descending: boolean;
  /** Only streams that follow this place in the order asked for. */
  readonly after?: StreamPlace | undefined;
  readonly limit: number;
}

const lastEventAt = sql<number>`coalesce(last_event_at, created_at)`;

/** Where a stream stands in a listing. */
export const placeOf = (stream: LogStream): StreamPlace => ({
  name: stream.name,
  at: stream.last_event_at ?? stream.created_at,
});

/** Streams of a group in the order asked for. Streams without events are placed by their creation. */
export async function listLogStreams(
  db: Kysely<Tables>,
  group: LogGroup,
  search: LogStreamSearch,
): Promise<LogStream[]> {
  const direction = search.descending ? 'desc' : 'asc';
  const beyond = search.descending ? '<' : '>';
  let query = db.selectFrom('log_streams').selectAll().where('group_id', '=', group.id);
  if (search.prefix !== undefined) {
    query = query.where('name', '>=', search.prefix);
    const end = afterPrefix(search.prefix);
    if (end !== undefined) query = query.where('name', '<', end);
  }
  const { after } = search;
  if (search.orderBy === 'name') {
    if (after) query = query.where('name', beyond, after.name);
    return query.orderBy('name', direction).limit(search.limit).execute();
  }
  if (after)
    query = query.where(({ and, eb, or }) =>
      or([eb(lastEventAt, beyond, after.at), and([eb(lastEventAt, '=', after.at), eb('name', beyond, after.name)])]),
    );
  return query.orderBy(lastEventAt, direction).orderBy('name', direction).limit(search.limit).execute();
}
