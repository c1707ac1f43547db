import { md5Of, md5OfAttributes } from '../../chain/queues/checksums.ts';
import { sentAttribute } from '../../chain/queues/message-attributes.ts';
import { type ReceivedMessage, receiveFromQueue } from '../../chain/queues/receive.ts';
import { changeVisibility, deleteFromQueue } from '../../chain/queues/settle.ts';
import type { SqsHandlers } from '../wire/handlers.ts';
import { forEachEntry } from './batch.ts';
import type { SqsDeps } from './deps.ts';
import { sharedQueue } from './queue-url.ts';

/** Receiving messages, and settling what was received. */
export const receivingHandlers = (deps: SqsDeps): SqsHandlers => ({
  async ReceiveMessage(given, call) {
    const { MaxNumberOfMessages = 1, VisibilityTimeout, WaitTimeSeconds, ReceiveRequestAttemptId } = given;
    const queue = await sharedQueue(deps, given.QueueUrl, call, 'ReceiveMessage');
    const messages = await receiveFromQueue(deps.chain, queue, queue.name, {
      most: MaxNumberOfMessages,
      signal: call.signal,
      ...(VisibilityTimeout === undefined ? {} : { visibilitySeconds: VisibilityTimeout }),
      ...(WaitTimeSeconds === undefined ? {} : { waitSeconds: WaitTimeSeconds }),
      ...(ReceiveRequestAttemptId === undefined ? {} : { attemptId: ReceiveRequestAttemptId }),
    });
    if (messages.length === 0) return {};
    const system = new Set<string>([...(given.AttributeNames ?? []), ...(given.MessageSystemAttributeNames ?? [])]);
    const attributes = given.MessageAttributeNames ?? [];
    return { Messages: messages.map((message) => shown(message, system, attributes)) };
  },

  async DeleteMessage({ QueueUrl, ReceiptHandle }, call) {
    const queue = await sharedQueue(deps, QueueUrl, call, 'DeleteMessage');
    await deleteFromQueue(deps.chain, queue, queue.name, ReceiptHandle);
    return {};
  },

  async DeleteMessageBatch({ QueueUrl, Entries }, call) {
    const queue = await sharedQueue(deps, QueueUrl, call, 'DeleteMessage');
    return forEachEntry('DeleteMessageBatchRequestEntry', Entries, async ({ ReceiptHandle }) => {
      await deleteFromQueue(deps.chain, queue, queue.name, ReceiptHandle);
      return {};
    });
  },

  async ChangeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout }, call) {
    const queue = await sharedQueue(deps, QueueUrl, call, 'ChangeMessageVisibility');
    await changeVisibility(deps.chain, queue, queue.name, ReceiptHandle, VisibilityTimeout);
    return {};
  },

  async ChangeMessageVisibilityBatch({ QueueUrl, Entries }, call) {
    const queue = await sharedQueue(deps, QueueUrl, call, 'ChangeMessageVisibility');
    return forEachEntry('ChangeMessageVisibilityBatchRequestEntry', Entries, async (entry) => {
      await changeVisibility(deps.chain, queue, queue.name, entry.ReceiptHandle, entry.VisibilityTimeout ?? 0);
      return {};
    });
  },
});

/** A message with those of its attributes that were asked for. */
function shown(message: ReceivedMessage, system: ReadonlySet<string>, wanted: readonly string[]) {
  const systemShown = Object.entries(message.system).filter(([name]) => system.has('All') || system.has(name));
  const chosen = Object.entries(message.attributes).filter(([name]) => wanted.some((wish) => fits(name, wish)));
  const attributes = Object.fromEntries(chosen);
  const checksum = md5OfAttributes(attributes);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.handle,
    Body: message.body,
    MD5OfBody: md5Of(message.body),
    ...(systemShown.length === 0 ? {} : { Attributes: Object.fromEntries(systemShown) }),
    ...(checksum === undefined
      ? {}
      : {
          MessageAttributes: Object.fromEntries(chosen.map(([name, value]) => [name, sentAttribute(value)])),
          MD5OfMessageAttributes: checksum,
        }),
  };
}

/** `All`, `.*`, a prefix such as `bar.*`, or the name itself. */
const fits = (name: string, wish: string): boolean =>
  wish === 'All' || wish === name || (wish.endsWith('.*') && name.startsWith(wish.slice(0, -2)));
