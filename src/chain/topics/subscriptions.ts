import type { Kysely } from 'kysely';
import type { Scope } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import type { ChainContext } from '../context.ts';
import { isExpired } from './confirmation-token.ts';
import { refuseTooManyFilters } from './filter-limits.ts';
import { topicMissing } from './refusals.ts';
import { needSubscription, type Subscription, subscriptionOf } from './subscription.ts';
import { mergeSubscriptionAttributes } from './subscription-attributes.ts';
import { findTopicByArn, type Topic } from './topic.ts';

interface Page {
  /** The id after which the page begins. */
  readonly after: string;
  readonly limit: number;
}

/** An account's subscriptions in a region, or those of one topic, in order of their ids. */
export async function listSubscriptions(db: Kysely<Tables>, of: Scope | Topic, page: Page): Promise<Subscription[]> {
  const all = db
    .selectFrom('subscriptions')
    .innerJoin('topics', 'topics.id', 'subscriptions.topic_id')
    .selectAll('subscriptions')
    .where('subscriptions.id', '>', page.after)
    .orderBy('subscriptions.id')
    .limit(page.limit);
  const chosen =
    'arn' in of
      ? all.where('subscriptions.topic_id', '=', of.id)
      : all.where('subscriptions.owner', '=', of.account).where('topics.region', '=', of.region);
  return (await chosen.execute()).map(subscriptionOf);
}

/** Sets one attribute. @throws Refusal InvalidParameter, NotFound */
export function setSubscriptionAttribute(ctx: ChainContext, arn: string, name: string, value: string): Promise<void> {
  return ctx.store.write(async ({ db }) => {
    const subscription = await needSubscription(db, arn);
    const topic = await findTopicByArn(db, subscription.topicArn);
    if (!topic) throw topicMissing();
    const attributes = mergeSubscriptionAttributes(
      subscription.attributes,
      { [name]: value },
      { topic, endpoint: subscription.endpoint },
    );
    if (attributes.FilterPolicy !== undefined && subscription.attributes.FilterPolicy === undefined) {
      await refuseTooManyFilters(db, topic);
    }
    await db
      .updateTable('subscriptions')
      .set({ attributes: JSON.stringify(attributes) })
      .where('id', '=', subscription.id)
      .execute();
  });
}

/** Forgets subscriptions that were never confirmed, or deactivated, once their token has expired. */
export function sweepSubscriptions(ctx: ChainContext): Promise<void> {
  return ctx.store.write(async ({ db }) => {
    const rows = await db
      .selectFrom('subscriptions')
      .select(['id', 'token'])
      .where('status', 'in', ['pending', 'deleted'])
      .execute();
    for (const { id, token } of rows) {
      if (!isExpired(token, ctx.clock.now())) continue;
      await db.deleteFrom('deliveries').where('subscription_id', '=', id).where('status', '=', 'waiting').execute();
      await db.deleteFrom('subscriptions').where('id', '=', id).execute();
    }
  });
}
