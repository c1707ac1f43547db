import { Refusal } from '../../base/refusal.ts';
import { needPermittedTopic } from '../../chain/topics/access/permitted-topic.ts';
import {
  checkMessage,
  type GivenAttribute,
  messageSize,
  readMessageAttributes,
} from '../../chain/topics/message-check.ts';
import { checkOrdering } from '../../chain/topics/ordering.ts';
import { invalidParameter, topicMissing } from '../../chain/topics/refusals.ts';
import type { Call, SnsHandlers } from '../wire/handlers.ts';
import { asking } from './asking.ts';
import { checkBatchIds } from './batch-ids.ts';
import type { SnsDeps } from './deps.ts';

/** The members that Publish and the entries of PublishBatch share. */
interface Given {
  readonly Message: string;
  readonly Subject?: string | undefined;
  readonly MessageStructure?: string | undefined;
  readonly MessageAttributes?: Readonly<Record<string, GivenAttribute>> | undefined;
  readonly MessageDeduplicationId?: string | undefined;
  readonly MessageGroupId?: string | undefined;
}

interface Receipt {
  readonly MessageId: string;
  /** Of FIFO topics. */
  readonly SequenceNumber?: string;
}

const LONGEST_BATCH = 262_144;

/** Publishing, one message or up to ten. */
export const publishHandlers = (deps: SnsDeps): SnsHandlers => ({
  async Publish({ TopicArn, TargetArn, PhoneNumber, ...given }, call) {
    if (PhoneNumber !== undefined) {
      throw invalidParameter('PhoneNumber Reason: Trailbell sends no text messages');
    }
    const arn = TopicArn ?? TargetArn;
    if (arn === undefined) throw invalidParameter('TopicArn or TargetArn Reason: no value for required parameter');
    return publishOne(deps, call, arn, given);
  },

  async PublishBatch({ TopicArn, PublishBatchRequestEntries: entries }, call) {
    checkBatchIds(entries.map((entry) => entry.Id));
    const size = entries.reduce(
      (sum, entry) => sum + messageSize(entry.Message, readMessageAttributes(entry.MessageAttributes ?? {})),
      0,
    );
    if (size > LONGEST_BATCH) {
      throw new Refusal(
        'BatchRequestTooLongException',
        'The length of all the messages put together is more than the limit.',
      );
    }
    await needPermittedTopic(deps.chain.store.read, publishing(call), TopicArn);
    const results = await Promise.allSettled(entries.map((entry) => publishOne(deps, call, TopicArn, entry)));
    const Successful: ({ Id: string } & Receipt)[] = [];
    const Failed: { Id: string; Code: string; Message: string; SenderFault: boolean }[] = [];
    for (const [index, result] of results.entries()) {
      const Id = entries[index]!.Id;
      if (result.status === 'fulfilled') Successful.push({ Id, ...result.value });
      else if (result.reason instanceof Refusal) {
        const { code, message } = result.reason;
        Failed.push({ Id, Code: code.replace(/Exception$/, ''), Message: message, SenderFault: true });
      } else throw result.reason;
    }
    return { Successful, Failed };
  },
});

const publishing = (call: Call) => asking(call, 'Publish');

async function publishOne({ chain, publish }: SnsDeps, call: Call, arn: string, given: Given): Promise<Receipt> {
  const attributes = readMessageAttributes(given.MessageAttributes ?? {});
  const { Message: message, Subject: subject, MessageStructure: structure } = given;
  checkMessage({ message, subject, structure, attributes });
  const ordering = { groupId: given.MessageGroupId, deduplicationId: given.MessageDeduplicationId };
  const published = await chain.store.write(async (tx) => {
    const topic = await needPermittedTopic(tx.db, publishing(call), arn);
    checkOrdering(topic, ordering);
    return publish(tx, {
      topicArn: topic.arn,
      message,
      attributes,
      ordering,
      ...(subject === undefined ? {} : { subject }),
      ...(structure === 'json' ? { structure } : {}),
    });
  });
  if ('failure' in published) throw topicMissing();
  const { messageId, sequenceNumber } = published;
  return { MessageId: messageId, ...(sequenceNumber === undefined ? {} : { SequenceNumber: sequenceNumber }) };
}
