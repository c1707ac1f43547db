import { takesFromTopic } from '../queues/access/queue-policy.ts';
import type { Subscription } from '../topics/subscription.ts';
import type { TopicsSeen } from './topics-seen.ts';

/** Why nothing will ever arrive in a subscribed queue of ours, and what mends it. */
export interface QueueRefusal {
  readonly message: string;
  readonly fix: string;
}

/** Undefined where the queue takes what its topic sends, or is none of ours. */
export function queueRefusal(
  { protocol, endpoint, topicArn }: Pick<Subscription, 'protocol' | 'endpoint' | 'topicArn'>,
  { queues }: Pick<TopicsSeen, 'queues'>,
): QueueRefusal | undefined {
  const queue = protocol === 'sqs' ? queues.get(endpoint) : undefined;
  if (!queue || takesFromTopic(queue, topicArn)) return undefined;
  const statement = JSON.stringify({
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queue.arn,
    Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
  });
  return {
    message: `the policy of queue ${queue.arn} does not let topic ${topicArn} send to it`,
    fix: `add to its policy ${statement}`,
  };
}
