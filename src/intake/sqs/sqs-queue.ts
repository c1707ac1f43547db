import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SQSClient,
  type SQSClientConfig,
} from '@aws-sdk/client-sqs';
import { queueError } from './queue-failure.ts';

/** A message that is hidden from others for a while. */
export interface QueueMessage {
  readonly id: string;
  readonly handle: string;
  readonly body: string;
  /** When it was sent, in milliseconds. */
  readonly sentAt: number;
  /** How often it was received, this time included. */
  readonly receives: number;
}

/** A queue as an intake needs it. Calls reject with an error whose message is for people. */
export interface Queue {
  readonly url: string;
  /** Waits up to 20 seconds for up to 10 messages and hides them for `seconds`. */
  receive(seconds: number, signal: AbortSignal): Promise<QueueMessage[]>;
  /** Up to 10 messages; gives for each, in their order, why it could not be deleted. */
  remove(messages: readonly QueueMessage[]): Promise<(Error | undefined)[]>;
  hide(message: QueueMessage, seconds: number): Promise<void>;
}

export interface SqsQueueSettings {
  readonly url: string;
  readonly region: string;
  readonly credentials: SQSClientConfig['credentials'] | undefined;
}

const WAIT = 20;

/** A queue of SQS, or of anything that speaks its API. The host of its URL is the one that is called. */
export function sqsQueue({ url, region, credentials }: SqsQueueSettings): Queue {
  const client = new SQSClient({
    region,
    endpoint: new URL(url).origin,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: (WAIT + 10) * 1_000 },
    ...(credentials && { credentials }),
  });
  const told = <Answer>(action: string, call: Promise<Answer>): Promise<Answer> =>
    call.catch((error: Error) => {
      throw queueError(error, action, url);
    });
  return {
    url,
    async receive(seconds, signal) {
      const command = new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: WAIT,
        VisibilityTimeout: seconds,
        MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
      });
      const { Messages = [] } = await told('sqs:ReceiveMessage', client.send(command, { abortSignal: signal }));
      return Messages.map(({ MessageId, ReceiptHandle, Body, Attributes }) => ({
        id: MessageId ?? '',
        handle: ReceiptHandle ?? '',
        body: Body ?? '',
        sentAt: Number(Attributes?.SentTimestamp ?? 0),
        receives: Number(Attributes?.ApproximateReceiveCount ?? 1),
      }));
    },
    async remove(messages) {
      const Entries = messages.map(({ handle }, index) => ({ Id: String(index), ReceiptHandle: handle }));
      const command = new DeleteMessageBatchCommand({ QueueUrl: url, Entries });
      const { Failed = [] } = await told('sqs:DeleteMessage', client.send(command));
      const why = new Map(Failed.map(({ Id, Code, Message = '' }) => [Id, `${Code} ${Message}`.trim()]));
      return Entries.map(({ Id }) =>
        why.has(Id) ? new Error(`a message could not be deleted: ${why.get(Id)}`) : undefined,
      );
    },
    async hide({ handle }, seconds) {
      await told(
        'sqs:ChangeMessageVisibility',
        client.send(
          new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: handle, VisibilityTimeout: seconds }),
        ),
      );
    },
  };
}
