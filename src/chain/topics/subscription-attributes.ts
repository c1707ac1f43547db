import { parseArn } from '../../base/scope.ts';
import { checkSubscriptionDeliveryPolicy, subscriptionPolicyJson } from './delivery-policy.ts';
import { readFilterPolicy } from './filter/filter-policy.ts';
import { scopeOf } from './filter/filters.ts';
import { isFifoTopic } from './ordering.ts';
import { invalidParameter } from './refusals.ts';
import { type Subscription, shownEndpoint } from './subscription.ts';
import type { Topic } from './topic.ts';
import { NO_ARCHIVE } from './topic-attributes.ts';

/** An attribute of ours: why an endpoint takes nothing. AWS tells it in metrics only. */
export const UNDELIVERABLE = 'TrailbellUndeliverable';

type Attributes = Readonly<Record<string, string>>;

/** From where to where a subscription leads. */
interface Way {
  readonly topic: Topic;
  readonly endpoint: string;
}

/** An empty value takes these away. */
const REMOVED_BY_EMPTY = new Set(['DeliveryPolicy', 'RedrivePolicy', 'FilterPolicy']);

/** AWS documents an empty object as the way to remove a filter policy. */
const isRemoval = (name: string, value: string): boolean =>
  REMOVED_BY_EMPTY.has(name) && (value === '' || (name === 'FilterPolicy' && /^\s*\{\s*\}\s*$/.test(value)));

/**
 * Lays `given` over the attributes of a subscription.
 * @param prefix `Attributes Reason: ` where several are given at once
 * @throws Refusal InvalidParameter, in AWS's words
 */
export function mergeSubscriptionAttributes(
  current: Attributes,
  given: Attributes,
  way: Way,
  prefix = '',
): Record<string, string> {
  const merged = new Map(Object.entries(current));
  for (const [name, value] of Object.entries(given)) {
    if (isRemoval(name, value)) {
      merged.delete(name);
      continue;
    }
    try {
      check(name, value, way, given.RawMessageDelivery ?? current.RawMessageDelivery);
    } catch (error) {
      throw invalidParameter(`${prefix}${(error as Error).message}`);
    }
    merged.set(name, name === 'RawMessageDelivery' ? value.toLowerCase() : value);
  }
  const filter = merged.get('FilterPolicy');
  if (filter !== undefined && ('FilterPolicy' in given || 'FilterPolicyScope' in given)) {
    try {
      readFilterPolicy(filter, scopeOf(merged.get('FilterPolicyScope')));
    } catch (error) {
      throw invalidParameter(`${prefix}FilterPolicy: ${(error as Error).message}`);
    }
  }
  return Object.fromEntries(merged);
}

function check(name: string, value: string, way: Way, raw: string | undefined): void {
  switch (name) {
    case 'RawMessageDelivery':
      if (/^(true|false)$/i.test(value)) return;
      throw new Error(`RawMessageDelivery: Invalid value [${value}]. Must be true or false.`);
    case 'FilterPolicyScope':
      if (value === 'MessageAttributes' || value === 'MessageBody') return;
      throw new Error(
        `FilterPolicyScope: Invalid value [${value}]. Please use either MessageBody or MessageAttributes`,
      );
    case 'FilterPolicy':
      // Its scope may come with it, so that it is read when both are known.
      return;
    case 'RedrivePolicy':
      checkRedrive(value, way);
      return;
    case 'DeliveryPolicy':
      checkDelivery(value, raw?.toLowerCase() === 'true');
      return;
    case 'SubscriptionRoleArn':
      if (parseArn(value)?.service === 'iam') return;
      throw new Error('SubscriptionRoleArn: the ARN of a role is wanted');
    case 'ReplayPolicy':
      throw new Error(`${name}: ${NO_ARCHIVE}`);
    default:
      throw new Error('AttributeName');
  }
}

function checkDelivery(value: string, raw: boolean): void {
  try {
    checkSubscriptionDeliveryPolicy(value, raw);
  } catch (error) {
    throw new Error(`DeliveryPolicy: ${(error as Error).message}`);
  }
}

function checkRedrive(value: string, { topic, endpoint }: Way): void {
  let policy: unknown;
  try {
    policy = JSON.parse(value);
  } catch {
    throw new Error('RedrivePolicy: failed to parse JSON.');
  }
  const target = deadLetterArn(policy);
  const arn = target === undefined ? undefined : parseArn(target);
  if (arn?.service !== 'sqs') throw new Error('RedrivePolicy: deadLetterTargetArn is an invalid arn');
  if (arn.account !== topic.account || arn.region !== topic.region) {
    throw new Error('RedrivePolicy: deadLetterTargetArn must be a queue of the account and region of the subscription');
  }
  const ordered = isFifoTopic(topic) && endpoint.endsWith('.fifo');
  if (arn.resource.endsWith('.fifo') === ordered) return;
  throw new Error(
    ordered
      ? 'RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.'
      : 'RedrivePolicy: must use a standard queue as DLQ for a standard subscription',
  );
}

const deadLetterArn = (policy: unknown): string | undefined => {
  if (typeof policy !== 'object' || policy === null) return undefined;
  const { deadLetterTargetArn } = policy as Record<string, unknown>;
  return typeof deadLetterTargetArn === 'string' ? deadLetterTargetArn : undefined;
};

/** The queue that a subscription's undeliverable messages go to. */
export const deadLetterTarget = (attributes: Attributes): string | undefined =>
  attributes.RedrivePolicy ? deadLetterArn(JSON.parse(attributes.RedrivePolicy)) : undefined;

/** Every attribute as GetSubscriptionAttributes answers it. */
export function describeSubscription(subscription: Subscription, topic: Topic | undefined): Record<string, string> {
  const { SubscriptionPrincipal, FilterPolicyScope, ...set } = subscription.attributes;
  const http = subscription.protocol === 'http' || subscription.protocol === 'https';
  return {
    RawMessageDelivery: 'false',
    ...set,
    // AWS does not show the scope of a filter that is not there.
    ...(set.FilterPolicy === undefined ? {} : { FilterPolicyScope: scopeOf(FilterPolicyScope) }),
    ...(http ? { EffectiveDeliveryPolicy: subscriptionPolicyJson(topic?.attributes ?? {}, set) } : {}),
    SubscriptionArn: subscription.arn,
    TopicArn: subscription.topicArn,
    Owner: subscription.owner,
    Protocol: subscription.protocol,
    Endpoint: shownEndpoint(subscription.endpoint),
    ConfirmationWasAuthenticated: String(subscription.authenticated),
    PendingConfirmation: String(subscription.status === 'pending'),
    SubscriptionPrincipal: SubscriptionPrincipal ?? `arn:aws:iam::${subscription.owner}:root`,
  };
}
