import { DEFAULT_CONTENT_TYPE } from '../../topics/delivery-policy.ts';
import { isRaw, type Outgoing } from '../channel.ts';

/** The headers that SNS sends. A configured content type is for notifications only. */
export function requestHeaders(outgoing: Outgoing): Record<string, string> {
  const { message, subscription, topic } = outgoing;
  return {
    'x-amz-sns-message-type': message.kind,
    'x-amz-sns-message-id': message.id,
    'x-amz-sns-topic-arn': topic.arn,
    ...(message.kind === 'SubscriptionConfirmation' ? {} : { 'x-amz-sns-subscription-arn': subscription.arn }),
    ...(isRaw(outgoing) ? { 'x-amz-sns-rawdelivery': 'true' } : {}),
    'Content-Type': message.kind === 'Notification' ? outgoing.contentType : DEFAULT_CONTENT_TYPE,
    'User-Agent': 'Amazon Simple Notification Service Agent',
    'Accept-Encoding': 'gzip,deflate',
  };
}
