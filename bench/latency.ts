/**
 * Accepted root event → webhook, for the benchmark's alarm, with 100 metric filters and 10,000 alarms
 * present. Run: npx tsx bench/latency.ts [rings]
 *
 * Rings one account of many per round (a fresh alarm each time, since an alarm rings once while up),
 * over real sockets, with durable commits.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  PutMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { systemClock } from '../src/base/clock.ts';
import { noFaults } from '../src/base/faults.ts';
import { systemIds } from '../src/base/ids.ts';
import { silentLog } from '../src/base/log.ts';
import { startApp } from '../src/server/app.ts';
import { serveOptions } from '../src/server/options.ts';

const RINGS = Number(process.argv[2] ?? 200);
const FILTERS = 100;
const ALARMS = 10_000;

const dataDir = await mkdtemp(join(tmpdir(), 'trailbell-bench-'));
const app = await startApp(serveOptions({ port: 0, dataDir }), {
  clock: systemClock,
  ids: systemIds,
  log: silentLog,
  reach: noFaults,
  print: () => undefined,
});

/** Arrival of each ring at the webhook, by alarm. */
const arrived = new Map<string, (at: number) => void>();
const hook = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const at = performance.now();
    response.end();
    const envelope = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, string>;
    if (envelope.Type === 'SubscriptionConfirmation') return void fetch(envelope.SubscribeURL ?? '');
    const { AlarmName } = JSON.parse(envelope.Message ?? '{}') as { AlarmName: string };
    arrived.get(AlarmName)?.(at);
  });
});
await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));

const client = {
  endpoint: app.url,
  region: 'us-east-1',
  credentials: { accessKeyId: '000000000000', secretAccessKey: 'any' },
};
const logs = new CloudWatchLogsClient(client);
const cloudwatch = new CloudWatchClient(client);
const sns = new SNSClient(client);

const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'bell' }));
const { port } = hook.address() as AddressInfo;
await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint: `http://127.0.0.1:${port}/` }));

const alarm = (name: string, metric: string) =>
  cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: name,
      MetricName: metric,
      Namespace: 'CISBenchmark',
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      AlarmActions: [TopicArn ?? ''],
    }),
  );

process.stderr.write(`making ${ALARMS} alarms …\n`);
for (let i = 0; i < ALARMS - RINGS; i += 100) {
  await Promise.all(Array.from({ length: 100 }, (_, j) => alarm(`quiet-${i + j}`, `quiet-${i + j}`)));
}

// One log group a ring, each with its share of the filters: every put is judged by 100 of them.
const pattern =
  '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }';
await logs.send(new CreateLogGroupCommand({ logGroupName: 'trail' }));
await logs.send(new CreateLogStreamCommand({ logGroupName: 'trail', logStreamName: 's' }));
for (let i = 0; i < FILTERS - 1; i += 1) {
  await logs.send(
    new PutMetricFilterCommand({
      logGroupName: 'trail',
      filterName: `other-${i}`,
      filterPattern: `{ ($.eventName = "Delete${i}") || ($.eventSource = "s${i}.amazonaws.com") }`,
      metricTransformations: [{ metricName: `other-${i}`, metricNamespace: 'CISBenchmark', metricValue: '1' }],
    }),
  );
}

const times: number[] = [];
for (let i = 0; i < RINGS; i += 1) {
  const name = `root-${i}`;
  // The filter is pointed at a fresh metric each round: the alarm on it has not rung yet.
  await logs.send(
    new PutMetricFilterCommand({
      logGroupName: 'trail',
      filterName: 'root',
      filterPattern: pattern,
      metricTransformations: [{ metricName: name, metricNamespace: 'CISBenchmark', metricValue: '1' }],
    }),
  );
  await alarm(name, name);
  const ring = new Promise<number>((resolve) => arrived.set(name, resolve));
  const now = Date.now();
  const accepted = logs
    .send(
      new PutLogEventsCommand({
        logGroupName: 'trail',
        logStreamName: 's',
        logEvents: [{ timestamp: now, message: rootCall(now, i) }],
      }),
    )
    .then(() => performance.now());
  const [acceptedAt, rangAt] = await Promise.all([accepted, ring]);
  times.push(Math.max(0, rangAt - acceptedAt));
}
times.sort((a, b) => a - b);
const at = (share: number): string =>
  `${(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(1)} ms`;
process.stdout.write(
  `accepted root event → webhook, ${RINGS} rings, ${FILTERS} filters, ${ALARMS} alarms, durable commits
median ${at(0.5)}   p90 ${at(0.9)}   p99 ${at(0.99)}   slowest ${at(1)}
memory ${Math.round(process.memoryUsage.rss() / 1_048_576)} MB resident
CloudTrail itself delivers an event to a log group about 5 minutes after the call; that wait comes before all of this.
`,
);
await app.stop();
hook.close();
await rm(dataDir, { recursive: true, force: true });
process.exit(0);

function rootCall(at: number, i: number): string {
  return JSON.stringify({
    eventVersion: '1.08',
    userIdentity: {
      type: 'Root',
      principalId: '111122223333',
      arn: 'arn:aws:iam::111122223333:root',
      accountId: '111122223333',
      accessKeyId: 'ASIAEXAMPLE000000003',
      sessionContext: {
        attributes: { creationDate: new Date(at - i * 1_000).toISOString(), mfaAuthenticated: 'false' },
      },
    },
    eventTime: `${new Date(at).toISOString().slice(0, 19)}Z`,
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateUser',
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.7',
    userAgent: 'aws-cli/2',
    eventID: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
    eventType: 'AwsApiCall',
    recipientAccountId: '111122223333',
  });
}
