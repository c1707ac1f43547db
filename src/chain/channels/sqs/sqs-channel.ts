import type { ChainContext } from '../../context.ts';
import { takesFromTopic } from '../../queues/access/queue-policy.ts';
import { enqueue, type QueuePost } from '../../queues/enqueue.ts';
import { attributesSize, type QueueAttribute } from '../../queues/message-attributes.ts';
import { findQueueByArn, queueSetting } from '../../queues/queue.ts';
import type { AwsDoor } from '../aws/aws-door.ts';
import { AWS_NOT_ALLOWED, awsOutcome } from '../aws/aws-outcome.ts';
import { type Channel, isRaw, type Outcome, type Outgoing } from '../channel.ts';
import type { DocumentWriter } from '../document.ts';

/** SQS takes no more attributes than this; of a raw delivery with more, AWS discards all of it. */
const MOST_ATTRIBUTES = 10;

/**
 * Delivers to queues. A message for one of ours enters it in the commit that records the delivery: exactly once. A
 * queue that is not ours is one of AWS, where that is allowed.
 */
export function sqsChannel(ctx: ChainContext, documents: DocumentWriter, door: AwsDoor | undefined): Channel {
  return {
    async deliver(outgoing) {
      const { endpoint } = outgoing.subscription;
      const queue = await findQueueByArn(ctx.store.read, endpoint);
      if (!queue && !door) return { result: 'giveUp', reason: 'queue-missing', text: `There is no queue ${endpoint}` };
      if (queue && !takesFromTopic(queue, outgoing.topic.arn)) {
        const text = `The policy of queue ${queue.arn} does not let topic ${outgoing.topic.arn} send to it`;
        return { result: 'giveUp', reason: 'queue-policy', text };
      }
      const post = await queuePost(outgoing, documents);
      if (Object.keys(post.attributes).length > MOST_ATTRIBUTES) {
        const text = `A queue takes ${MOST_ATTRIBUTES} message attributes, and this message has more`;
        return { result: 'giveUp', reason: 'too-many-attributes', text };
      }
      if (!queue) return door ? foreign(door, endpoint, post) : AWS_NOT_ALLOWED;
      const most = queueSetting(queue, 'MaximumMessageSize');
      if (Buffer.byteLength(post.body) + attributesSize(post.attributes) > most) {
        return { result: 'giveUp', reason: 'too-large', text: `The queue takes messages of up to ${most} bytes` };
      }
      return {
        result: 'delivered',
        along: async (tx) => {
          await enqueue(ctx, tx, queue, post);
        },
      };
    },
  };
}

async function foreign(door: AwsDoor, queueArn: string, post: QueuePost): Promise<Outcome> {
  try {
    await door.sendToQueue(queueArn, post);
    return { result: 'delivered' };
  } catch (error) {
    return awsOutcome(error);
  }
}

/** What SNS is called in the sender id of its messages. */
const SENDER = 'AIDATRAILBELLTOPICS00';

/** A message as a queue gets it, from a subscription or as a dead letter: raw with attributes, or as a document. */
export async function queuePost(outgoing: Outgoing, documents: DocumentWriter): Promise<QueuePost> {
  const system = { SenderId: SENDER, ...orderingMembers(outgoing) };
  if (!isRaw(outgoing)) return { body: await documents.write(outgoing), attributes: {}, system };
  const attributes: Record<string, QueueAttribute> = { ...outgoing.message.attributes };
  return { body: outgoing.message.text, attributes, system };
}

function orderingMembers({ message: { ordering } }: Outgoing): Record<string, string> {
  if (!ordering) return {};
  const { groupId, deduplicationId } = ordering;
  return {
    MessageGroupId: groupId,
    ...(deduplicationId === undefined ? {} : { MessageDeduplicationId: deduplicationId }),
  };
}
