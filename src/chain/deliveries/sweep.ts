import type { ChainContext } from '../context.ts';

const DAY = 86_400_000;
/** How long a delivery can be looked up after it arrived, and after it died. */
const DELIVERED_KEPT = 14 * DAY;
const DEAD_KEPT = 90 * DAY;

/** Forgets finished deliveries after a while, and messages that no delivery needs any more. */
export function sweepDeliveries(ctx: ChainContext): Promise<void> {
  return ctx.store.write(async ({ db }) => {
    const now = ctx.clock.now();
    for (const [status, kept] of [
      ['delivered', DELIVERED_KEPT],
      ['dead', DEAD_KEPT],
      ['dismissed', DEAD_KEPT],
    ] as const) {
      await db
        .deleteFrom('deliveries')
        .where('status', '=', status)
        .where('finished_at', '<', now - kept)
        .execute();
    }
    await db
      .deleteFrom('messages')
      .where('published_at', '<', now - DELIVERED_KEPT)
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('deliveries').select('id').whereRef('deliveries.message_id', '=', 'messages.id'))),
      )
      .execute();
  });
}
