import { parseArn } from '../../base/scope.ts';
import { decide } from '../../chain/access/decide.ts';
import { serviceRequest } from '../../chain/access/service-request.ts';
import { publishStatement } from '../../chain/topics/access/permitted-topic.ts';
import { policyOf } from '../../chain/topics/access/topic-policy.ts';
import { readFilterPolicy } from '../../chain/topics/filter/filter-policy.ts';
import { scopeOf } from '../../chain/topics/filter/filters.ts';
import { attributesPass, bodyPasses } from '../../chain/topics/filter/match-policy.ts';
import type { Subscription, Topic } from '../state.ts';
import type { AccountView } from './account-view.ts';
import { awsCommand } from './command.ts';
import { type Link, linksOf } from './link.ts';

/** What publishes to the topic. */
export interface Publisher {
  /** For sentences: `alarm root-usage`. */
  readonly says: string;
  readonly arn: string;
  readonly account: string;
  readonly service: 'cloudwatch.amazonaws.com' | 'events.amazonaws.com';
  /** The body that it sends, without message attributes; undefined where that is not known beforehand. */
  readonly message: object | undefined;
}

/** S1 and S2 for a topic that is told, and who gets the message. */
export interface TopicLinks {
  readonly links: readonly Link[];
  readonly subscription: Subscription | undefined;
}

export function topicLinks(view: AccountView, publisher: Publisher, topicArn: string): TopicLinks {
  const first = takes(view, publisher, topicArn);
  // Of a topic that is not there nothing more is to be said.
  if (first.status === 'broken' && !view.topic(topicArn)) return { links: [first], subscription: undefined };
  const { link, subscription } = reaches(view, publisher, topicArn);
  return { links: [first, link], subscription };
}

const placeOf = (arn: string) => {
  const { account = '', region = '', resource = arn } = parseArn(arn) ?? {};
  return { account, region, name: resource };
};

function takes(view: AccountView, publisher: Publisher, arn: string): Link {
  const place = placeOf(arn);
  const link = linksOf('sns:GetTopicAttributes', arn);
  if (!view.canRead(place.account) || view.denies('sns:GetTopicAttributes', place))
    return link.unknown('S1', `topic ${arn}`);
  const topic = view.topic(arn);
  if (publisher.service === 'cloudwatch.amazonaws.com' && parseArn(publisher.arn)?.region !== place.region)
    return link.broken('S1', {
      says: `Topic ${place.name} is in ${place.region}, and ${publisher.says} reaches topics of its own region only.`,
      fix: `Give the alarm a topic in ${parseArn(publisher.arn)?.region}.`,
    });
  if (!topic)
    return link.broken('S1', {
      says: `Topic ${arn} does not exist.`,
      fix: `Create it, and subscribe somebody: ${awsCommand(place.region, 'sns', 'create-topic', '--name', place.name)}`,
    });
  return (
    mayPublish(publisher, topic) ??
    mayUseKey(view, publisher, topic) ??
    link.holds('S1', { says: `Topic ${place.name} takes the message of ${publisher.says}.` })
  );
}

/** Undefined where the topic's policy lets the alarm publish. */
function mayPublish(publisher: Publisher, topic: Topic): Link | undefined {
  const { account, name } = placeOf(topic.TopicArn);
  const link = linksOf('sns:GetTopicAttributes', topic.TopicArn);
  const attributes: Record<string, string> = topic.Policy
    ? { Policy: JSON.stringify(forOwner(topic.Policy, account)) }
    : {};
  try {
    const decision = decide(
      policyOf({ arn: topic.TopicArn, account, attributes }).Statement,
      serviceRequest(publisher, 'sns:Publish', topic.TopicArn),
    );
    if (decision.allowed) return undefined;
    if (decision.unclear)
      return link.review(
        'S1',
        `Whether the policy of topic ${name} lets ${publisher.service} publish is not understood: ${attributes.Policy ?? ''}`,
      );
  } catch (error) {
    return link.review('S1', `The policy of topic ${name} is not understood (${(error as Error).message}).`);
  }
  return link.broken('S1', {
    says: `The policy of topic ${name} does not let ${publisher.says} publish: the ring is refused.`,
    fix: `Add to its policy: ${publishStatement(topic.TopicArn, publisher)}`,
  });
}

/** The statement that SNS writes for a topic's owner counts for the owner, whichever account was left in it. */
function forOwner(policy: NonNullable<Topic['Policy']>, owner: string): object {
  const statements = Array.isArray(policy.Statement) ? (policy.Statement as unknown[]) : [policy.Statement];
  return {
    ...policy,
    Statement: statements.map((statement) => {
      const { Sid, Condition } = (statement ?? {}) as { Sid?: unknown; Condition?: unknown };
      const isDefault = Sid === '__default_statement_ID' && JSON.stringify(Condition)?.includes('"AWS:SourceOwner"');
      return isDefault
        ? { ...(statement as object), Condition: { StringEquals: { 'AWS:SourceOwner': owner } } }
        : statement;
    }),
  };
}

/** Undefined where the topic has no key, or one that CloudWatch may use. */
function mayUseKey(view: AccountView, publisher: Publisher, topic: Topic): Link | undefined {
  const { TopicArn, KmsMasterKeyId: key } = topic;
  const isAlarm = publisher.service === 'cloudwatch.amazonaws.com';
  const isRead = isAlarm && !view.denies('kms:GetKeyPolicy', placeOf(TopicArn));
  const allows = isRead ? topic.kmsKeyPolicyAllowsCloudWatch : undefined;
  const { name } = placeOf(TopicArn);
  const link = linksOf('kms:GetKeyPolicy', key ?? TopicArn);
  if (!key) return undefined;
  if (/(^|:)alias\/aws\/sns$/.test(key))
    return link.broken('S1', {
      says: `Topic ${name} is encrypted with the AWS-managed key alias/aws/sns, which ${publisher.service} may not use: the ring is refused.`,
      fix: `Use a key of your own whose policy lets ${publisher.service} call kms:GenerateDataKey* and kms:Decrypt.`,
    });
  if (allows === undefined) return link.unknown('S1', `the policy of key ${key} of topic ${name}`);
  if (allows) return undefined;
  return link.broken('S1', {
    says: `The policy of key ${key} does not let CloudWatch use it, so topic ${name} refuses the ring.`,
    fix: 'Let cloudwatch.amazonaws.com call kms:GenerateDataKey* and kms:Decrypt in the policy of the key.',
  });
}

function reaches(
  view: AccountView,
  publisher: Publisher,
  arn: string,
): { readonly link: Link; readonly subscription: Subscription | undefined } {
  const place = placeOf(arn);
  const list = linksOf('sns:ListSubscriptionsByTopic', arn);
  const none = (link: Link) => ({ link, subscription: undefined });
  if (!view.canRead(place.account) || view.denies('sns:ListSubscriptionsByTopic', place))
    return none(list.unknown('S2', `who has subscribed to topic ${arn}`));
  const all = view.subscriptions(arn);
  const confirmed = all.filter(({ SubscriptionArn }) => SubscriptionArn.startsWith('arn:'));
  const subscribe = awsCommand(
    place.region,
    ...['sns', 'subscribe', '--topic-arn', arn, '--protocol', 'email', '--notification-endpoint', 'YOU@EXAMPLE.COM'],
  );
  if (confirmed.length === 0) {
    const waiting = all.find(({ SubscriptionArn }) => SubscriptionArn === 'PendingConfirmation');
    return none(
      waiting
        ? list.broken('S2', {
            says: `Nobody has confirmed a subscription to topic ${place.name}: ${waiting.Endpoint ?? 'a subscriber'} was asked and has not answered.`,
            fix: `Open the link in the confirmation mail; for a new one: ${subscribe}`,
          })
        : list.broken('S2', {
            says: `Nobody has subscribed to topic ${place.name}.`,
            fix: `Subscribe somebody, and confirm: ${subscribe}`,
          }),
    );
  }
  const detail = linksOf('sns:GetSubscriptionAttributes', arn);
  if (view.denies('sns:GetSubscriptionAttributes', place))
    return none(detail.unknown('S2', `which messages the subscribers of topic ${place.name} want`));
  const outcomes = confirmed.map((subscription) => ({ subscription, passes: passes(subscription, publisher) }));
  const wanting = outcomes.filter((outcome) => outcome.passes === true);
  const reached = wanting.find(({ subscription }) => subscription.undeliverable === undefined)?.subscription;
  if (reached)
    return {
      link: list.holds('S2', {
        says: `${reached.Endpoint ?? reached.SubscriptionArn} (${reached.Protocol}) gets the message.`,
      }),
      subscription: reached,
    };
  const deaf = wanting[0]?.subscription;
  if (deaf)
    return none(
      detail.broken('S2', {
        says: `Nothing arrives at the subscribers of topic ${place.name}: ${deaf.undeliverable}.`,
        fix: `Mend ${deaf.Endpoint ?? 'the endpoint'}, or subscribe somebody else: ${subscribe}`,
      }),
    );
  if (outcomes.some((outcome) => outcome.passes === undefined))
    return none(detail.review('S2', `Whether a subscriber of topic ${place.name} gets the message is not understood.`));
  return none(
    detail.broken('S2', {
      says: `The filter policy of every subscriber of topic ${place.name} drops the messages of ${publisher.says}.`,
      fix: `Take the policy away: ${awsCommand(place.region, 'sns', 'set-subscription-attributes', '--subscription-arn', confirmed[0]?.SubscriptionArn ?? '', '--attribute-name', 'FilterPolicy', '--attribute-value', '{}')}`,
    }),
  );
}

/** Whether an alarm's message gets through; message attributes are not sent. Undefined where it is not understood. */
function passes({ FilterPolicy, FilterPolicyScope }: Subscription, { message }: Publisher): boolean | undefined {
  if (!FilterPolicy || Object.keys(FilterPolicy).length === 0) return true;
  const scope = scopeOf(FilterPolicyScope);
  try {
    const node = readFilterPolicy(JSON.stringify(FilterPolicy), scope);
    if (scope === 'MessageAttributes') return attributesPass(node, {});
    return message && bodyPasses(node, message);
  } catch {
    return undefined;
  }
}
