import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateDeliveryStreamCommand, FirehoseClient } from '@aws-sdk/client-firehose';
import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startEngine } from './engine/start.ts';
import { until } from './engine/until.ts';

const PYTHON = ['python3', 'python'].find(
  (python) => spawnSync(python, ['-c', 'import moto.server, flask'], { timeout: 60_000 }).status === 0,
);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const credentials = { accessKeyId: 'AKIAEXAMPLE000000001', secretAccessKey: 'any' };
const region = 'eu-west-1';

describe.skipIf(PYTHON === undefined)('an AWS account played by moto (needs python with moto[server])', () => {
  let moto: ChildProcess;
  let aws = '';
  beforeAll(async () => {
    const port = await freePort();
    aws = `http://127.0.0.1:${port}`;
    moto = spawn(PYTHON!, ['-c', `from moto.server import main; main(["-H", "127.0.0.1", "-p", "${port}"])`], {
      stdio: 'ignore',
    });
    const answers = () =>
      fetch(`${aws}/moto-api/`).then(
        (reply) => reply.ok,
        () => false,
      );
    await until('moto', answers, 60_000);
    vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
  }, 90_000);
  afterAll(() => {
    vi.unstubAllEnvs();
    moto?.kill();
  });

  it('gets messages in its queue once the queue has confirmed, and in its stream', { timeout: 60_000 }, async () => {
    const sqs = new SQSClient({ endpoint: aws, region, credentials });
    const firehose = new FirehoseClient({ endpoint: aws, region, credentials });
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'rings' }));
    await fetch(`${aws}/bucket`, { method: 'PUT', headers: { host: 's3.amazonaws.com' } });
    await firehose.send(
      new CreateDeliveryStreamCommand({
        DeliveryStreamName: 'rings',
        S3DestinationConfiguration: { RoleARN: 'arn:aws:iam::123456789012:role/x', BucketARN: 'arn:aws:s3:::bucket' },
      }),
    );
    const engine = await startEngine({ deliverToAws: aws });
    const sns = new SNSClient({
      endpoint: engine.url,
      region,
      credentials: { accessKeyId: '000000000000', secretAccessKey: 'any' },
    });
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'bell' }));
    const receive = () =>
      until('a message', async () => {
        const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1 }));
        return Messages?.[0] && (JSON.parse(Messages[0].Body ?? '') as Record<string, string>);
      });

    const queue = `arn:aws:sqs:${region}:123456789012:rings`;
    const asked = await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queue }));
    expect(asked.SubscriptionArn).toBe('pending confirmation');
    const question = await receive();
    expect(question.Type).toBe('SubscriptionConfirmation');
    await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token: question.Token }));
    const stream = `arn:aws:firehose:${region}:123456789012:deliverystream/rings`;
    const Attributes = { SubscriptionRoleArn: 'arn:aws:iam::123456789012:role/x' };
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'firehose', Endpoint: stream, Attributes }));

    await sns.send(new PublishCommand({ TopicArn, Message: 'root was here' }));
    expect(await receive()).toMatchObject({ Type: 'Notification', Message: 'root was here' });
    await until('both deliveries', async () => {
      const { deliveries } = await statusOf(engine.url);
      return deliveries >= 3;
    });
    expect(engine.logged).toEqual([]);
  });
});

/** How many deliveries went well, by the engine's own count. */
async function statusOf(url: string): Promise<{ deliveries: number }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const [, count = '0'] = /^trailbell_deliveries\{status="delivered",reason=""\} (\d+)/m.exec(text) ?? [];
  return { deliveries: Number(count) };
}

describe('what the operator has not allowed, and what nobody delivers', () => {
  it.each([
    ['lambda', 'arn:aws:lambda:eu-west-1:444455556666:function:x', 'start with --deliver-to-aws'],
    ['firehose', 'arn:aws:firehose:eu-west-1:444455556666:deliverystream/x', 'start with --deliver-to-aws'],
    ['sqs', 'arn:aws:sqs:eu-west-1:444455556666:x', 'start with --deliver-to-aws'],
    ['sms', '+4912345', 'Trailbell sends no text messages'],
    ['application', 'arn:aws:sns:eu-west-1:444455556666:endpoint/x', 'Trailbell sends nothing to mobile apps'],
  ])('%s is refused with a sentence', async (Protocol, Endpoint, message) => {
    const engine = await startEngine();
    const sns = new SNSClient({
      endpoint: engine.url,
      region,
      credentials: { accessKeyId: '000000000000', secretAccessKey: 'any' },
    });
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'bell' }));
    await expect(sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint }))).rejects.toThrow(message);
  });
});
