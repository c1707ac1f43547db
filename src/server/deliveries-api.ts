import { type Context, Hono } from 'hono';
import type { ChainContext } from '../chain/context.ts';
import { type DeadOnes, dismiss, requeue } from '../chain/deliveries/requeue.ts';
import { shownEndpoint } from '../chain/topics/subscription.ts';

const STATUSES = ['waiting', 'delivered', 'dead', 'dismissed'];

/** What became of messages on their way to subscribers, and a second chance for what was given up. */
export function deliveriesApi(context: ChainContext): Hono {
  const act = async (c: Context, does: (ctx: ChainContext, which: DeadOnes) => Promise<number>) => {
    const count = await does(context, { deliveryId: c.req.param('id') ?? '' });
    if (count === 0) return c.json({ message: 'There is no delivery of that id that was given up.' }, 404);
    return c.json({ count });
  };
  return new Hono()
    .get('/api/v1/deliveries', async (c) => {
      const status = c.req.query('status') ?? 'dead';
      const limit = Number(c.req.query('limit') ?? 100);
      if (!STATUSES.includes(status)) return c.json({ message: `status is one of ${STATUSES.join(', ')}` }, 400);
      if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) {
        return c.json({ message: 'limit is a number from 1 to 1000' }, 400);
      }
      const rows = await context.store.read
        .selectFrom('deliveries')
        .selectAll()
        .where('status', '=', status)
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      const deliveries = rows.map((row) => ({
        id: row.uuid,
        messageId: row.message_id,
        topicArn: row.topic_arn,
        subscriptionArn: `${row.topic_arn}:${row.subscription_id}`,
        protocol: row.protocol,
        endpoint: shownEndpoint(row.endpoint),
        status: row.status,
        attempts: row.attempts,
        createdAt: row.created_at,
        dueAt: row.status === 'waiting' ? row.due_at : null,
        finishedAt: row.finished_at,
        reason: row.reason,
        error: row.error,
      }));
      return c.json({ deliveries });
    })
    .post('/api/v1/deliveries/:id/requeue', (c) => act(c, requeue))
    .post('/api/v1/deliveries/:id/dismiss', (c) => act(c, dismiss));
}
