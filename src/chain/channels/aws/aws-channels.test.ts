import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { awsStub, STUB_KEY } from '../../../../test/aws/aws-stub.ts';
import { NoticeWorld } from '../../../../test/chain/notice-world.ts';
import { outgoing, withAttributes } from '../../../../test/chain/outgoing.ts';
import { eachStore } from '../../../../test/stores.ts';
import { openNetwork } from '../../../base/network.ts';
import type { Channel, Outgoing } from '../channel.ts';
import { documentWriter } from '../document.ts';
import { linksUnder } from '../links.ts';
import { sqsChannel } from '../sqs/sqs-channel.ts';
import { firehoseChannel, lambdaChannel } from './aws-channels.ts';
import { type AwsDoor, awsDoor } from './aws-door.ts';

const FUNCTION = 'arn:aws:lambda:eu-west-1:444455556666:function:ring';
const STREAM = 'arn:aws:firehose:eu-west-1:444455556666:deliverystream/rings';
const QUEUE = 'arn:aws:sqs:eu-central-1:444455556666:rings';

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', STUB_KEY.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', STUB_KEY.secret);
  // Would lead back to this very engine.
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
});
afterEach(() => vi.unstubAllEnvs());

const signer = { certificatePath: '/cert.pem', certificate: '', sign: async () => 'c2lnbmVk' };
const documents = documentWriter(
  signer,
  linksUnder(() => 'https://bell.example.com'),
);

function doorTo(endpoint: string, allowLoopback = true): AwsDoor {
  const network = openNetwork({ allowLoopback });
  onTestFinished(() => network.close());
  return awsDoor({ network, endpoint });
}

const to = (protocol: 'lambda' | 'firehose' | 'sqs', arn: string, message: Partial<Outgoing['message']> = {}) => {
  const made = outgoing(arn, message);
  return { ...made, subscription: { ...made.subscription, protocol } } as Outgoing;
};

describe('a function', () => {
  it('is started with the event that SNS gives it, by a signed call', async () => {
    const { url, calls } = await awsStub();
    const attributes = { severity: { type: 'String', value: 'high' } };
    const message = to('lambda', FUNCTION, { text: 'héllo', attributes });
    expect(await lambdaChannel(doorTo(url), documents).deliver(message)).toEqual({ result: 'delivered' });
    const [call] = calls;
    expect(call).toMatchObject({ service: 'lambda', region: 'eu-west-1' });
    expect(decodeURIComponent(call!.path)).toBe(`/2015-03-31/functions/${FUNCTION}/invocations`);
    expect(call!.headers['x-amz-invocation-type']).toBe('Event');
    const { Records } = JSON.parse(call!.body) as { Records: Record<string, Record<string, unknown>>[] };
    expect(Records).toEqual([
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: message.subscription.arn,
        Sns: {
          Type: 'Notification',
          MessageId: message.message.id,
          TopicArn: message.topic.arn,
          Subject: null,
          Message: 'héllo',
          Timestamp: '2026-03-04T12:00:00.000Z',
          SignatureVersion: '1',
          Signature: 'c2lnbmVk',
          SigningCertUrl: 'https://bell.example.com/cert.pem',
          UnsubscribeUrl: expect.stringContaining('?Action=Unsubscribe&SubscriptionArn='),
          MessageAttributes: { severity: { Type: 'String', Value: 'high' } },
        },
      },
    ]);
    expect(Object.keys(Records[0]!.Sns!)).toEqual([
      'Type',
      'MessageId',
      'TopicArn',
      'Subject',
      'Message',
      'Timestamp',
      'SignatureVersion',
      'Signature',
      'SigningCertUrl',
      'UnsubscribeUrl',
      'MessageAttributes',
    ]);
  });
});

describe('a stream', () => {
  it('gets a line of JSON without a signature, or the bare message', async () => {
    const { url, calls } = await awsStub();
    const channel = firehoseChannel(doorTo(url), documents);
    await channel.deliver(to('firehose', STREAM));
    await channel.deliver(withAttributes(to('firehose', STREAM), { RawMessageDelivery: 'true' }));
    const records = calls.map(({ body, target }) => {
      const { Record, DeliveryStreamName } = JSON.parse(body) as {
        Record: { Data: string };
        DeliveryStreamName: string;
      };
      return [target, DeliveryStreamName, Buffer.from(Record.Data, 'base64').toString()];
    });
    expect(records.map(([target, name]) => [target, name])).toEqual([
      ['Firehose_20150804.PutRecord', 'rings'],
      ['Firehose_20150804.PutRecord', 'rings'],
    ]);
    expect(records[0]![2]).toMatch(/^\{"Type":"Notification",.*"Message":"hello",.*\}\n$/);
    expect(records[0]![2]).not.toContain('Sign');
    expect(records[1]![2]).toBe('hello\n');
  });
});

eachStore((open) => {
  it('a queue that is not ours is sent to in AWS, with its group and attributes', async () => {
    const { url, calls } = await awsStub();
    const { ctx } = new NoticeWorld(await open());
    const channel = sqsChannel(ctx, documents, doorTo(url));
    const ordering = { groupId: 'g', deduplicationId: 'd', sequenceNumber: '1' };
    const attributes = { a: { type: 'Number', value: '1' }, b: { type: 'Binary', value: 'AAE=' } };
    const message = withAttributes(to('sqs', QUEUE, { ordering, attributes }), { RawMessageDelivery: 'true' });
    expect(await channel.deliver(message)).toEqual({ result: 'delivered' });
    expect(calls[0]).toMatchObject({ service: 'sqs', region: 'eu-central-1', target: 'AmazonSQS.SendMessage' });
    expect(JSON.parse(calls[0]!.body)).toEqual({
      QueueUrl: `${url}/444455556666/rings`,
      MessageBody: 'hello',
      MessageAttributes: {
        a: { DataType: 'Number', StringValue: '1' },
        b: { DataType: 'Binary', BinaryValue: 'AAE=' },
      },
      MessageGroupId: 'g',
      MessageDeduplicationId: 'd',
    });
    const closed = await sqsChannel(ctx, documents, undefined).deliver(to('sqs', QUEUE));
    expect(closed).toMatchObject({ result: 'giveUp', reason: 'queue-missing' });
  });
});

describe('AWS', () => {
  const fail = async (status: number, type: string, allowLoopback = true) => {
    const { url } = await awsStub(() => ({ status, body: { __type: type, message: 'because' } }));
    return firehoseChannel(doorTo(url, allowLoopback), documents).deliver(to('firehose', STREAM));
  };

  it.each([
    [400, 'ResourceNotFoundException', 'giveUp', 'rejected'],
    [400, 'AccessDeniedException', 'giveUp', 'rejected'],
    [400, 'ExpiredTokenException', 'retry', 'aws-credentials'],
    [400, 'UnrecognizedClientException', 'retry', 'aws-credentials'],
    [403, 'InvalidSignatureException', 'retry', 'aws-credentials'],
    [400, 'ThrottlingException', 'retry', 'throttled'],
    [500, 'ServiceUnavailableException', 'retry', 'throttled'],
    [500, 'InternalFailure', 'retry', 'server-error'],
  ])('that answers %i %s ends as %s', async (status, type, result, reason) => {
    expect(await fail(status, type)).toMatchObject({ result, reason, status });
  });

  it('is told who we are by the key that the SDK finds, and a wrong one is mended, not given up', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'wrong');
    const { url, calls } = await awsStub();
    const outcome = await firehoseChannel(doorTo(url), documents).deliver(to('firehose', STREAM));
    expect(outcome).toMatchObject({ result: 'retry', reason: 'aws-credentials' });
    expect(calls).toEqual([]);
  });

  it('is reached through the guarded door alone', async () => {
    expect(await fail(200, '', false)).toMatchObject({ result: 'giveUp', reason: 'blocked' });
  });

  it('that does not answer is tried again', async () => {
    const outcome = await firehoseChannel(doorTo('http://127.0.0.1:1'), documents).deliver(to('firehose', STREAM));
    expect(outcome).toMatchObject({ result: 'retry', reason: 'refused' });
  });

  it('is not spoken to where the operator has not said so', async () => {
    const channels: Channel[] = [lambdaChannel(undefined, documents), firehoseChannel(undefined, documents)];
    for (const channel of channels) {
      const outcome = await channel.deliver(to('lambda', FUNCTION));
      expect(outcome).toMatchObject({
        result: 'giveUp',
        reason: 'blocked',
        text: expect.stringContaining('--deliver-to-aws'),
      });
    }
  });
});
