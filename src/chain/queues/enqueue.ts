import type { Tx } from '../../store/writer.ts';
import type { ChainContext } from '../context.ts';
import { admit, contentId } from '../fifo/admit.ts';
import type { QueueAttribute } from './message-attributes.ts';
import { isFifo, type Queue, queueSetting, sequenceOf } from './queue.ts';

/** A message for a queue. */
export interface QueuePost {
  readonly body: string;
  readonly attributes: Readonly<Record<string, QueueAttribute>>;
  /** SenderId, AWSTraceHeader, MessageGroupId, MessageDeduplicationId and the like. */
  readonly system: Readonly<Record<string, string>>;
  /** Instead of the queue's own delay. */
  readonly delaySeconds?: number;
}

/** A message that is in a queue. */
export interface Enqueued {
  readonly messageId: string;
  /** In a FIFO queue. */
  readonly sequenceNumber?: string;
}

/**
 * Puts a message into a queue inside the caller's transaction, wakes receivers on commit, and gives its id.
 * What repeats a message of a FIFO queue is given the id of that one, and is not put in again.
 */
export async function enqueue(ctx: ChainContext, tx: Tx, queue: Queue, post: QueuePost): Promise<Enqueued> {
  const messageId = ctx.ids.uuid();
  if (!isFifo(queue)) {
    await insert(ctx, tx, queue, messageId, post);
    return { messageId };
  }
  const groupId = post.system.MessageGroupId ?? '';
  const deduplicationId = post.system.MessageDeduplicationId ?? contentId(post.body);
  const perGroup = queue.attributes.DeduplicationScope === 'messageGroup';
  const applicant = { owner: sequenceOf(queue), groupId, deduplicationId, perGroup, messageId };
  const { repeats, ...entered } = await admit(tx, applicant, ctx.clock.now());
  if (!repeats) {
    const ordering = {
      MessageGroupId: groupId,
      MessageDeduplicationId: deduplicationId,
      SequenceNumber: entered.sequenceNumber,
    };
    await insert(ctx, tx, queue, messageId, { ...post, system: { ...post.system, ...ordering } }, groupId);
  }
  return entered;
}

async function insert(
  ctx: ChainContext,
  tx: Tx,
  queue: Queue,
  messageId: string,
  post: QueuePost,
  groupId: string | null = null,
): Promise<void> {
  const now = ctx.clock.now();
  const delay = post.delaySeconds ?? queueSetting(queue, 'DelaySeconds');
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
      group_id: groupId,
    })
    .execute();
  tx.onCommit(() => ctx.signals.raise('queues'));
}
