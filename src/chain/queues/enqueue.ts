import type { Tx } from '../../store/writer.ts';
import type { ChainContext } from '../context.ts';
import type { QueueAttribute } from './message-attributes.ts';
import { type Queue, queueSetting } from './queue.ts';

/** A message for a queue. */
export interface QueuePost {
  readonly body: string;
  readonly attributes: Readonly<Record<string, QueueAttribute>>;
  /** SenderId, AWSTraceHeader and the like. */
  readonly system: Readonly<Record<string, string>>;
  /** Instead of the queue's own delay. */
  readonly delaySeconds?: number;
}

/** Puts a message into a queue inside the caller's transaction, wakes receivers on commit, and gives its id. */
export async function enqueue(ctx: ChainContext, tx: Tx, queue: Queue, post: QueuePost): Promise<string> {
  const now = ctx.clock.now();
  const delay = post.delaySeconds ?? queueSetting(queue, 'DelaySeconds');
  const messageId = ctx.ids.uuid();
  await tx.db
    .insertInto('queue_messages')
    .values({
      queue_id: queue.id,
      message_id: messageId,
      body: post.body,
      attributes: JSON.stringify(post.attributes),
      system: JSON.stringify(post.system),
      sent_at: now,
      visible_at: now + delay * 1000,
      expires_at: now + queueSetting(queue, 'MessageRetentionPeriod') * 1000,
      receive_count: 0,
      first_received_at: null,
      receipt: null,
    })
    .execute();
  tx.onCommit(() => ctx.signals.raise('queues'));
  return messageId;
}
