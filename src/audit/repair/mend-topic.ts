import { arnOf } from '../../base/scope.ts';
import { newTopic, putAlarm } from './mend-alarm.ts';
import { OWN_TOPIC } from './own-names.ts';
import type { Situation } from './situation.ts';
import { blocked, type Mend, type Step } from './step.ts';

/**
 * S1: a topic that takes the alarm's message. Somebody else's policy and key stay as they are: our own
 * topic is told by our own alarm instead.
 */
export function mendTopic(situation: Situation): Mend {
  const { scope, scenario } = situation;
  const own = arnOf('sns', scope, OWN_TOPIC);
  const existing = scenario.state.topics.find(({ TopicArn }) => TopicArn === own);
  if (!existing) return { steps: [newTopic(scope), putAlarm(situation, own)] };
  const steps: Step[] = [];
  if (situation.finding.path.topic === own) {
    if (existing.KmsMasterKeyId) steps.push(attribute(situation, own, 'KmsMasterKeyId', existing.KmsMasterKeyId, ''));
    steps.push(attribute(situation, own, 'Policy', existing.Policy ?? null, JSON.stringify(policyOf(own))));
  }
  if (!situation.ownAlarm?.AlarmActions.includes(own)) steps.push(putAlarm(situation, own));
  return { steps };
}

/** S2: somebody who is told. Whoever it is has to confirm. */
export function mendSubscription(situation: Situation): Mend {
  const { options, scope, finding, scenario } = situation;
  const { protocol, endpoint } = options;
  const topicArn = finding.path.topic ?? arnOf('sns', scope, OWN_TOPIC);
  if (!protocol || !endpoint) {
    return blocked(
      `Nobody who is subscribed to ${topicArn} has confirmed and gets the message.`,
      'Say whom to tell: --protocol email --notification-endpoint ADDRESS.',
    );
  }
  const same = scenario.state.subscriptions.find(
    (one) => one.TopicArn === topicArn && one.Protocol === protocol && one.Endpoint === endpoint,
  );
  if (same?.undeliverable !== undefined) {
    return blocked(
      `${endpoint} is subscribed, and nothing arrives there: ${same.undeliverable}.`,
      'Mend it, or name somebody else to tell: --protocol and --notification-endpoint.',
    );
  }
  const isConfirmed = same?.SubscriptionArn.startsWith('arn:') ?? false;
  if (same && isConfirmed) {
    const change = {
      resource: same.SubscriptionArn,
      before: { FilterPolicy: same.FilterPolicy ?? null },
      after: { FilterPolicy: {} },
    };
    const input = { SubscriptionArn: same.SubscriptionArn, AttributeName: 'FilterPolicy', AttributeValue: '{}' };
    const why = `${endpoint} is subscribed, but its filter policy keeps alarms away`;
    return {
      steps: [{ service: 'sns', operation: 'SetSubscriptionAttributes', scope, input, why, change, foreign: true }],
    };
  }
  return {
    steps: [
      {
        service: 'sns',
        operation: 'Subscribe',
        scope,
        input: { TopicArn: topicArn, Protocol: protocol, Endpoint: endpoint, ReturnSubscriptionArn: true },
        why: same ? `${endpoint} has not confirmed yet: it is asked again` : 'nobody is told',
        change: null,
        foreign: false,
      },
    ],
  };
}

function attribute(situation: Situation, topicArn: string, name: string, before: unknown, value: string): Step {
  return {
    service: 'sns',
    operation: 'SetTopicAttributes',
    scope: situation.scope,
    input: { TopicArn: topicArn, AttributeName: name, AttributeValue: value },
    why: 'our topic does not take the message of the alarm',
    change: { resource: topicArn, before: { [name]: before }, after: { [name]: value } },
    foreign: false,
  };
}

/** The policy that SNS gives a new topic, and alarms of the same account. */
function policyOf(topicArn: string) {
  const account = topicArn.split(':')[4];
  return {
    Version: '2008-10-17',
    Statement: [
      {
        Sid: 'owner',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [
          'SNS:GetTopicAttributes',
          'SNS:SetTopicAttributes',
          'SNS:AddPermission',
          'SNS:RemovePermission',
          'SNS:DeleteTopic',
          'SNS:Subscribe',
          'SNS:ListSubscriptionsByTopic',
          'SNS:Publish',
        ],
        Resource: topicArn,
        Condition: { StringEquals: { 'AWS:SourceOwner': account } },
      },
      {
        Sid: 'alarms',
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'SNS:Publish',
        Resource: topicArn,
        Condition: { StringEquals: { 'AWS:SourceAccount': account } },
      },
    ],
  };
}
