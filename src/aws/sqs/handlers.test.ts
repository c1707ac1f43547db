import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { noticeGateway, sqsClient } from '../../../test/chain/notice-calls.ts';
import { NoticeWorld } from '../../../test/chain/notice-world.ts';
import { sqliteStore } from '../../../test/stores.ts';

const open = sqliteStore();

async function world(protocol: 'json1.0' | 'query' = 'json1.0') {
  const gateway = noticeGateway(new NoticeWorld(await open()));
  return { gateway, sqs: sqsClient(gateway, protocol) };
}

const refusal = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'accepted',
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe.each(['json1.0', 'query'] as const)('SQS over %s', (protocol) => {
  it('keeps a queue as it is asked to', async () => {
    const { sqs } = await world(protocol);
    const Attributes = { VisibilityTimeout: '20' };
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'jobs', Attributes, tags: { a: 'b' } }));
    expect(QueueUrl).toMatch(/^http:\/\/[^/]+\/111122223333\/jobs$/);
    expect((await sqs.send(new GetQueueUrlCommand({ QueueName: 'jobs' }))).QueueUrl).toBe(QueueUrl);
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { DelaySeconds: '1' } }));
    const all = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    // Recorded on AWS for a new queue, but for what was set here.
    expect(all.Attributes).toEqual({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesDelayed: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      CreatedTimestamp: '1772625600',
      DelaySeconds: '1',
      LastModifiedTimestamp: '1772625600',
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '345600',
      QueueArn: 'arn:aws:sqs:eu-west-1:111122223333:jobs',
      ReceiveMessageWaitTimeSeconds: '0',
      SqsManagedSseEnabled: 'true',
      VisibilityTimeout: '20',
    });
    const one = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    expect(Object.keys(one.Attributes ?? {})).toEqual(['QueueArn']);
    await sqs.send(new TagQueueCommand({ QueueUrl, Tags: { c: 'd' } }));
    await sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['a'] }));
    expect((await sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags).toEqual({ c: 'd' });
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    expect(await refusal(sqs.send(new GetQueueUrlCommand({ QueueName: 'jobs' })))).toContain('does not exist');
  });

  it('passes a message from sender to receiver', async () => {
    const { sqs } = await world(protocol);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }));
    const MessageAttributes = {
      General: { DataType: 'String', StringValue: 'Kenobi' },
      Hello: { DataType: 'String', StringValue: 'There' },
      'Help.Me': { DataType: 'String', StringValue: 'Me' },
      raw: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]) },
    };
    const sent = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'msg', MessageAttributes }));
    expect(sent.MD5OfMessageBody).toBe('6e2baaf3b97dbeef01c0043275f9a0e7');
    const receive = async (wish: object) => {
      const reply = await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0, ...wish }));
      return reply.Messages?.[0];
    };
    const whole = await receive({ MessageAttributeNames: ['All'], AttributeNames: ['All'] });
    expect(whole).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'msg',
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
    });
    expect(Object.keys(whole?.MessageAttributes ?? {}).sort()).toEqual(['General', 'Hello', 'Help.Me', 'raw']);
    expect([...(whole?.MessageAttributes?.raw?.BinaryValue ?? [])]).toEqual([0, 255]);
    expect(whole?.Attributes).toMatchObject({ SenderId: '111122223333', ApproximateReceiveCount: '1' });
    const bare = await receive({});
    expect([bare?.MessageAttributes, bare?.Attributes, bare?.MD5OfMessageAttributes]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const part = await receive({
      MessageAttributeNames: ['Hel.*', 'General'],
      MessageSystemAttributeNames: ['SenderId'],
    });
    expect(Object.keys(part?.MessageAttributes ?? {}).sort()).toEqual(['General', 'Hello', 'Help.Me']);
    // Recorded on AWS for these three.
    expect(part?.MD5OfMessageAttributes).toBe('4c360f3fdafd970e05fae2f149d997f5');
    expect(Object.keys(part?.Attributes ?? {})).toEqual(['SenderId']);
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: part?.ReceiptHandle }));
    expect(await receive({})).toBeUndefined();
  });

  it('does to each entry of a batch what it can', async () => {
    const { sqs } = await world(protocol);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }));
    const sent = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'a', MessageBody: 'one' },
          { Id: 'b', MessageBody: 'bell \u0007' },
          { Id: 'c', MessageBody: 'three', DelaySeconds: 901 },
        ],
      }),
    );
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['a']);
    expect(sent.Failed?.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault])).toEqual([
      ['b', 'InvalidMessageContents', true],
      ['c', 'InvalidParameterValue', true],
    ]);
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    const ReceiptHandle = Messages?.[0]?.ReceiptHandle;
    const shown = await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: [{ Id: 'v', ReceiptHandle, VisibilityTimeout: 100 }],
      }),
    );
    expect(shown.Successful).toEqual([{ Id: 'v' }]);
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 50 }));
    const gone = await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'x', ReceiptHandle },
          { Id: 'y', ReceiptHandle: 'nonsense' },
        ],
      }),
    );
    expect([gone.Successful, gone.Failed?.map(({ Id, Code }) => [Id, Code])]).toEqual([
      [{ Id: 'x' }],
      [['y', 'ReceiptHandleIsInvalid']],
    ]);
  });

  it.each([
    [
      Array.from({ length: 11 }, (_, n) => ({ Id: `${n}`, MessageBody: 'x' })),
      'Maximum number of entries per request are 10. You have sent 11.',
    ],
    [[{ Id: 'a:b', MessageBody: 'x' }], 'A batch entry id can only contain alphanumeric characters'],
    [
      [
        { Id: 'a', MessageBody: 'x' },
        { Id: 'a', MessageBody: 'y' },
      ],
      'Id a repeated.',
    ],
    [
      [
        { Id: 'a', MessageBody: 'x'.repeat(1_048_576) },
        { Id: 'b', MessageBody: 'y' },
      ],
      'Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.',
    ],
  ])('refuses a batch as a whole, case %#', async (Entries, text) => {
    const { sqs } = await world(protocol);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }));
    expect(await refusal(sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })))).toContain(text);
  });

  it("answers for a queue that is not there, or not the caller's", async () => {
    const { sqs } = await world(protocol);
    for (const QueueUrl of ['http://x/111122223333/none', 'http://x/999999999999/none', 'none', '']) {
      expect(await refusal(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })))).toMatch(
        /^QueueDoesNotExist/,
      );
    }
  });

  it.each([
    [
      { MaxNumberOfMessages: 11 },
      'Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
    ],
    [
      { WaitTimeSeconds: 21 },
      'Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.',
    ],
    [
      { WaitTimeSeconds: -1 },
      'Value -1 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.',
    ],
  ])('does not receive with %o', async (wish, text) => {
    const { sqs } = await world(protocol);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }));
    expect((await refusal(sqs.send(new ReceiveMessageCommand({ QueueUrl, ...wish })))).replace('Exception', '')).toBe(
      `InvalidParameterValue: ${text}`,
    );
  });
});

describe('SQS', () => {
  it('lists queues by page and prefix, and the sources of a dead-letter queue', async () => {
    const { sqs } = await world();
    await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }));
    const RedrivePolicy = '{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:111122223333:dead","maxReceiveCount":"3"}';
    for (const QueueName of ['a1', 'a2', 'a3'])
      await sqs.send(new CreateQueueCommand({ QueueName, Attributes: { RedrivePolicy } }));
    const names = (urls: string[] | undefined) => urls?.map((url) => url.split('/').at(-1));
    const first = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'a', MaxResults: 2 }));
    const rest = await sqs.send(
      new ListQueuesCommand({ QueueNamePrefix: 'a', MaxResults: 2, NextToken: first.NextToken }),
    );
    expect([names(first.QueueUrls), names(rest.QueueUrls), rest.NextToken]).toEqual([['a1', 'a2'], ['a3'], undefined]);
    const QueueUrl = 'http://x/111122223333/dead';
    const sources = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl }));
    expect(names(sources.queueUrls)).toEqual(['a1', 'a2', 'a3']);
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
    expect(await refusal(sqs.send(new PurgeQueueCommand({ QueueUrl })))).toMatch(/^PurgeQueueInProgress/);
  });

  it('keeps a batch for a FIFO queue in order, and refuses the entries without a group', async () => {
    const { sqs } = await world();
    const Attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'a.fifo', Attributes }));
    const Entries = ['one', 'two', 'one', 'three'].map((MessageBody, n) => ({
      Id: String(n),
      MessageBody,
      ...(n < 3 ? { MessageGroupId: 'g' } : {}),
    }));
    const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect(sent.Failed).toMatchObject([{ Id: '3', Code: 'MissingParameter' }]);
    expect(sent.Successful?.[2]?.MessageId).toBe(sent.Successful?.[0]?.MessageId);
    const received = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] }),
    );
    expect(received.Messages?.map(({ Body, Attributes }) => [Body, Attributes?.SequenceNumber])).toEqual([
      ['one', sent.Successful?.[0]?.SequenceNumber],
      ['two', sent.Successful?.[1]?.SequenceNumber],
    ]);
  });
});
