import type { Outgoing, OutgoingMessage } from '../../src/chain/channels/channel.ts';
import type { Subscription } from '../../src/chain/topics/subscription.ts';
import { NOON, OWNER, TOPIC } from './notice-world.ts';

const ID = '6f0a2f9c-1111-4222-8333-444455556666';
export const TOKEN = '2336412f37fb687f5d51e6e2425929f5'.padEnd(256, 'ab');

/** A message on its way, with what a test wants to be different. */
export function outgoing(
  endpoint: string,
  message: Partial<OutgoingMessage> = {},
  more: Partial<Omit<Outgoing, 'message'>> & { subscription?: Subscription } = {},
): Outgoing {
  const [scheme = ''] = endpoint.split(':');
  const protocol = endpoint.startsWith('arn:') ? 'sqs' : endpoint.includes('://') ? scheme : 'email';
  return {
    deliveryId: '0d9f9a3e-aaaa-4bbb-8ccc-ddddeeeeffff',
    message: {
      id: '7e2f4f0a-52f5-5b9e-a1a1-3f1f6b6d0c01',
      kind: 'Notification',
      publishedAt: NOON,
      subject: undefined,
      text: 'hello',
      attributes: {},
      token: undefined,
      ...message,
    },
    subscription: {
      id: ID,
      arn: `${TOPIC}:${ID}`,
      topicId: 1,
      topicArn: TOPIC,
      owner: OWNER.account,
      protocol: protocol as Subscription['protocol'],
      endpoint,
      attributes: {},
      status: 'confirmed',
      token: TOKEN,
      authenticated: false,
    },
    topic: { arn: TOPIC, displayName: '', signatureVersion: '1' },
    contentType: 'text/plain; charset=UTF-8',
    awsRules: false,
    ...more,
  };
}

export const withAttributes = (message: Outgoing, attributes: Record<string, string>): Outgoing => ({
  ...message,
  subscription: { ...message.subscription, attributes },
});
