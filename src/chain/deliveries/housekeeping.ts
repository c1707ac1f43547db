import type { Timer } from '../../base/clock.ts';
import type { ChainContext } from '../context.ts';
import { sweepQueues } from '../queues/sweep.ts';
import { sweepSubscriptions } from '../topics/subscriptions.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
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

/** Sweeps queues, subscriptions and deliveries every minute. Returns the way to stop it. */
export function startHousekeeping(ctx: ChainContext): () => void {
  let stopped = false;
  let timer: Timer | undefined;
  const sweep = async (): Promise<void> => {
    try {
      await sweepQueues(ctx);
      await sweepSubscriptions(ctx);
      await sweepDeliveries(ctx);
    } catch (error) {
      ctx.log.warn({ err: error }, 'sweeping failed; it is tried again in a minute');
    }
    wait();
  };
  const wait = (): void => {
    if (!stopped) timer = ctx.clock.after(MINUTE, sweep);
  };
  wait();
  return () => {
    stopped = true;
    timer?.cancel();
  };
}
