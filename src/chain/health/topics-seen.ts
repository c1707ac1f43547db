import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import { type Queue, queueOf } from '../queues/queue.ts';
import { type Subscription, subscriptionOf } from '../topics/subscription.ts';
import { type Topic, topicOf } from '../topics/topic.ts';

/** All topics with who is subscribed to them, by the topic's ARN, and the queues. */
export interface TopicsSeen {
  readonly topics: ReadonlyMap<string, Topic>;
  readonly subscriptions: ReadonlyMap<string, readonly Subscription[]>;
  /** Our own queues, by ARN. */
  readonly queues: ReadonlyMap<string, Queue>;
}

/** Reads all topics, subscriptions and queues, a query each. */
export async function topicsSeen(db: Kysely<Tables>): Promise<TopicsSeen> {
  const [topics, subscriptions, queues] = await Promise.all([
    db.selectFrom('topics').selectAll().execute(),
    db.selectFrom('subscriptions').selectAll().execute(),
    db.selectFrom('queues').selectAll().execute(),
  ]);
  const byTopic = new Map<string, Subscription[]>();
  for (const subscription of subscriptions.map(subscriptionOf)) {
    const others = byTopic.get(subscription.topicArn);
    if (others) others.push(subscription);
    else byTopic.set(subscription.topicArn, [subscription]);
  }
  const known = topics.map(topicOf).map((topic): [string, Topic] => [topic.arn, topic]);
  const ofQueues = queues.map(queueOf).map((queue): [string, Queue] => [queue.arn, queue]);
  return { topics: new Map(known), subscriptions: byTopic, queues: new Map(ofQueues) };
}
