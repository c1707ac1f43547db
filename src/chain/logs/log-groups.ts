import { type Kysely, type Selectable, sql } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import type { Scope } from '../../base/scope.ts';
import { Prepared } from '../../store/prepared.ts';
import type { LogGroupsTable, Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import { doom } from './doomed.ts';
import { afterPrefix } from './name-range.ts';

export type LogGroup = Selectable<LogGroupsTable>;

export interface NewLogGroup {
  readonly name: string;
  /** STANDARD when not given. */
  readonly class?: string | undefined;
  readonly kmsKey?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** The log group of that name, or undefined. */
export async function findLogGroup(db: Kysely<Tables>, scope: Scope, name: string): Promise<LogGroup | undefined> {
  const [group] = await GROUP_OF_NAME.rows(db, { ...scope, name });
  return group;
}

const GROUP_OF_NAME = new Prepared((db, { account, region, name }: Scope & { name: string }) =>
  db
    .selectFrom('log_groups')
    .selectAll()
    .where('account', '=', account)
    .where('region', '=', region)
    .where('name', '=', name),
);

/** Like `findLogGroup`; refuses with AWS's ResourceNotFoundException when there is none. */
export async function getLogGroup(db: Kysely<Tables>, scope: Scope, name: string): Promise<LogGroup> {
  const group = await findLogGroup(db, scope, name);
  if (!group) throw new Refusal('ResourceNotFoundException', 'The specified log group does not exist.');
  return group;
}

/** Makes a log group; refuses with AWS's ResourceAlreadyExistsException. */
export async function createLogGroup(tx: Tx, scope: Scope, group: NewLogGroup, now: number): Promise<LogGroup> {
  const created = await insertLogGroup(tx, scope, group, now);
  // The missing full stop is AWS's.
  if (!created) throw new Refusal('ResourceAlreadyExistsException', 'The specified log group already exists');
  return created;
}

/** The log group of that name, made when it is missing. */
export async function ensureLogGroup(tx: Tx, scope: Scope, name: string, now: number): Promise<LogGroup> {
  const known = await findLogGroup(tx.db, scope, name);
  return known ?? createLogGroup(tx, scope, { name }, now);
}

async function insertLogGroup({ db }: Tx, scope: Scope, group: NewLogGroup, now: number) {
  return db
    .insertInto('log_groups')
    .values({
      account: scope.account,
      region: scope.region,
      name: group.name,
      class: group.class ?? 'STANDARD',
      created_at: now,
      retention_days: null,
      tags: JSON.stringify(group.tags ?? {}),
      kms_key: group.kmsKey ?? null,
      filters_revision: 0,
      stored_bytes: 0,
    })
    .onConflict((conflict) => conflict.columns(['account', 'region', 'name']).doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** Deletes the group with its streams, filters and events. Metrics stay, as on AWS. */
export async function deleteLogGroup(tx: Tx, group: LogGroup): Promise<void> {
  await tx.db.deleteFrom('metric_filters').where('group_id', '=', group.id).execute();
  await tx.db.deleteFrom('subscription_filters').where('group_id', '=', group.id).execute();
  await tx.db.deleteFrom('log_streams').where('group_id', '=', group.id).execute();
  await tx.db.deleteFrom('log_groups').where('id', '=', group.id).execute();
  await doom(tx, 'group', group.id);
}

export interface LogGroupSearch {
  readonly prefix?: string | undefined;
  /** A part of the name, in its own case. */
  readonly part?: string | undefined;
  readonly names?: readonly string[] | undefined;
  readonly class?: string | undefined;
  /** Only names after this one. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Log groups in the order of their names. */
export async function listLogGroups(db: Kysely<Tables>, scope: Scope, search: LogGroupSearch): Promise<LogGroup[]> {
  if (search.names?.length === 0) return [];
  let query = db
    .selectFrom('log_groups')
    .selectAll()
    .where('account', '=', scope.account)
    .where('region', '=', scope.region);
  if (search.prefix !== undefined) {
    query = query.where('name', '>=', search.prefix);
    const end = afterPrefix(search.prefix);
    if (end !== undefined) query = query.where('name', '<', end);
  }
  // Both databases lack a common search for parts that heeds the case; what disappears was there.
  if (search.part) query = query.where(sql<boolean>`replace(name, ${search.part}, '') <> name`);
  if (search.names) query = query.where('name', 'in', search.names);
  if (search.class !== undefined) query = query.where('class', '=', search.class);
  if (search.after !== undefined) query = query.where('name', '>', search.after);
  return query.orderBy('name').limit(search.limit).execute();
}

/** Sets the days that events are kept; null keeps them for ever. */
export async function setRetention({ db }: Tx, group: LogGroup, days: number | null): Promise<void> {
  await db.updateTable('log_groups').set({ retention_days: days }).where('id', '=', group.id).execute();
}

/** A tag on a resource may not be one of more than this many. */
const MOST_TAGS = 50;

/** The tags of a log group. */
export const tagsOf = (group: LogGroup): Record<string, string> => JSON.parse(group.tags) as Record<string, string>;

/** Adds tags to a group, replacing those of the same name. */
export async function addTags({ db }: Tx, group: LogGroup, tags: Readonly<Record<string, string>>): Promise<void> {
  const merged = new Map([...Object.entries(tagsOf(group)), ...Object.entries(tags)]);
  if (merged.size > MOST_TAGS)
    throw new Refusal('TooManyTagsException', `A resource can have no more than ${MOST_TAGS} tags.`);
  await saveTags(db, group, merged);
}

/** Takes tags off a group; names it does not have are ignored. */
export async function removeTags({ db }: Tx, group: LogGroup, names: readonly string[]): Promise<void> {
  const left = new Map(Object.entries(tagsOf(group)));
  for (const name of names) left.delete(name);
  await saveTags(db, group, left);
}

async function saveTags(db: Kysely<Tables>, group: LogGroup, tags: ReadonlyMap<string, string>): Promise<void> {
  const text = JSON.stringify(Object.fromEntries(tags));
  await db.updateTable('log_groups').set({ tags: text }).where('id', '=', group.id).execute();
}
