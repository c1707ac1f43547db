import type { Kysely } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import { parseArn, type Scope } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import { type ChatKind, chatKindOf } from '../channels/chat/chat-kind.ts';
import { routingKeyOf } from '../channels/chat/routing-key.ts';
import type { ChainContext } from '../context.ts';
import { findQueueByArn } from '../queues/queue.ts';
import { needPermittedTopic } from './access/permitted-topic.ts';
import { isStale, newToken } from './confirmation-token.ts';
import { checkEndpoint } from './endpoint.ts';
import { refuseTooManyFilters } from './filter-limits.ts';
import { isFifoTopic } from './ordering.ts';
import { postConfirmation } from './post.ts';
import { invalidParameter } from './refusals.ts';
import { type Protocol, type Subscription, subscriptionOf } from './subscription.ts';
import { mergeSubscriptionAttributes } from './subscription-attributes.ts';
import type { Topic } from './topic.ts';

export interface SubscriptionWish {
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Members that no AWS call can set: the channel and the template of a webhook. */
  readonly own?: Readonly<Record<string, string>>;
  /** Whether the operator allows deliveries to AWS itself. */
  readonly toAws?: boolean;
  /** ARN of who asks, for SubscriptionPrincipal. */
  readonly principal: string;
  /** Whether it was asked over TLS, for the topic's policy. */
  readonly secure?: boolean;
}

const MOST_PENDING = 5_000;
/** Subscriptions of a FIFO topic. */
const MOST_ORDERED = 100;

/**
 * Subscribes an endpoint. A queue of the same account is confirmed at once, and so is the webhook of a chat
 * service, which cannot answer: its secret address is proof enough from the owner of the topic. Others are
 * sent a token. One that is already there is given back, and asked again while it has not confirmed.
 * @throws Refusal InvalidParameter, NotFound, SubscriptionLimitExceeded
 */
export async function subscribe(ctx: ChainContext, scope: Scope, wish: SubscriptionWish): Promise<Subscription> {
  return ctx.store.write(async (tx) => {
    const topic = await needPermittedTopic(
      tx.db,
      {
        scope,
        action: 'Subscribe',
        principalArn: wish.principal,
        secure: wish.secure ?? true,
        protocol: wish.protocol,
        endpoint: wish.endpoint,
      },
      wish.topicArn,
    );
    const protocol = checkEndpoint(wish.protocol, wish.endpoint, isFifoTopic(topic), wish.toAws ?? false);
    const attributes = mergeSubscriptionAttributes(
      {},
      wish.attributes ?? {},
      { topic, endpoint: wish.endpoint },
      'Attributes Reason: ',
    );
    const { endpoint, own = {} } = wish;
    const chat = chatKindOf({ protocol, endpoint, attributes: own }, topic.tags);
    if (chat === 'pagerduty') checkRoutingKey(endpoint);
    const atOnce = await isConfirmedAtOnce(tx.db, { topic, protocol, endpoint, chat }, scope, wish.toAws ?? false);
    const existing = await findByEndpoint(tx.db, topic, protocol, endpoint);
    if (existing && existing.status !== 'deleted') {
      return sameSubscription(ctx, tx, existing, { wanted: attributes, own, atOnce });
    }
    if (attributes.FilterPolicy !== undefined) await refuseTooManyFilters(tx.db, topic);
    // A deactivated one gives way, or its restoration would make two of them.
    if (existing) await tx.db.deleteFrom('subscriptions').where('id', '=', existing.id).execute();
    if (isFifoTopic(topic)) await refuseTooManyOrdered(tx.db, topic);
    const made = await insert(
      ctx,
      tx,
      topic,
      scope,
      protocol,
      { ...wish, attributes: { ...attributes, ...own } },
      atOnce,
    );
    if (made.status === 'pending') await postConfirmation(ctx, tx, 'SubscriptionConfirmation', made);
    return made;
  });
}

interface Aim {
  readonly topic: Topic;
  readonly protocol: Protocol;
  readonly endpoint: string;
  readonly chat: ChatKind | undefined;
}

/**
 * Whether nobody need be asked. As on AWS, a queue of the caller's own account need not, and one of another account is
 * sent the token. Functions, streams and chats cannot answer: only the topic's owner may subscribe the former, and is
 * taken at his word for all three.
 */
async function isConfirmedAtOnce(
  db: Kysely<Tables>,
  { topic, protocol, endpoint, chat }: Aim,
  scope: Scope,
  toAws: boolean,
): Promise<boolean> {
  const owner = scope.account === topic.account;
  if (protocol === 'lambda' || protocol === 'firehose') {
    if (!owner) throw invalidParameter(`Protocol: only the owner of a topic may subscribe to it by ${protocol}`);
    return true;
  }
  if (protocol !== 'sqs') return chat !== undefined && owner;
  if (parseArn(endpoint)?.account === scope.account) return true;
  if (toAws || (await findQueueByArn(db, endpoint))) return false;
  throw invalidParameter(
    'SQS endpoint ARN: there is no such queue here, and deliveries to AWS are not allowed; start with --deliver-to-aws',
  );
}

async function findByEndpoint(db: Kysely<Tables>, topic: Topic, protocol: string, endpoint: string) {
  const row = await db
    .selectFrom('subscriptions')
    .selectAll()
    .where('topic_id', '=', topic.id)
    .where('protocol', '=', protocol)
    .where('endpoint', '=', endpoint)
    .executeTakeFirst();
  return row && subscriptionOf(row);
}

async function sameSubscription(
  ctx: ChainContext,
  tx: Tx,
  existing: Subscription,
  { wanted, own, atOnce }: { wanted: Record<string, string>; own: Readonly<Record<string, string>>; atOnce: boolean },
): Promise<Subscription> {
  const defaults = { RawMessageDelivery: 'false', FilterPolicyScope: 'MessageAttributes' };
  const present: Record<string, string> = { ...defaults, ...existing.attributes };
  if (Object.entries(wanted).some(([name, value]) => present[name] !== value)) {
    throw invalidParameter('Attributes Reason: Subscription already exists with different attributes');
  }
  const now = ctx.clock.now();
  const confirmed = existing.status === 'pending' && atOnce;
  if (confirmed || Object.keys(own).length > 0) {
    const row = await tx.db
      .updateTable('subscriptions')
      .set({
        attributes: JSON.stringify({ ...existing.attributes, ...own }),
        ...(confirmed ? { status: 'confirmed', confirmed_at: now, authenticated: 1 } : {}),
      })
      .where('id', '=', existing.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    return subscriptionOf(row);
  }
  if (existing.status !== 'pending') return existing;
  const token = isStale(existing.token, now) ? newToken(ctx.ids, now) : existing.token;
  await tx.db.updateTable('subscriptions').set({ token }).where('id', '=', existing.id).execute();
  await postConfirmation(ctx, tx, 'SubscriptionConfirmation', { ...existing, token });
  return existing;
}

async function insert(
  ctx: ChainContext,
  tx: Tx,
  topic: Topic,
  scope: Scope,
  protocol: Protocol,
  { endpoint, attributes, principal }: SubscriptionWish,
  atOnce: boolean,
): Promise<Subscription> {
  const now = ctx.clock.now();
  if (!atOnce) await refuseTooManyPending(tx.db, scope);
  const row = await tx.db
    .insertInto('subscriptions')
    .values({
      id: ctx.ids.uuid(),
      topic_id: topic.id,
      topic_arn: topic.arn,
      owner: scope.account,
      protocol,
      endpoint,
      attributes: JSON.stringify({ ...attributes, SubscriptionPrincipal: principal }),
      status: atOnce ? 'confirmed' : 'pending',
      token: newToken(ctx.ids, now),
      created_at: now,
      confirmed_at: atOnce ? now : null,
      authenticated: atOnce ? 1 : 0,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return subscriptionOf(row);
}

function checkRoutingKey(endpoint: string): void {
  try {
    routingKeyOf(endpoint);
  } catch (error) {
    throw invalidParameter(`Endpoint Reason: ${(error as Error).message}`);
  }
}

async function refuseTooManyPending(db: Kysely<Tables>, scope: Scope): Promise<void> {
  const { count } = await db
    .selectFrom('subscriptions')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('owner', '=', scope.account)
    .where('status', '=', 'pending')
    .executeTakeFirstOrThrow();
  if (count >= MOST_PENDING) {
    throw new Refusal('SubscriptionLimitExceededException', 'Too many subscriptions are waiting for confirmation');
  }
}

async function refuseTooManyOrdered(db: Kysely<Tables>, topic: Topic): Promise<void> {
  const { count } = await db
    .selectFrom('subscriptions')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('topic_id', '=', topic.id)
    .executeTakeFirstOrThrow();
  if (count >= MOST_ORDERED) throw new Refusal('SubscriptionLimitExceededException', 'Subscription limit exceeded');
}
