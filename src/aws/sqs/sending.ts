import { Refusal } from '../../base/refusal.ts';
import type { QueuePost } from '../../chain/queues/enqueue.ts';
import { readQueueAttributes, type SentAttribute } from '../../chain/queues/message-attributes.ts';
import { postSize, type Receipt, sendToQueue } from '../../chain/queues/send.ts';
import type { Call, SqsHandlers } from '../wire/handlers.ts';
import { forEachEntry } from './batch.ts';
import type { SqsDeps } from './deps.ts';
import { sharedQueue } from './queue-url.ts';

/** The members that SendMessage and the entries of its batch share. */
interface Given {
  readonly MessageBody: string;
  readonly DelaySeconds?: number | undefined;
  readonly MessageAttributes?: Readonly<Record<string, SentAttribute>> | undefined;
  readonly MessageSystemAttributes?: Readonly<Partial<Record<string, SentAttribute>>> | undefined;
  readonly MessageDeduplicationId?: string | undefined;
  readonly MessageGroupId?: string | undefined;
}

const LONGEST_BATCH = 1_048_576;

/** Sending, one message or up to ten. */
export const sendingHandlers = (deps: SqsDeps): SqsHandlers => ({
  async SendMessage({ QueueUrl, ...given }, call) {
    const queue = await sharedQueue(deps, QueueUrl, call, 'SendMessage');
    return receiptMembers(await sendToQueue(deps.chain, queue, queue.name, postOf(given, call)));
  },

  async SendMessageBatch({ QueueUrl, Entries }, call) {
    const queue = await sharedQueue(deps, QueueUrl, call, 'SendMessage');
    const size = Entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
    if (size > LONGEST_BATCH) {
      throw new Refusal(
        'BatchRequestTooLong',
        `Batch requests cannot be longer than ${LONGEST_BATCH} bytes. You have sent ${size} bytes.`,
      );
    }
    return forEachEntry('SendMessageBatchRequestEntry', Entries, async (entry) =>
      receiptMembers(await sendToQueue(deps.chain, queue, queue.name, postOf(entry, call))),
    );
  },
});

function postOf(given: Given, { scope, caller }: Call): QueuePost {
  const trace = given.MessageSystemAttributes?.AWSTraceHeader?.StringValue;
  return {
    body: given.MessageBody,
    attributes: readQueueAttributes(given.MessageAttributes ?? {}),
    system: {
      SenderId: caller ?? scope.account,
      ...(trace === undefined ? {} : { AWSTraceHeader: trace }),
      ...(given.MessageGroupId === undefined ? {} : { MessageGroupId: given.MessageGroupId }),
      ...(given.MessageDeduplicationId === undefined ? {} : { MessageDeduplicationId: given.MessageDeduplicationId }),
    },
    ...(given.DelaySeconds === undefined ? {} : { delaySeconds: given.DelaySeconds }),
  };
}

/** What an entry adds to its batch; one that is refused for itself adds its body. */
function sizeOf({ MessageBody: body, MessageAttributes: attributes = {} }: Given): number {
  try {
    return postSize({ body, attributes: readQueueAttributes(attributes), system: {} });
  } catch {
    return Buffer.byteLength(body);
  }
}

const receiptMembers = ({ messageId, sequenceNumber, bodyMd5, attributesMd5, systemMd5 }: Receipt) => ({
  MessageId: messageId,
  MD5OfMessageBody: bodyMd5,
  ...(attributesMd5 === undefined ? {} : { MD5OfMessageAttributes: attributesMd5 }),
  ...(systemMd5 === undefined ? {} : { MD5OfMessageSystemAttributes: systemMd5 }),
  ...(sequenceNumber === undefined ? {} : { SequenceNumber: sequenceNumber }),
});
