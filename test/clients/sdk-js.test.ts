import { isDeepStrictEqual } from 'node:util';
import {
  CreateTrailCommand,
  DescribeTrailsCommand,
  GetTrailStatusCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  TagResourceCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  TestMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { ROOT_SIGN_IN_HEADLINE, ROOT_USAGE_PATTERN, rootSignIn } from '../engine/root-sign-in.ts';
import { startEngine } from '../engine/start.ts';
import { until } from '../engine/until.ts';
import { awsClients, CLOUDWATCH_PROTOCOLS, type CloudWatchProtocol, plain, refusal } from './aws-clients.ts';
import { buildChain, GROUP, METRIC, putEvent, STREAM } from './benchmark-chain.ts';

const PROTOCOLS = Object.keys(CLOUDWATCH_PROTOCOLS) as CloudWatchProtocol[];
const MINUTE = 60_000;

describe.each(PROTOCOLS)('the AWS SDK for JavaScript with CloudWatch in %s', (protocol) => {
  it('builds the chain of control 4.3 and hears it ring once', async () => {
    const engine = await startEngine();
    const clients = awsClients(engine.url, { cloudwatch: protocol });
    const chain = await buildChain(clients);

    const now = Date.now();
    await putEvent(clients, now, '{"userIdentity":{"type":"IAMUser","userName":"Root"}}');
    await putEvent(clients, now, rootSignIn(new Date(now)));

    const ring = await until('the ring by http', () => chain.hook[1]);
    expect(ring.headers).toMatchObject({
      'x-amz-sns-message-type': 'Notification',
      'x-amz-sns-topic-arn': chain.topic,
    });
    const envelope = JSON.parse(ring.body) as { Subject: string; Message: string; MessageId: string };
    expect(envelope.Subject).toBe('ALARM: "root-usage" in US East (N. Virginia)');
    const message = JSON.parse(envelope.Message) as object;
    expect(message).toMatchObject({
      AlarmName: 'root-usage',
      AWSAccountId: '111122223333',
      NewStateValue: 'ALARM',
      Trailbell: { headline: ROOT_SIGN_IN_HEADLINE, total: 1 },
    });

    const { Messages: [queued] = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: chain.queueUrl, WaitTimeSeconds: 10 }),
    );
    const inQueue = JSON.parse(queued?.Body ?? '') as { MessageId: string; Message: string };
    expect(inQueue.MessageId).toBe(envelope.MessageId);
    expect(JSON.parse(inQueue.Message)).toEqual(message);
    await clients.sqs.send(
      new DeleteMessageCommand({ QueueUrl: chain.queueUrl, ReceiptHandle: queued?.ReceiptHandle }),
    );

    const { MetricAlarms } = await clients.cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['root-usage'] }));
    expect(MetricAlarms).toMatchObject([
      {
        AlarmName: 'root-usage',
        AlarmArn: 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:root-usage',
        StateValue: 'ALARM',
        ActionsEnabled: true,
        AlarmActions: [chain.topic],
        OKActions: [],
        Threshold: 1,
        Period: 300,
      },
    ]);
    expect(MetricAlarms?.[0]?.StateUpdatedTimestamp?.getTime()).toBeGreaterThanOrEqual(now);
    const { AlarmHistoryItems = [] } = await clients.cloudwatch.send(
      new DescribeAlarmHistoryCommand({ AlarmName: 'root-usage', HistoryItemType: 'StateUpdate' }),
    );
    expect(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)).toContain(
      'Alarm updated from INSUFFICIENT_DATA to ALARM',
    );
    const range = { StartTime: new Date(now - 10 * MINUTE), EndTime: new Date(now + 10 * MINUTE) };
    const { Datapoints } = await clients.cloudwatch.send(
      new GetMetricStatisticsCommand({ ...METRIC, ...range, Period: 1200, Statistics: ['Sum', 'SampleCount'] }),
    );
    expect(Datapoints?.reduce((sum, { Sum = 0 }) => sum + Sum, 0)).toBe(1);
    const query = { Id: 'roots', MetricStat: { Metric: METRIC, Period: 60, Stat: 'Sum' } };
    const data = await clients.cloudwatch.send(new GetMetricDataCommand({ ...range, MetricDataQueries: [query] }));
    expect(data.MetricDataResults).toMatchObject([{ Id: 'roots', StatusCode: 'Complete', Values: [1] }]);
    expect(data.MetricDataResults?.[0]?.Timestamps).toEqual([new Date(now - (now % MINUTE))]);
    expect(chain.hook).toHaveLength(2);
    expect(engine.logged).toEqual([]);
  });
});

describe('the AWS SDK for JavaScript', () => {
  it('gets equal answers from CloudWatch in every protocol', async () => {
    const engine = await startEngine();
    const { json, query, cbor } = Object.fromEntries(
      PROTOCOLS.map((protocol) => [protocol, awsClients(engine.url, { cloudwatch: protocol }).cloudwatch]),
    ) as Record<CloudWatchProtocol, ReturnType<typeof awsClients>['cloudwatch']>;
    const now = Date.now();
    const dimensions = [{ Name: 'who', Value: 'ünï "<&>" \u{1f514}' }];
    const alarm = (AlarmName: string) =>
      new PutMetricAlarmCommand({
        ...METRIC,
        AlarmName,
        AlarmDescription: 'Line one\nline two\ttab & <b>"quotes"</b>',
        Dimensions: dimensions,
        Statistic: 'Maximum',
        Period: 60,
        Threshold: 0.1,
        ComparisonOperator: 'GreaterThanThreshold',
        EvaluationPeriods: 2,
        DatapointsToAlarm: 1,
        TreatMissingData: 'notBreaching',
        OKActions: ['arn:aws:sns:us-east-1:111122223333:elsewhere'],
        Tags: [{ Key: 'team', Value: 'red' }],
      });
    await json.send(alarm('by-json'));
    await query.send(alarm('by-query'));
    await cbor.send(alarm('by-cbor'));
    for (const [n, client] of [json, query, cbor].entries()) {
      const MetricData = [
        {
          MetricName: METRIC.MetricName,
          Dimensions: dimensions,
          Timestamp: new Date(now - n * MINUTE),
          Value: n + 0.25,
        },
      ];
      await client.send(new PutMetricDataCommand({ Namespace: METRIC.Namespace, MetricData }));
      await client.send(
        new SetAlarmStateCommand({ AlarmName: 'by-json', StateValue: 'OK', StateReason: `by hand ${n}` }),
      );
      const ResourceARN = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:by-json';
      await client.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: `n${n}`, Value: String(n) }] }));
    }
    await engine.app.idle();

    const range = { StartTime: new Date(now - 10 * MINUTE), EndTime: new Date(now + MINUTE) };
    const reads = [
      () => new DescribeAlarmsCommand({}),
      () => new DescribeAlarmsCommand({ AlarmNames: ['by-cbor', 'nowhere'] }),
      () => new DescribeAlarmsCommand({ AlarmNamePrefix: 'by-', MaxRecords: 2 }),
      () => new DescribeAlarmsForMetricCommand({ ...METRIC, Dimensions: dimensions }),
      () => new DescribeAlarmHistoryCommand({ AlarmName: 'by-json', ScanBy: 'TimestampAscending' }),
      () => new DescribeAlarmHistoryCommand({ HistoryItemType: 'ConfigurationUpdate', MaxRecords: 1 }),
      () => new ListMetricsCommand({ Namespace: METRIC.Namespace }),
      () => new ListMetricsCommand({ Namespace: 'Nothing' }),
      () => new ListTagsForResourceCommand({ ResourceARN: 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:by-json' }),
      () =>
        new GetMetricStatisticsCommand({
          ...METRIC,
          ...range,
          Dimensions: dimensions,
          Period: 60,
          Statistics: ['Sum', 'Minimum', 'Maximum', 'Average', 'SampleCount'],
        }),
      () =>
        new GetMetricDataCommand({
          ...range,
          MetricDataQueries: [
            { Id: 'a', MetricStat: { Metric: { ...METRIC, Dimensions: dimensions }, Period: 60, Stat: 'Average' } },
            { Id: 'b', Label: 'none', MetricStat: { Metric: METRIC, Period: 300, Stat: 'p99' } },
          ],
        }),
    ];
    for (const read of reads) {
      const ask = (client: typeof json) => plain(client.send(read() as DescribeAlarmsCommand));
      // An alarm may be judged between two answers; then all are asked again.
      const { answer, others } = await until('two equal answers in JSON', async () => {
        const answer = await ask(json);
        const others = { query: await ask(query), cbor: await ask(cbor) };
        return isDeepStrictEqual(await ask(json), answer) && { answer, others };
      });
      expect(answer, read().constructor.name).not.toEqual({});
      expect(others, read().constructor.name).toEqual({ query: answer, cbor: answer });
    }
    for (const client of [json, query, cbor]) {
      const call = client.send(new SetAlarmStateCommand({ AlarmName: 'nowhere', StateValue: 'OK', StateReason: 'r' }));
      expect(await refusal(call)).toBe('ResourceNotFound');
    }
    expect(engine.logged).toEqual([]);
  });

  it('finds what it put: events, tests of patterns, trails and itself', async () => {
    const engine = await startEngine();
    const clients = awsClients(engine.url);
    const { logs, cloudtrail, sts } = clients;
    await buildChain(clients);
    const now = Date.now();
    const record = rootSignIn(new Date(now));
    await putEvent(clients, now - 1, '{"userIdentity":{"type":"AssumedRole"}}');
    await putEvent(clients, now, record);

    const { events = [] } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: GROUP, filterPattern: ROOT_USAGE_PATTERN }),
    );
    expect(events).toMatchObject([{ logStreamName: STREAM, timestamp: now, message: record }]);
    const page = await logs.send(
      new GetLogEventsCommand({ logGroupName: GROUP, logStreamName: STREAM, startFromHead: true }),
    );
    expect(page.events?.map(({ timestamp }) => timestamp)).toEqual([now - 1, now]);
    const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: GROUP }));
    expect(logStreams).toMatchObject([
      { logStreamName: STREAM, firstEventTimestamp: now - 1, lastEventTimestamp: now },
    ]);
    const { matches } = await logs.send(
      new TestMetricFilterCommand({ filterPattern: ROOT_USAGE_PATTERN, logEventMessages: ['{"a":1}', record] }),
    );
    expect(matches).toEqual([{ eventNumber: 2, eventMessage: record, extractedValues: {} }]);

    const trail = { Name: 'management', S3BucketName: 'audit-records' };
    const { TrailARN } = await cloudtrail.send(new CreateTrailCommand({ ...trail, IsMultiRegionTrail: true }));
    expect(TrailARN).toBe('arn:aws:cloudtrail:us-east-1:111122223333:trail/management');
    await cloudtrail.send(new StartLoggingCommand({ Name: 'management' }));
    const { IsLogging } = await cloudtrail.send(new GetTrailStatusCommand({ Name: 'management' }));
    expect(IsLogging).toBe(true);
    const { trailList } = await cloudtrail.send(new DescribeTrailsCommand({}));
    expect(trailList).toMatchObject([{ ...trail, TrailARN, IsMultiRegionTrail: true, HomeRegion: 'us-east-1' }]);
    expect(await plain(sts.send(new GetCallerIdentityCommand({})))).toEqual({
      UserId: '111122223333',
      Account: '111122223333',
      Arn: 'arn:aws:iam::111122223333:root',
    });
    expect(engine.logged).toEqual([]);
  });
});
