import type { ChainContext } from '../context.ts';

/**
 * Gives a dead delivery another chance, under its own id and with a fresh timetable.
 * @returns false when there is no dead delivery of that id
 */
export function requeue(ctx: ChainContext, deliveryId: string): Promise<boolean> {
  return ctx.store.write(async ({ db, onCommit }) => {
    const now = ctx.clock.now();
    const { numUpdatedRows } = await db
      .updateTable('deliveries')
      .set({ status: 'waiting', attempts: 0, due_at: now, created_at: now, finished_at: null })
      .where('uuid', '=', deliveryId)
      .where('status', '=', 'dead')
      .executeTakeFirst();
    onCommit(() => ctx.signals.raise('deliveries'));
    return Number(numUpdatedRows) > 0;
  });
}
