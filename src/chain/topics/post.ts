import type { MessagesTable } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import type { ChainContext } from '../context.ts';
import type { Subscription } from './subscription.ts';

export type MessageKind = 'Notification' | 'SubscriptionConfirmation' | 'UnsubscribeConfirmation';

/** Rows of one insert statement: far below the parameters that either database takes. */
const ROWS_PER_INSERT = 500;

/** Who is sent a message. */
export interface Receiver extends Pick<Subscription, 'id' | 'protocol' | 'endpoint'> {
  /** What it is sent of one group is delivered one after the other. */
  readonly groupId?: string | undefined;
  /** Not before this time; now unless given. */
  readonly dueAt?: number | undefined;
}

/** Stores a message and a waiting delivery for each of its receivers, and wakes the deliveries on commit. */
export async function post(
  ctx: ChainContext,
  tx: Tx,
  message: Omit<MessagesTable, 'published_at'>,
  receivers: readonly Receiver[],
): Promise<void> {
  const now = ctx.clock.now();
  await tx.db
    .insertInto('messages')
    .values({ ...message, published_at: now })
    .execute();
  for (let from = 0; from < receivers.length; from += ROWS_PER_INSERT) {
    const rows = receivers.slice(from, from + ROWS_PER_INSERT).map((receiver) => ({
      uuid: ctx.ids.uuid(),
      message_id: message.id,
      subscription_id: receiver.id,
      topic_arn: message.topic_arn,
      protocol: receiver.protocol,
      endpoint: receiver.endpoint,
      group_id: receiver.groupId ?? null,
      status: 'waiting',
      attempts: 0,
      due_at: receiver.dueAt ?? now,
      created_at: now,
      finished_at: null,
      reason: null,
      error: null,
    }));
    await tx.db.insertInto('deliveries').values(rows).execute();
  }
  if (receivers.length > 0) tx.onCommit(() => ctx.signals.raise('deliveries'));
}

/** Sends a subscription's token to its endpoint, as a message of its own kind. */
export async function postConfirmation(
  ctx: ChainContext,
  tx: Tx,
  kind: Exclude<MessageKind, 'Notification'>,
  subscription: Subscription,
): Promise<void> {
  const message = {
    id: ctx.ids.uuid(),
    topic_arn: subscription.topicArn,
    kind,
    subject: null,
    body: kind === 'SubscriptionConfirmation' ? welcome(subscription) : farewell(subscription),
    structure: null,
    // The token as it was when this was written: a later one must not change a message on its way.
    attributes: JSON.stringify({ Token: { type: 'String', value: subscription.token } }),
    ring_id: null,
    ordering: null,
  };
  await post(ctx, tx, message, [subscription]);
}

const welcome = ({ topicArn }: Subscription): string =>
  `You have chosen to subscribe to the topic ${topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`;

const farewell = ({ arn }: Subscription): string =>
  `You have chosen to deactivate subscription ${arn}.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.`;
