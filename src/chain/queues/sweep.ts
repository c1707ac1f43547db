import type { ChainContext } from '../context.ts';

/**
 * Removes messages older than their queue keeps them, which are unseen from that moment anyway, and says how many.
 * Attempts to receive go with them.
 */
export function sweepQueues(ctx: ChainContext): Promise<number> {
  return ctx.store.write(async ({ db }) => {
    await db.deleteFrom('receive_attempts').where('expires_at', '<=', ctx.clock.now()).execute();
    const { numDeletedRows } = await db
      .deleteFrom('queue_messages')
      .where('expires_at', '<=', ctx.clock.now())
      .executeTakeFirst();
    return Number(numDeletedRows);
  });
}
