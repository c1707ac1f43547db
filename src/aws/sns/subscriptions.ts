import { cannotDeliver, failingSentence } from '../../chain/health/failing-endpoints.ts';
import { confirmSubscription } from '../../chain/topics/confirm.ts';
import { notAuthorized } from '../../chain/topics/refusals.ts';
import { subscribe } from '../../chain/topics/subscribe.ts';
import { needSubscription, type Subscription, shownEndpoint } from '../../chain/topics/subscription.ts';
import { describeSubscription, UNDELIVERABLE } from '../../chain/topics/subscription-attributes.ts';
import { listSubscriptions, setSubscriptionAttribute } from '../../chain/topics/subscriptions.ts';
import { findTopicByArn, needTopic } from '../../chain/topics/topic.ts';
import { unsubscribe } from '../../chain/topics/unsubscribe.ts';
import type { Call, SnsHandlers } from '../wire/handlers.ts';
import { principalOf } from '../wire/principal.ts';
import { scopeFor } from './asking.ts';
import type { SnsDeps } from './deps.ts';
import { cutPage, PAGE, readToken } from './paging.ts';

/** Subscriptions: from asking to leaving. */
export const subscriptionHandlers = ({ chain, toAws = false }: SnsDeps): SnsHandlers => ({
  async Subscribe({ TopicArn, Protocol, Endpoint = '', Attributes = {}, ReturnSubscriptionArn = false }, call) {
    const attributes = Attributes as Record<string, string>;
    const wish = {
      topicArn: TopicArn,
      protocol: Protocol,
      endpoint: Endpoint,
      attributes,
      principal: principalOf(call),
      secure: call.secure,
      toAws,
    };
    const subscription = await subscribe(chain, call.scope, wish);
    const known = subscription.status === 'confirmed' || ReturnSubscriptionArn;
    return { SubscriptionArn: known ? subscription.arn : 'pending confirmation' };
  },

  async ConfirmSubscription({ Token, TopicArn, AuthenticateOnUnsubscribe = '' }, call) {
    const subscription = await confirmSubscription(chain, {
      token: Token,
      topicArn: TopicArn,
      authenticateOnUnsubscribe: AuthenticateOnUnsubscribe.toLowerCase() === 'true',
      caller: call.caller === undefined ? undefined : call.scope,
    });
    return { SubscriptionArn: subscription.arn };
  },

  async Unsubscribe({ SubscriptionArn }, call) {
    await unsubscribe(chain, SubscriptionArn, call.caller === undefined ? undefined : call.scope);
    return {};
  },

  async ListSubscriptions({ NextToken }, { scope }) {
    const after = readToken(NextToken) ?? '';
    const found = await listSubscriptions(chain.store.read, scope, { after, limit: PAGE + 1 });
    const { page, token } = cutPage(found, ({ id }) => id);
    return { Subscriptions: page.map(listed), NextToken: token };
  },

  async ListSubscriptionsByTopic({ TopicArn, NextToken }, call) {
    const scope = await scopeFor(chain, call, 'ListSubscriptionsByTopic', TopicArn);
    const topic = await needTopic(chain.store.read, scope, TopicArn);
    const after = readToken(NextToken) ?? '';
    const found = await listSubscriptions(chain.store.read, topic, { after, limit: PAGE + 1 });
    const { page, token } = cutPage(found, ({ id }) => id);
    return { Subscriptions: page.map(listed), NextToken: token };
  },

  async GetSubscriptionAttributes({ SubscriptionArn }, call) {
    const subscription = await needOwn(chain.store.read, SubscriptionArn, call);
    const topic = await findTopicByArn(chain.store.read, subscription.topicArn);
    const isDeaf = cannotDeliver(subscription, chain.clock.now());
    const ours = isDeaf ? { [UNDELIVERABLE]: failingSentence(subscription) } : {};
    return { Attributes: { ...describeSubscription(subscription, topic), ...ours } };
  },

  async SetSubscriptionAttributes({ SubscriptionArn, AttributeName, AttributeValue = '' }, call) {
    await needOwn(chain.store.read, SubscriptionArn, call);
    await setSubscriptionAttribute(chain, SubscriptionArn, AttributeName, AttributeValue);
    return {};
  },
});

async function needOwn(db: SnsDeps['chain']['store']['read'], arn: string, { scope }: Call): Promise<Subscription> {
  const subscription = await needSubscription(db, arn);
  if (subscription.owner !== scope.account) {
    throw notAuthorized(`User: arn:aws:iam::${scope.account}:root is not authorized to act on resource: ${arn}`);
  }
  return subscription;
}

const ARN_WHILE = { pending: 'PendingConfirmation', deleted: 'Deleted' } as const;

const listed = (subscription: Subscription) => ({
  SubscriptionArn: subscription.status === 'confirmed' ? subscription.arn : ARN_WHILE[subscription.status],
  Owner: subscription.owner,
  Protocol: subscription.protocol,
  Endpoint: shownEndpoint(subscription.endpoint),
  TopicArn: subscription.topicArn,
});
