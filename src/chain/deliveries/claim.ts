import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import { inTurn } from './in-turn.ts';
import type { DeliveryRow } from './load.ts';

/** What a look at the outbox leaves out. */
export interface Unclaimed {
  /** Endpoints to which nothing may start. */
  readonly endpoints: readonly string[];
  /** Subscriptions whose throttle policy makes them wait. */
  readonly subscriptions: readonly string[];
  /** Deliveries under way. */
  readonly ids: readonly number[];
}

/** The deliveries that are due, oldest first, of which each could start if it were alone. */
export function claimDue(db: Kysely<Tables>, now: number, without: Unclaimed, limit: number): Promise<DeliveryRow[]> {
  let due = db.selectFrom('deliveries').selectAll().where('status', '=', 'waiting').where('due_at', '<=', now);
  if (without.endpoints.length > 0) due = due.where('endpoint', 'not in', without.endpoints);
  if (without.subscriptions.length > 0) due = due.where('subscription_id', 'not in', without.subscriptions);
  if (without.ids.length > 0) due = due.where('id', 'not in', without.ids);
  return inTurn(due).orderBy('due_at').orderBy('id').limit(limit).execute();
}

/** When the first delivery that waits for a later time is due. */
export async function nextDue(db: Kysely<Tables>, now: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('deliveries')
    .select('due_at')
    .where('status', '=', 'waiting')
    .where('due_at', '>', now)
    .orderBy('due_at')
    .limit(1)
    .executeTakeFirst();
  return row?.due_at;
}
