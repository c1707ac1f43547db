/**
 * What 10,000 alarms on 5,000 metrics cost while nothing changes, how long a lone datum takes to reach
 * the topic of its alarm, and how long pages of alarms take to be described.
 * Run: npx tsx bench/alarms.ts [quiet minutes] [rings]
 *
 * Half of the alarms are OK and half lack data, as benchmark alarms are most of the time. All is real:
 * the calls come over HTTP, commits are durable, and CPU time is that of the whole process.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { systemClock } from '../src/base/clock.ts';
import { noFaults } from '../src/base/faults.ts';
import { systemIds } from '../src/base/ids.ts';
import { silentLog } from '../src/base/log.ts';
import { startApp } from '../src/server/app.ts';
import { serveOptions } from '../src/server/options.ts';

const QUIET_MINUTES = Number(process.argv[2] ?? 3);
const RINGS = Number(process.argv[3] ?? 200);
const ALARMS = 10_000;
const METRICS = 5_000;
const AT_ONCE = 100;
const MINUTE = 60_000;
/** Between two rings, so that each datum is alone: the delivery of the ring before is over. */
const PAUSE = 250;

const dataDir = await mkdtemp(join(tmpdir(), 'trailbell-bench-'));
const app = await startApp(serveOptions({ port: 0, dataDir }), {
  clock: systemClock,
  ids: systemIds,
  log: silentLog,
  reach: noFaults,
  print: () => undefined,
});
const client = {
  endpoint: app.url,
  region: 'us-east-1',
  credentials: { accessKeyId: '000000000000', secretAccessKey: 'any' },
};
const cloudwatch = new CloudWatchClient(client);
const sns = new SNSClient(client);
const sqs = new SQSClient(client);

const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'bell' }));
const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'bell' }));
const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: Attributes?.QueueArn ?? '' }));

const metricOf = (alarm: number): string => `metric-${alarm % METRICS}`;

const makeAlarm = (number: number) =>
  cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: `alarm-${number}`,
      MetricName: metricOf(number),
      Namespace: 'Bench',
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      // The second alarm on each metric never rings, so that one datum makes one ring.
      Threshold: number < METRICS ? 1 : 1e9,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: number % 2 === 0 ? 'notBreaching' : 'missing',
      AlarmActions: [TopicArn],
    }),
  );

process.stderr.write(`making ${ALARMS} alarms on ${METRICS} metrics …\n`);
for (let first = 0; first < ALARMS; first += AT_ONCE) {
  await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => makeAlarm(first + i)));
}
const settled = async (): Promise<void> => {
  await app.engine.idle();
  await new Promise((resolve) => setTimeout(resolve, 5_000));
};
// The first judgement of each is over after a minute.
await new Promise((resolve) => setTimeout(resolve, MINUTE + 15_000));
await settled();

process.stderr.write(`quiet for ${QUIET_MINUTES} minutes …\n`);
const shares: number[] = [];
for (let minute = 0; minute < QUIET_MINUTES; minute += 1) {
  const before = process.cpuUsage();
  const from = performance.now();
  await new Promise((resolve) => setTimeout(resolve, MINUTE));
  const { user, system } = process.cpuUsage(before);
  shares.push((user + system) / 1_000 / (performance.now() - from));
}
const resident = process.memoryUsage.rss();

process.stderr.write(`${RINGS} rings …\n`);
const { signals, store } = app.engine.context;
const times: number[] = [];
for (let i = 0; i < RINGS; i += 1) {
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
  const committed = nextRing();
  const sent = performance.now();
  // The even ones are OK. One that lacks data waits for its schedule, as any later datum might be a good one.
  const number = 2 * i;
  const datum = { MetricName: metricOf(number), Value: 1, Timestamp: new Date() };
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Bench', MetricData: [datum] }));
  times.push((await committed) - sent);
  await mustBeInTopic(`alarm-${number}`);
}

process.stderr.write('describing all alarms …\n');
const pages: number[] = [];
let NextToken: string | undefined;
let described = 0;
do {
  const from = performance.now();
  const page = await cloudwatch.send(new DescribeAlarmsCommand({ MaxRecords: 100, NextToken }));
  pages.push(performance.now() - from);
  described += page.MetricAlarms?.length ?? 0;
  NextToken = page.NextToken;
} while (NextToken);

/** Median and so on of some times in milliseconds. */
function spread(all: readonly number[]): string {
  const sorted = all.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]?.toFixed(1);
  return `median ${at(0.5)} ms   p90 ${at(0.9)} ms   p99 ${at(0.99)} ms   slowest ${at(1)} ms`;
}
const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
process.stdout.write(
  `${ALARMS} alarms, ${METRICS} metrics, durable commits
nothing changes: ${shares.map(percent).join(', ')} of one core per minute; ${Math.round(resident / 1_048_576)} MB resident
call with a datum → message in its topic, ${RINGS} rings: ${spread(times)}
a page of 100 of ${described} described alarms: ${spread(pages)}
`,
);
await app.stop();
await rm(dataDir, { recursive: true, force: true });
process.exit(0);

/** The moment at which the next ring is committed, with its message. */
function nextRing(): Promise<number> {
  return new Promise((resolve) => {
    const stop = signals.on('rings', () => {
      stop();
      resolve(performance.now());
    });
  });
}

/** Rejects unless the message of an alarm's ring lies in its topic. */
async function mustBeInTopic(alarm: string): Promise<void> {
  await store.read
    .selectFrom('rings')
    .innerJoin('messages', 'messages.ring_id', 'rings.id')
    .select('messages.id')
    .where('rings.alarm_name', '=', alarm)
    .where('rings.new_state', '=', 'ALARM')
    .executeTakeFirstOrThrow();
}
