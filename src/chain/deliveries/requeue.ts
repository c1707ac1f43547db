import type { Kysely, UpdateQueryBuilder, UpdateResult } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import type { ChainContext } from '../context.ts';

/** Which dead deliveries: one by its id, or all of a subscription. */
export type DeadOnes = { readonly deliveryId: string } | { readonly subscriptionId: string };

/**
 * Gives dead deliveries another chance, under their own ids and with a fresh timetable.
 * @returns how many there were
 */
export function requeue(ctx: ChainContext, which: DeadOnes): Promise<number> {
  return ctx.store.write(async ({ db, onCommit }) => {
    const now = ctx.clock.now();
    const { numUpdatedRows } = await dead(db, which)
      .set({ status: 'waiting', attempts: 0, due_at: now, created_at: now, finished_at: null })
      .executeTakeFirst();
    onCommit(() => ctx.signals.raise('deliveries'));
    return Number(numUpdatedRows);
  });
}

/**
 * Takes dead deliveries off the list of what somebody has to look at. They stay in the store as long as before.
 * @returns how many there were
 */
export function dismiss(ctx: ChainContext, which: DeadOnes): Promise<number> {
  return ctx.store.write(async ({ db }) => {
    const { numUpdatedRows } = await dead(db, which).set({ status: 'dismissed' }).executeTakeFirst();
    return Number(numUpdatedRows);
  });
}

function dead(
  db: Kysely<Tables>,
  which: DeadOnes,
): UpdateQueryBuilder<Tables, 'deliveries', 'deliveries', UpdateResult> {
  const all = db.updateTable('deliveries').where('status', '=', 'dead');
  return 'deliveryId' in which
    ? all.where('uuid', '=', which.deliveryId)
    : all.where('subscription_id', '=', which.subscriptionId);
}
