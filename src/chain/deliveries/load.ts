import type { Kysely, Selectable } from 'kysely';
import type { DeliveriesTable, MessagesTable, Tables } from '../../store/tables.ts';
import type { Outgoing, OutgoingMessage } from '../channels/channel.ts';
import { chatKindOf } from '../channels/chat/chat-kind.ts';
import { type EffectivePolicy, effectivePolicy } from '../topics/delivery-policy.ts';
import { isMailGroup } from '../topics/mail-windows.ts';
import type { Ordering } from '../topics/ordering.ts';
import type { MessageKind } from '../topics/post.ts';
import type { MessageAttribute } from '../topics/publication.ts';
import { textFor } from '../topics/structured-text.ts';
import { type Protocol, type Subscription, subscriptionOf } from '../topics/subscription.ts';
import { type Topic, topicOf } from '../topics/topic.ts';
import type { RetryRules } from './timetable.ts';

export type DeliveryRow = Selectable<DeliveriesTable>;

/** A delivery with everything that the way ahead needs. */
export interface Loaded {
  readonly row: DeliveryRow;
  readonly outgoing: Outgoing;
  /** Deliveries of other messages that leave with it as one mail. */
  readonly joined: readonly DeliveryRow[];
  readonly rules: RetryRules;
  /** How many the receiver wants in a second at most. */
  readonly perSecond: number | undefined;
  /** The topic's attributes, which say what is to be logged. */
  readonly feedback: Readonly<Record<string, string>>;
}

/** Finds what the deliveries carry and where they go; undefined beside one that nobody waits for any more. */
export async function loadDeliveries(
  db: Kysely<Tables>,
  rows: readonly DeliveryRow[],
): Promise<[DeliveryRow, Loaded | undefined][]> {
  if (rows.length === 0) return [];
  const [messages, subscriptions] = await Promise.all([
    db
      .selectFrom('messages')
      .selectAll()
      .where('id', 'in', [...new Set(rows.map((row) => row.message_id))])
      .execute(),
    db
      .selectFrom('subscriptions')
      .selectAll()
      .where('id', 'in', [...new Set(rows.map((row) => row.subscription_id))])
      .execute(),
  ]);
  const topicIds = [...new Set(subscriptions.map((row) => row.topic_id))];
  const topics =
    topicIds.length === 0 ? [] : await db.selectFrom('topics').selectAll().where('id', 'in', topicIds).execute();
  const messageById = new Map(messages.map((row) => [row.id, row]));
  const subscriptionById = new Map(subscriptions.map((row) => [row.id, subscriptionOf(row)]));
  const topicById = new Map(topics.map((row) => [row.id, topicOf(row)]));
  const loaded: [DeliveryRow, Loaded | undefined][] = [];
  for (const row of rows) {
    const message = messageById.get(row.message_id);
    const subscription = subscriptionById.get(row.subscription_id);
    const topic = subscription && topicById.get(subscription.topicId);
    const isOff = !message || !topic || !isWanted(message.kind as MessageKind, subscription);
    loaded.push([row, isOff ? undefined : await withJoined(db, join(row, message, subscription, topic))]);
  }
  return loaded;
}

/** One mail tells of so many messages at most; what is left makes the next one. */
const MOST_JOINED = 99;

/** Mails of one group leave together, whenever the first of them does. */
async function withJoined(db: Kysely<Tables>, loaded: Loaded): Promise<Loaded> {
  const { row, outgoing } = loaded;
  if (!isMailGroup(row.group_id)) return loaded;
  const joined = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('subscription_id', '=', row.subscription_id)
    .where('group_id', '=', row.group_id)
    .where('status', '=', 'waiting')
    .where('id', '>', row.id)
    .orderBy('id')
    .limit(MOST_JOINED)
    .execute();
  if (joined.length === 0) return loaded;
  const ids = joined.map(({ message_id }) => message_id);
  const messages = await db.selectFrom('messages').selectAll().where('id', 'in', ids).execute();
  const byId = new Map(messages.map((message) => [message.id, message]));
  const present = joined.filter(({ message_id }) => byId.has(message_id));
  const also = present.map(({ uuid, message_id }) => ({
    deliveryId: uuid,
    message: messageFor(byId.get(message_id)!, outgoing.subscription.protocol),
  }));
  return { ...loaded, joined: present, outgoing: { ...outgoing, also } };
}

/** A confirmation that has done its work, or a message to somebody who left, need not arrive. */
function isWanted(kind: MessageKind, { status }: Subscription): boolean {
  if (kind === 'Notification') return status === 'confirmed';
  return status === (kind === 'SubscriptionConfirmation' ? 'pending' : 'deleted');
}

function join(row: DeliveryRow, message: Selectable<MessagesTable>, subscription: Subscription, topic: Topic): Loaded {
  const policy = effectivePolicy(topic.attributes, subscription.attributes);
  const awsRules = policy.explicit || topic.tags['trailbell:delivery'] === 'aws';
  const chat = chatKindOf(subscription, topic.tags);
  return {
    row,
    joined: [],
    perSecond: perSecondOf(policy),
    feedback: topic.attributes,
    outgoing: {
      deliveryId: row.uuid,
      message: messageFor(message, subscription.protocol),
      subscription,
      topic: {
        arn: topic.arn,
        displayName: topic.attributes.DisplayName ?? '',
        signatureVersion: topic.attributes.SignatureVersion === '2' ? '2' : '1',
      },
      contentType: policy.contentType,
      awsRules,
      ...(chat === undefined ? {} : { chat }),
    },
    rules: { protocol: subscription.protocol, ...(awsRules ? { policy: policy.retries } : {}) },
  };
}

function messageFor(row: Selectable<MessagesTable>, protocol: Protocol): OutgoingMessage {
  const kind = row.kind as MessageKind;
  const stored = JSON.parse(row.attributes) as Record<string, MessageAttribute>;
  const notification = kind === 'Notification';
  return {
    id: row.id,
    kind,
    publishedAt: row.published_at,
    subject: row.subject ?? undefined,
    text: textFor(row.body, row.structure, protocol),
    // Alarms write mails as AWS does; ours are made from what other protocols are told.
    ...(row.ring_id === null ? {} : { ring: textFor(row.body, row.structure, 'sqs') }),
    attributes: notification ? stored : {},
    ...(row.ordering === null ? {} : { ordering: JSON.parse(row.ordering) as Ordering }),
    token: notification ? undefined : stored.Token?.value,
  };
}

const perSecondOf = ({ throttle }: EffectivePolicy): number | undefined =>
  typeof throttle?.maxReceivesPerSecond === 'number' ? throttle.maxReceivesPerSecond : undefined;
