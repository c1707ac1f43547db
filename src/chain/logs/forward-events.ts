import type { Tx } from '../../store/writer.ts';
import type { ChainContext } from '../context.ts';
import { enqueue } from '../queues/enqueue.ts';
import { findQueueByArn, queueSetting } from '../queues/queue.ts';
import { type SubscriptionData, writeEnvelopes } from './subscription-envelope.ts';
import type { SubscriptionFilter } from './subscription-filter.ts';

/** Hands what a subscription filter found to its destination, in the caller's transaction. */
export type ForwardEvents = (tx: Tx, filter: SubscriptionFilter, data: SubscriptionData) => Promise<void>;

/** What CloudWatch Logs is called in the sender id of its messages. */
const SENDER = 'AIDATRAILBELLLOGS0000';

/**
 * Forwards log events to our own queues: they are in the queue when they are accepted, once each.
 * A queue that is gone, or an event that it cannot hold, never keeps events from being accepted: the
 * log says what was not forwarded.
 */
export function createForwardEvents(ctx: ChainContext): ForwardEvents {
  /** Filters whose queue was found missing, so that each is told of once. */
  const told = new Set<number>();
  return async (tx, filter, data) => {
    const place = { logGroup: data.logGroup, filter: filter.name, queue: filter.destination };
    const queue = await findQueueByArn(tx.db, filter.destination);
    if (!queue) {
      if (!told.has(filter.id))
        ctx.log.error(place, 'The queue of a subscription filter is gone: nothing is forwarded');
      told.add(filter.id);
      return;
    }
    told.delete(filter.id);
    const { bodies, tooLarge } = writeEnvelopes(data, queueSetting(queue, 'MaximumMessageSize'));
    for (const body of bodies) await enqueue(ctx, tx, queue, { body, attributes: {}, system: { SenderId: SENDER } });
    if (tooLarge.length > 0)
      ctx.log.error({ ...place, events: tooLarge }, 'Events too large for their queue were not forwarded');
  };
}
