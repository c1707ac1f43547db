import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  PutMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { ConfirmSubscriptionCommand, CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { httpReceiver, type ReceivedRequest } from '../engine/receivers.ts';
import { ROOT_USAGE_PATTERN } from '../engine/root-sign-in.ts';
import { until } from '../engine/until.ts';
import type { AwsClients } from './aws-clients.ts';

export const GROUP = 'CloudTrail/logs';
export const STREAM = 'recorder';
export const METRIC = { Namespace: 'CISBenchmark', MetricName: 'root-usage' } as const;

export interface BenchmarkChain {
  readonly topic: string;
  readonly queueUrl: string;
  /** What the webhook was sent, its handshake first. */
  readonly hook: readonly ReceivedRequest[];
}

/** Control 4.3 by the benchmark, told to a webhook and a queue, both confirmed. */
export async function buildChain({ logs, cloudwatch, sns, sqs }: AwsClients): Promise<BenchmarkChain> {
  await logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
  await logs.send(new CreateLogStreamCommand({ logGroupName: GROUP, logStreamName: STREAM }));
  await logs.send(
    new PutMetricFilterCommand({
      logGroupName: GROUP,
      filterName: 'root-usage',
      filterPattern: ROOT_USAGE_PATTERN,
      metricTransformations: [{ metricName: METRIC.MetricName, metricNamespace: METRIC.Namespace, metricValue: '1' }],
    }),
  );
  const topic = (await sns.send(new CreateTopicCommand({ Name: 'root-bell' }))).TopicArn ?? '';
  const hook = await httpReceiver();
  await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'http', Endpoint: hook.url }));
  const handshake = await until('the http handshake', () => hook.received[0]);
  const { Token } = JSON.parse(handshake.body) as { Token: string };
  await sns.send(new ConfirmSubscriptionCommand({ TopicArn: topic, Token }));
  const queueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'root-bell' }))).QueueUrl ?? '';
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
  );
  await sns.send(
    new SubscribeCommand({
      TopicArn: topic,
      Protocol: 'sqs',
      Endpoint: Attributes?.QueueArn,
      ReturnSubscriptionArn: true,
    }),
  );
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      ...METRIC,
      AlarmName: 'root-usage',
      Statistic: 'Sum',
      Period: 300,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      AlarmActions: [topic],
    }),
  );
  return { topic, queueUrl, hook: hook.received };
}

/** Sends one event through the front door. */
export async function putEvent({ logs }: AwsClients, timestamp: number, message: string): Promise<void> {
  const names = { logGroupName: GROUP, logStreamName: STREAM };
  await logs.send(new PutLogEventsCommand({ ...names, logEvents: [{ timestamp, message }] }));
}
