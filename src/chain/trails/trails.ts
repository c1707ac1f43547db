import type { Kysely } from 'kysely';
import type { Scope } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import type { EventSelector } from './event-selectors.ts';
import { storedTags, type Trail, type TrailDefinition, trailOf } from './trail.ts';

/** Every trail of every account, by account, name and region. There are few: AWS allows five in a region. */
export async function allTrails(db: Kysely<Tables>): Promise<Trail[]> {
  const rows = await db.selectFrom('trails').selectAll().orderBy('account').orderBy('name').orderBy('region').execute();
  return rows.map(trailOf);
}

/** The trail of that name whose home is `scope`, or undefined. */
export async function findTrail(db: Kysely<Tables>, scope: Scope, name: string): Promise<Trail | undefined> {
  const row = await db
    .selectFrom('trails')
    .selectAll()
    .where('account', '=', scope.account)
    .where('region', '=', scope.region)
    .where('name', '=', name)
    .executeTakeFirst();
  return row && trailOf(row);
}

export interface NewTrail {
  readonly scope: Scope;
  readonly name: string;
  readonly definition: TrailDefinition;
  readonly logGroupArn: string | null;
  readonly tags: ReadonlyMap<string, string>;
  readonly now: number;
}

/** Stores a trail that does not log yet. The caller has seen to it that the name is free. */
export async function insertTrail({ db }: Tx, trail: NewTrail): Promise<Trail> {
  const row = await db
    .insertInto('trails')
    .values({
      account: trail.scope.account,
      region: trail.scope.region,
      name: trail.name,
      definition: JSON.stringify(trail.definition),
      log_group_arn: trail.logGroupArn,
      logging: 0,
      started_at: null,
      stopped_at: null,
      selectors: null,
      tags: storedTags(trail.tags),
      created_at: trail.now,
      delivered_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return trailOf(row);
}

export async function redefineTrail(
  { db }: Tx,
  trail: Trail,
  change: Pick<Trail, 'definition' | 'logGroupArn'>,
): Promise<void> {
  await db
    .updateTable('trails')
    .set({ definition: JSON.stringify(change.definition), log_group_arn: change.logGroupArn })
    .where('id', '=', trail.id)
    .execute();
}

export async function deleteTrail({ db }: Tx, trail: Trail): Promise<void> {
  await db.deleteFrom('trails').where('id', '=', trail.id).execute();
}

/** Starts or stops logging at `now`; asking for what is so already changes nothing. */
export async function setLogging({ db }: Tx, trail: Trail, on: boolean, now: number): Promise<void> {
  if (trail.isLogging === on) return;
  await db
    .updateTable('trails')
    .set(on ? { logging: 1, started_at: now } : { logging: 0, stopped_at: now })
    .where('id', '=', trail.id)
    .execute();
}

export async function setSelectors({ db }: Tx, trail: Trail, selectors: readonly EventSelector[]): Promise<void> {
  await db
    .updateTable('trails')
    .set({ selectors: JSON.stringify(selectors) })
    .where('id', '=', trail.id)
    .execute();
}

export async function setTags({ db }: Tx, trail: Trail, tags: ReadonlyMap<string, string>): Promise<void> {
  await db
    .updateTable('trails')
    .set({ tags: storedTags(tags) })
    .where('id', '=', trail.id)
    .execute();
}

/** Notes that records of these trails entered their log groups at `now`. */
export async function markDelivered({ db }: Tx, trailIds: readonly number[], now: number): Promise<void> {
  if (trailIds.length === 0) return;
  await db.updateTable('trails').set({ delivered_at: now }).where('id', 'in', trailIds).execute();
}
