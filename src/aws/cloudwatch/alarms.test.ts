import { describe, expect, it } from 'vitest';
import { SCOPE, START, TOPIC } from '../../../test/chain/alarms-world.ts';
import { cloudWatchOn } from '../../../test/chain/cloudwatch-calls.ts';
import { eachStore } from '../../../test/stores.ts';
import type { Protocol } from '../wire/service.ts';

const ROOT = {
  AlarmName: 'root used/€',
  Namespace: 'CISBenchmark',
  MetricName: 'RootUse',
  Statistic: 'Sum',
  Period: 300,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  AlarmActions: [TOPIC],
};
const ARN = `arn:aws:cloudwatch:${SCOPE.region}:${SCOPE.account}:alarm:${ROOT.AlarmName}`;
const PROTOCOLS: readonly Protocol[] = ['json1.0', 'query', 'cbor'];

eachStore((open) => {
  describe.each(PROTOCOLS)('alarms over %s', (protocol) => {
    it('are described as they were put, without what was never given, twice the same', async () => {
      const { call, world } = cloudWatchOn(await open(), protocol);
      await call('PutMetricAlarm', ROOT);
      const described = await call('DescribeAlarms', { AlarmNames: [ROOT.AlarmName] });
      expect(described.MetricAlarms).toEqual([
        {
          ...ROOT,
          AlarmArn: ARN,
          ActionsEnabled: true,
          AlarmConfigurationUpdatedTimestamp: new Date(START),
          OKActions: [],
          InsufficientDataActions: [],
          Dimensions: [],
          StateValue: 'INSUFFICIENT_DATA',
          StateReason: 'Unchecked: Initial alarm creation',
          StateUpdatedTimestamp: new Date(START),
          StateTransitionedTimestamp: new Date(START),
        },
      ]);
      expect(await call('DescribeAlarms', { AlarmNames: [ROOT.AlarmName] })).toEqual(described);
      await world.stop();
    });

    it('are replaced whole, but for state and tags', async () => {
      const { call, world } = cloudWatchOn(await open(), protocol);
      const Tags = [{ Key: 'trailbell:ring', Value: 'every-session' }];
      await call('PutMetricAlarm', { ...ROOT, TreatMissingData: 'notBreaching', AlarmDescription: 'one', Tags });
      await call('PutMetricAlarm', { ...ROOT, AlarmActions: [], Tags: [{ Key: 'other', Value: '1' }] });
      const [alarm] = (await call('DescribeAlarms')).MetricAlarms;
      expect(alarm).toMatchObject({ StateValue: 'OK', AlarmActions: [] });
      expect(alarm.TreatMissingData).toBeUndefined();
      expect(alarm.AlarmDescription).toBeUndefined();
      expect((await call('ListTagsForResource', { ResourceARN: ARN })).Tags).toEqual(Tags);
      await world.stop();
    });

    it('are tagged, untagged, switched off, forced and deleted', async () => {
      const { call, refusal, world } = cloudWatchOn(await open(), protocol);
      await call('PutMetricAlarm', ROOT);
      const tags = [
        { Key: '__proto__', Value: 'a' },
        { Key: 'b', Value: '' },
      ];
      await call('TagResource', { ResourceARN: ARN, Tags: tags });
      await call('UntagResource', { ResourceARN: ARN, TagKeys: ['b', 'never'] });
      expect((await call('ListTagsForResource', { ResourceARN: ARN })).Tags).toEqual([tags[0]]);
      await call('DisableAlarmActions', { AlarmNames: [ROOT.AlarmName, 'unknown'] });
      const state = { AlarmName: ROOT.AlarmName, StateValue: 'ALARM', StateReason: '', StateReasonData: '[1]' };
      await call('SetAlarmState', state);
      expect((await call('DescribeAlarms', { StateValue: 'ALARM', ActionPrefix: 'arn:aws:sns' })).MetricAlarms).toEqual(
        [expect.objectContaining({ ActionsEnabled: false, StateReason: '', StateReasonData: '[1]' })],
      );
      expect(world.published).toEqual([]);
      await call('DeleteAlarms', { AlarmNames: ['unknown', ROOT.AlarmName] });
      expect((await call('DescribeAlarms')).MetricAlarms).toEqual([]);
      const summaries = (await call('DescribeAlarmHistory', { ScanBy: 'TimestampAscending' })).AlarmHistoryItems.map(
        ({ HistorySummary }: { HistorySummary: string }) => HistorySummary,
      );
      expect(summaries).toEqual([
        `Alarm "${ROOT.AlarmName}" created`,
        `Alarm "${ROOT.AlarmName}" updated`,
        'Alarm updated from INSUFFICIENT_DATA to ALARM',
        `Alarm "${ROOT.AlarmName}" deleted`,
      ]);
      expect(await refusal('ListTagsForResource', { ResourceARN: ARN })).toMatch(/ResourceNotFoundException/);
      await world.stop();
    });

    it('are refused as AWS refuses them', async () => {
      const { refusal, world } = cloudWatchOn(await open(), protocol);
      const validation = '400 ValidationException';
      expect(await refusal('PutMetricAlarm', { ...ROOT, Period: 45 })).toBe(
        `${validation}: Period must be 10, 20, 30 or a multiple of 60`,
      );
      expect(await refusal('PutMetricAlarm', { ...ROOT, AlarmActions: ['not-an-arn'] })).toBe(
        '400 InvalidParameterValueException: Invalid arn syntax: not-an-arn',
      );
      const elsewhere = { ...ROOT, OKActions: ['arn:aws:sns:us-west-2:111122223333:security'] };
      expect(await refusal('PutMetricAlarm', elsewhere)).toBe(
        `${validation}: Invalid region us-west-2 specified. Only eu-west-1 is supported.`,
      );
      expect(await refusal('SetAlarmState', { AlarmName: 'x', StateValue: 'INVALID', StateReason: '' })).toBe(
        `${validation}: 1 validation error detected: Value 'INVALID' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]`,
      );
      expect(await refusal('SetAlarmState', { AlarmName: 'x', StateValue: 'OK', StateReason: '' })).toMatch(
        /^404 ResourceNotFound/,
      );
      const broken = { AlarmName: 'x', StateValue: 'OK', StateReason: '', StateReasonData: '{' };
      expect(await refusal('SetAlarmState', broken)).toMatch(/^400 InvalidFormat/);
      expect(await refusal('DescribeAlarms', { AlarmNames: ['x'], AlarmNamePrefix: 'x' })).toMatch(
        /^400 InvalidParameterCombination/,
      );
      expect(await refusal('DescribeAlarms', { NextToken: 'made up' })).toMatch(/^400 InvalidNextToken/);
      expect(await refusal('PutMetricAlarm', { ...ROOT, Tags: [{ Key: 'AWS:x', Value: '' }] })).toMatch(
        /^403 AccessDenied: The provided tag keys must not start with any case of "aws:"/,
      );
      const math = { Id: 'e1', Expression: 'm1*2', ReturnData: true };
      const { Statistic, MetricName, Namespace, Period, ...rest } = ROOT;
      expect(await refusal('PutMetricAlarm', { ...rest, Metrics: [math] })).toBe(
        `${validation}: Error in expression 'e1': The id 'm1' does not exist`,
      );
      expect(await refusal('PutMetricAlarm', { ...ROOT, Metrics: [math] })).toBe(
        `${validation}: MetricName should not be set if list of Metrics is set.`,
      );
      const search = { ...math, Expression: `SEARCH('{N} m', 'Sum')` };
      expect(await refusal('PutMetricAlarm', { ...rest, Metrics: [search] })).toBe(
        `${validation}: SEARCH is not supported on Metric Alarms.`,
      );
      const m1 = { Id: 'm1', MetricStat: { Metric: { Namespace, MetricName }, Period: 60, Stat: 'Sum' } };
      expect(await refusal('PutMetricAlarm', { ...rest, Metrics: [math, m1] })).toBe(
        `${validation}: Exactly one element of the metrics list should return data.`,
      );
      const many = { ...math, Expression: 'METRICS() * 2' };
      expect(await refusal('PutMetricAlarm', { ...rest, Metrics: [many, { ...m1, ReturnData: false }] })).toMatch(
        /multi time series are only allowed for MetricsInsights/,
      );
      expect(await refusal('PutMetricAlarm', { ...ROOT, AlarmName: 'a\0b' })).toMatch(/^400/);
      for (const AlarmName of ['a\tb', 'a\r\nBcc: b', 'a\x7f'])
        expect(await refusal('PutMetricAlarm', { ...ROOT, AlarmName })).toBe(
          `${validation}: AlarmName must not contain ASCII control characters`,
        );
      await world.stop();
    });
  });

  it('pages through alarms and history without loss or repeat', async () => {
    const { call, world } = cloudWatchOn(await open(), 'json1.0');
    const names = Array.from({ length: 7 }, (_, i) => `cis-4.${i}`);
    for (const AlarmName of [...names, 'ciz', 'cis']) await call('PutMetricAlarm', { ...ROOT, AlarmName });
    const pages: string[][] = [];
    let NextToken: string | undefined;
    do {
      const page = await call('DescribeAlarms', { AlarmNamePrefix: 'cis-', MaxRecords: 3, NextToken });
      pages.push(page.MetricAlarms.map(({ AlarmName }: { AlarmName: string }) => AlarmName));
      NextToken = page.NextToken;
    } while (NextToken);
    expect(pages).toEqual([names.slice(0, 3), names.slice(3, 6), names.slice(6)]);
    const seen: string[] = [];
    do {
      const page = await call('DescribeAlarmHistory', { MaxRecords: 4, NextToken });
      seen.push(...page.AlarmHistoryItems.map(({ AlarmName }: { AlarmName: string }) => AlarmName));
      NextToken = page.NextToken;
    } while (NextToken);
    expect(seen).toEqual(['cis', 'ciz', ...names.toReversed()]);
    await world.stop();
  });

  it('finds the alarms on exactly one metric', async () => {
    const { call, world } = cloudWatchOn(await open(), 'json1.0');
    const Dimensions = [
      { Name: 'b', Value: '2' },
      { Name: 'a', Value: '1' },
    ];
    await call('PutMetricAlarm', { ...ROOT, AlarmName: 'plain' });
    await call('PutMetricAlarm', { ...ROOT, AlarmName: 'dimensioned', Dimensions });
    const names = async (more: object) =>
      (
        await call('DescribeAlarmsForMetric', { Namespace: 'CISBenchmark', MetricName: 'RootUse', ...more })
      ).MetricAlarms.map(({ AlarmName }: { AlarmName: string }) => AlarmName);
    expect(await names({})).toEqual(['plain']);
    expect(await names({ Dimensions: Dimensions.toReversed() })).toEqual(['dimensioned']);
    expect(await names({ Dimensions: Dimensions.slice(1) })).toEqual([]);
    expect(await names({ Statistic: 'Average' })).toEqual([]);
    expect((await call('ListMetrics')).Metrics).toEqual([]);
    await world.stop();
  });
});
