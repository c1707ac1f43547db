import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SCOPE, START } from '../../../test/chain/alarms-world.ts';
import { cloudWatchOn } from '../../../test/chain/cloudwatch-calls.ts';
import { sqliteStore } from '../../../test/stores.ts';
import { comparable, RandomValues } from '../../../test/wire/random-values.ts';
import { schemasOf } from '../../../test/wire/sdk-clients.ts';
import { loadConstraints } from '../wire/constraints.ts';
import type { Protocol } from '../wire/service.ts';
import { cloudWatchHandlers } from './cloudwatch-handlers.ts';

const PROTOCOLS: readonly Protocol[] = ['json1.0', 'query', 'cbor'];
const MINUTE = 60_000;
const CONSTRAINTS = loadConstraints('cloudwatch');

/** Few, so that operations meet. */
const NAMES = ['a', 'b c', 'é/1'];
const name = fc.constantFrom(...NAMES);
const names = fc.uniqueArray(name, { minLength: 1 });
const metricName = fc.constantFrom('m', 'n');
const state = fc.constantFrom('OK', 'ALARM', 'INSUFFICIENT_DATA');
const topics = fc.constant([`arn:aws:sns:${SCOPE.region}:${SCOPE.account}:t`]);
const tags = fc.uniqueArray(fc.record({ Key: fc.constantFrom('team', 'owner', '__proto__', 'AWS:x'), Value: name }), {
  selector: ({ Key }) => Key,
});
const dashboard = fc.constantFrom('d', 'e_1');
const arn = fc.oneof(
  name.map((alarm) => `arn:aws:cloudwatch:${SCOPE.region}:${SCOPE.account}:alarm:${alarm}`),
  dashboard.map((shown) => `arn:aws:cloudwatch::${SCOPE.account}:dashboard/${shown}`),
);
const value = fc.constantFrom(0, 1, -2, 0.5, 1e9);
const span = {
  StartTime: fc.constant(new Date(START - 20 * MINUTE)),
  EndTime: fc.constant(new Date(START + 30 * MINUTE)),
};
const dimensions = fc.constantFrom<object[]>([], [{ Name: 'Host', Value: 'a' }]);
const statistic = fc.constantFrom('Sum', 'Average', 'SampleCount', 'Minimum', 'Maximum');
const optional = { requiredKeys: [] as [] };

const rule = {
  AlarmName: name,
  EvaluationPeriods: fc.integer({ min: 1, max: 3 }),
  Threshold: value,
  ComparisonOperator: fc.constantFrom('GreaterThanOrEqualToThreshold', 'LessThanThreshold'),
  TreatMissingData: fc.constantFrom('missing', 'notBreaching', 'breaching', 'ignore', 'Missing'),
  AlarmActions: topics,
  OKActions: topics,
  Tags: tags,
};
const plainAlarm = fc.record({
  ...rule,
  Namespace: fc.constant('N'),
  MetricName: metricName,
  Statistic: statistic,
  Period: fc.constantFrom(60, 300, 45),
});
const metricStat = fc.record({
  Metric: fc.record({ Namespace: fc.constant('N'), MetricName: metricName, Dimensions: dimensions }),
  Period: fc.constant(60),
  Stat: fc.constantFrom('Sum', 'p90', 'tm99'),
});
const math = fc.record({
  stat: metricStat,
  Expression: fc.constantFrom('m1 * 2', 'FILL(m1, 0)', 'SUM(m1)', 'm9', 'METRICS()', `SEARCH('x', 'Sum')`, 'm1 +'),
});
const queries = (isShown: boolean) =>
  math.map(({ stat, Expression }) => [
    { Id: 'm1', MetricStat: stat, ReturnData: isShown },
    { Id: 'e1', Expression, Label: 'x & <y>' },
  ]);
const mathAlarm = fc.record({ ...rule, Metrics: queries(false) });
const plainDatum = fc.record({
  MetricName: metricName,
  Dimensions: dimensions,
  Value: value,
  Timestamp: fc.integer({ min: -15, max: 5 }).map((minutes) => new Date(START + minutes * MINUTE)),
});
/** Often with too much or too little. */
const datum = fc.record(
  {
    MetricName: metricName,
    Dimensions: dimensions,
    Value: value,
    Values: fc.constant([1, 2]),
    Counts: fc.constant([3, 0.5]),
    StatisticValues: fc.constant({ SampleCount: 2, Sum: 3, Minimum: 1, Maximum: 2 }),
    Timestamp: fc.integer({ min: -15, max: 5 }).map((minutes) => new Date(START + minutes * MINUTE)),
    Unit: fc.constantFrom('None', 'Count', 'Seconds'),
    StorageResolution: fc.constantFrom(1, 60, 2),
  },
  { requiredKeys: ['MetricName'] },
);

const muteRule = fc.constantFrom('night', 'week-end');
/** Inputs that often make sense, for operations that hardly any random input does. */
const SENSIBLE: Readonly<Record<string, fc.Arbitrary<object>>> = {
  PutMetricAlarm: fc.oneof(plainAlarm, mathAlarm),
  PutCompositeAlarm: fc.record({
    AlarmName: fc.constantFrom('both', ...NAMES),
    AlarmRule: fc.constantFrom('ALARM(a)', 'ALARM("b c") OR OK(a)', 'NOT ALARM(both)', 'FALSE', 'true', 'ALARM('),
    AlarmActions: topics,
  }),
  PutMetricData: fc.record({
    Namespace: fc.constantFrom('N', 'N', 'N', 'AWS/x'),
    MetricData: fc.oneof(fc.array(plainDatum, { minLength: 1, maxLength: 3 }), fc.array(datum, { maxLength: 2 })),
  }),
  GetMetricData: fc.record({
    ...span,
    MetricDataQueries: queries(true),
    ScanBy: fc.constantFrom('TimestampAscending', 'TimestampDescending'),
    MaxDatapoints: fc.constantFrom(1, 100),
  }),
  GetMetricStatistics: fc.record({
    ...span,
    Namespace: fc.constant('N'),
    MetricName: metricName,
    Dimensions: dimensions,
    Period: fc.constantFrom(60, 300),
    Statistics: fc.uniqueArray(statistic, { minLength: 1 }),
    ExtendedStatistics: fc.constantFrom(['p50'], ['p99.9', 'tm90']),
  }),
  ListMetrics: fc.record({ Namespace: fc.constant('N'), MetricName: metricName, Dimensions: dimensions }, optional),
  DescribeAlarms: fc.record(
    { AlarmNames: names, StateValue: state, MaxRecords: fc.constantFrom(1, 100), AlarmTypes: alarmTypes() },
    optional,
  ),
  DescribeAlarmsForMetric: fc.record({ Namespace: fc.constant('N'), MetricName: metricName, Dimensions: dimensions }),
  DescribeAlarmHistory: fc.record(
    {
      AlarmName: name,
      HistoryItemType: fc.constantFrom('StateUpdate', 'ConfigurationUpdate', 'Action'),
      ScanBy: fc.constantFrom('TimestampAscending', 'TimestampDescending'),
      AlarmTypes: alarmTypes(),
    },
    optional,
  ),
  DeleteAlarms: fc.record({ AlarmNames: names }),
  SetAlarmState: fc.record({
    AlarmName: name,
    StateValue: state,
    StateReason: fc.constantFrom('', 'drill <&>'),
    StateReasonData: fc.constantFrom('{"a":[1]}', '{'),
  }),
  EnableAlarmActions: fc.record({ AlarmNames: names }),
  DisableAlarmActions: fc.record({ AlarmNames: names }),
  TagResource: fc.record({ ResourceARN: arn, Tags: tags }),
  UntagResource: fc.record({ ResourceARN: arn, TagKeys: fc.constantFrom(['team'], ['__proto__', 'none']) }),
  ListTagsForResource: fc.record({ ResourceARN: arn }),
  DescribeAlarmContributors: fc.record({ AlarmName: name }),
  PutAlarmMuteRule: fc.record(
    {
      Name: muteRule,
      Description: fc.constant('x & <y>'),
      Rule: fc.record({
        Schedule: fc.record(
          {
            Expression: fc.constantFrom('cron(0 2 * * *)', 'at(2026-03-04T10:05)', 'cron(0)'),
            Duration: fc.constantFrom('PT1M', 'PT4H', 'P1Y'),
            Timezone: fc.constantFrom('Europe/Berlin', 'Nowhere'),
          },
          { requiredKeys: ['Expression', 'Duration'] },
        ),
      }),
      MuteTargets: fc.record({ AlarmNames: names }),
      StartDate: fc.constant(new Date(START)),
      ExpireDate: fc.constant(new Date(START + 86_400_000)),
      Tags: tags,
    },
    { requiredKeys: ['Name', 'Rule'] },
  ),
  GetAlarmMuteRule: fc.record({ AlarmMuteRuleName: muteRule }),
  ListAlarmMuteRules: fc.record(
    {
      AlarmName: name,
      Statuses: fc.uniqueArray(fc.constantFrom('SCHEDULED', 'ACTIVE', 'EXPIRED'), { minLength: 1 }),
      MaxRecords: fc.constantFrom(1, 50),
    },
    optional,
  ),
  DeleteAlarmMuteRule: fc.record({ AlarmMuteRuleName: muteRule }),
  PutDashboard: fc.record(
    {
      DashboardName: fc.oneof(dashboard, fc.constant('a:b')),
      DashboardBody: fc.constantFrom(
        '{"widgets": []}',
        '{"widgets":[{"type":"text","properties":{"markdown":"<é>"},"new":1}]}',
        '{"widgets":[{"type":"metric","properties":{}}]}',
        '{',
        '',
      ),
      Tags: tags,
    },
    { requiredKeys: ['DashboardName', 'DashboardBody'] },
  ),
  GetDashboard: fc.record({ DashboardName: dashboard }),
  ListDashboards: fc.record(
    { DashboardNamePrefix: fc.constantFrom('d', 'x', '/'), NextToken: fc.constant('x') },
    optional,
  ),
  DeleteDashboards: fc.record({ DashboardNames: fc.uniqueArray(dashboard) }),
};

/** One call of each operation that is answered, in an order in which each finds what it needs. */
const ANSWERED: readonly (readonly [operation: string, input: object])[] = [
  [
    'PutMetricAlarm',
    {
      AlarmName: 'a',
      Namespace: 'N',
      MetricName: 'm',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    },
  ],
  ['PutCompositeAlarm', { AlarmName: 'both', AlarmRule: 'ALARM(a)' }],
  [
    'PutMetricData',
    { Namespace: 'N', MetricData: [{ MetricName: 'm', Values: [0.5, 3], Counts: [2, 1], Timestamp: new Date(START) }] },
  ],
  ['SetAlarmState', { AlarmName: 'a', StateValue: 'OK', StateReason: 'drill <&>', StateReasonData: '{"a":[1]}' }],
  ['DisableAlarmActions', { AlarmNames: ['a'] }],
  ['EnableAlarmActions', { AlarmNames: ['a'] }],
  ['DescribeAlarms', { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }],
  ['DescribeAlarmsForMetric', { Namespace: 'N', MetricName: 'm' }],
  ['DescribeAlarmHistory', { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: 3 }],
  ['DescribeAlarmContributors', { AlarmName: 'a' }],
  ['ListMetrics', { Namespace: 'N' }],
  [
    'GetMetricStatistics',
    {
      Namespace: 'N',
      MetricName: 'm',
      StartTime: new Date(START),
      EndTime: new Date(START + 5 * MINUTE),
      Period: 60,
      Statistics: ['Sum', 'SampleCount'],
      ExtendedStatistics: ['p90'],
    },
  ],
  [
    'GetMetricData',
    {
      StartTime: new Date(START),
      EndTime: new Date(START + 5 * MINUTE),
      MetricDataQueries: [
        { Id: 'm1', MetricStat: { Metric: { Namespace: 'N', MetricName: 'm' }, Period: 60, Stat: 'Sum' } },
        { Id: 'e1', Expression: 'm1 / 3', Label: 'x & <y>' },
      ],
    },
  ],
  [
    'PutAlarmMuteRule',
    {
      Name: 'night',
      Rule: { Schedule: { Expression: 'cron(0 2 * * *)', Duration: 'PT4H', Timezone: 'Europe/Berlin' } },
      MuteTargets: { AlarmNames: ['a'] },
      ExpireDate: new Date(START + 86_400_000),
    },
  ],
  ['GetAlarmMuteRule', { AlarmMuteRuleName: 'night' }],
  ['ListAlarmMuteRules', {}],
  ['DeleteAlarmMuteRule', { AlarmMuteRuleName: 'night' }],
  ['PutDashboard', { DashboardName: 'd', DashboardBody: '{"widgets":[], "new": "é"}' }],
  ['GetDashboard', { DashboardName: 'd' }],
  ['ListDashboards', {}],
  ['TagResource', { ResourceARN: `arn:aws:cloudwatch::${SCOPE.account}:dashboard/d`, Tags: [{ Key: 'k', Value: '' }] }],
  ['ListTagsForResource', { ResourceARN: `arn:aws:cloudwatch::${SCOPE.account}:dashboard/d` }],
  ['UntagResource', { ResourceARN: `arn:aws:cloudwatch::${SCOPE.account}:dashboard/d`, TagKeys: ['k'] }],
  ['DeleteDashboards', { DashboardNames: ['d'] }],
  ['DeleteAlarms', { AlarmNames: ['both'] }],
];

function alarmTypes(): fc.Arbitrary<string[]> {
  return fc.uniqueArray(fc.constantFrom('MetricAlarm', 'CompositeAlarm'), { minLength: 1 });
}

const CHANGING = [
  'PutMetricAlarm',
  'PutMetricAlarm',
  'PutMetricData',
  'SetAlarmState',
  'PutAlarmMuteRule',
  'PutDashboard',
];

interface Call {
  readonly operation: string;
  readonly input: object;
  /** Minutes that pass before. */
  readonly minutes: number;
}

/** Any input that the model allows, the same for the same seed. */
const wild = (operation: string): fc.Arbitrary<object> =>
  fc
    .integer({ min: 0, max: 1e6 })
    .map((seed) => new RandomValues(CONSTRAINTS, seed).structure(schemasOf('cloudwatch', operation).input));

const callOf = (operation: string): fc.Arbitrary<Call> => {
  const sensible = SENSIBLE[operation];
  const input = sensible
    ? fc.oneof({ arbitrary: sensible, weight: 3 }, { arbitrary: wild(operation), weight: 1 })
    : wild(operation);
  return fc.record({ operation: fc.constant(operation), input, minutes: fc.constantFrom(0, 0, 0, 1, 5) });
};

/** The answer to a call, or the words of its refusal. */
async function outcome({ call, world }: ReturnType<typeof cloudWatchOn>, { operation, input, minutes }: Call) {
  await world.clock.advance(minutes * MINUTE);
  await world.settled();
  try {
    return comparable(await call(operation, input));
  } catch (error) {
    const { name: code, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return `${$metadata?.httpStatusCode} ${code}: ${message}`;
  }
}

describe('every operation of alarms and metrics', () => {
  const open = sqliteStore();

  /** The names of the operations that are served. */
  async function served(): Promise<string[]> {
    const { world } = cloudWatchOn(await open(), 'json1.0');
    await world.stop();
    return Object.keys(cloudWatchHandlers(world.context, world)).sort();
  }

  const threeSides = () => Promise.all(PROTOCOLS.map(async (protocol) => cloudWatchOn(await open(), protocol)));

  /** The one outcome of a call through each protocol. */
  async function sameOutcome(sides: ReturnType<typeof cloudWatchOn>[], call: Call): Promise<unknown> {
    const [json, query, cbor] = await Promise.all(sides.map((side) => outcome(side, call)));
    const told = `${call.operation} ${JSON.stringify(call.input)}`;
    expect(query, told).toEqual(json);
    expect(cbor, told).toEqual(json);
    if (typeof json === 'string') expect(json, told).not.toMatch(/^(undefined|500)/);
    return json;
  }

  it('is answered alike through Query, JSON and CBOR', async () => {
    expect(ANSWERED.map(([operation]) => operation).sort()).toEqual(await served());
    const sides = await threeSides();
    for (const [operation, input] of ANSWERED)
      expect(await sameOutcome(sides, { operation, input, minutes: 0 }), operation).not.toBeTypeOf('string');
    for (const side of sides) await side.world.stop();
  });

  it('answers and refuses alike through all three, in any order of calls', { timeout: 240_000 }, async () => {
    const operations = await served();
    expect(Object.keys(SENSIBLE).sort()).toEqual(operations);
    const calls = fc.shuffledSubarray(operations, { minLength: operations.length }).chain((order) =>
      // Every operation once, and those that change things first and often.
      fc.tuple(...[...CHANGING, ...order].map(callOf)),
    );
    await fc.assert(
      fc.asyncProperty(calls, async (sequence) => {
        const sides = await threeSides();
        for (const call of sequence) await sameOutcome(sides, call);
        for (const side of sides) await side.world.stop();
      }),
      { numRuns: 15 },
    );
  });
});
