import type { ChainContext } from '../context.ts';

/** Removes messages older than their queue keeps them, and says how many. They are unseen from that moment anyway. */
export function sweepQueues(ctx: ChainContext): Promise<number> {
  return ctx.store.write(async ({ db }) => {
    const { numDeletedRows } = await db
      .deleteFrom('queue_messages')
      .where('expires_at', '<=', ctx.clock.now())
      .executeTakeFirst();
    return Number(numDeletedRows);
  });
}
