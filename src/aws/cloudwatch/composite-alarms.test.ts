import { describe, expect, it } from 'vitest';
import { SCOPE, START, TOPIC } from '../../../test/chain/alarms-world.ts';
import { cloudWatchOn } from '../../../test/chain/cloudwatch-calls.ts';
import { eachStore } from '../../../test/stores.ts';
import type { Protocol } from '../wire/service.ts';

const METRIC = {
  Namespace: 'CISBenchmark',
  MetricName: 'Unpublished',
  Statistic: 'Sum',
  Period: 300,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  // Without data, a forced state stays.
  TreatMissingData: 'ignore',
};
const PROTOCOLS: readonly Protocol[] = ['json1.0', 'query', 'cbor'];
const arn = (name: string) => `arn:aws:cloudwatch:${SCOPE.region}:${SCOPE.account}:alarm:${name}`;

eachStore((open) => {
  /** Two metric alarms, a and b, in OK. */
  async function twoAlarms(protocol: Protocol = 'json1.0') {
    const service = cloudWatchOn(await open(), protocol);
    const { call, world } = service;
    const force = async (AlarmName: string, StateValue: string) => {
      await call('SetAlarmState', { AlarmName, StateValue, StateReason: 'drill' });
    };
    for (const AlarmName of ['a', 'b']) {
      await call('PutMetricAlarm', { ...METRIC, AlarmName });
      await force(AlarmName, 'OK');
    }
    const composite = async (name = 'both') =>
      (await call('DescribeAlarms', { AlarmNames: [name], AlarmTypes: ['CompositeAlarm'] })).CompositeAlarms[0];
    const put = (AlarmName: string, AlarmRule: string, more: object = {}) =>
      call('PutCompositeAlarm', { AlarmName, AlarmRule, AlarmActions: [TOPIC], OKActions: [TOPIC], ...more });
    const told = () => world.published.map(({ subject }) => subject?.replace(/ in .*/, ''));
    return { ...service, force, composite, put, told };
  }

  describe.each(PROTOCOLS)('composite alarms over %s', (protocol) => {
    it('are judged at birth, then whenever a child changes, and say which child it was', async () => {
      const { force, composite, put, told, world, call } = await twoAlarms(protocol);
      await put('either', 'ALARM(a) OR ALARM("b")');
      expect(await composite('either')).toEqual({
        AlarmName: 'either',
        AlarmArn: arn('either'),
        AlarmRule: 'ALARM(a) OR ALARM("b")',
        ActionsEnabled: true,
        AlarmActions: [TOPIC],
        OKActions: [TOPIC],
        InsufficientDataActions: [],
        AlarmConfigurationUpdatedTimestamp: new Date(START),
        StateValue: 'OK',
        StateReason: `${arn('either')} was created and its alarm rule evaluates to OK`,
        StateReasonData: JSON.stringify({
          triggeringAlarms: ['a', 'b'].map((name) => ({
            arn: arn(name),
            state: { value: 'OK', timestamp: '2026-03-04T10:00:00.000+0000' },
          })),
        }),
        StateUpdatedTimestamp: new Date(START),
        StateTransitionedTimestamp: new Date(START),
      });
      await world.run(5);
      await force('a', 'ALARM');
      await force('b', 'ALARM');
      expect(await composite('either')).toMatchObject({
        StateValue: 'ALARM',
        StateReason: `${arn('a')} transitioned to ALARM at Wednesday 04 March, 2026 10:00:05 UTC`,
        StateReasonData: JSON.stringify({
          triggeringAlarms: [{ arn: arn('a'), state: { value: 'ALARM', timestamp: '2026-03-04T10:00:05.000+0000' } }],
        }),
      });
      expect(told()).toEqual(['OK: "either"', 'ALARM: "either"']);
      const message = JSON.parse(JSON.parse(world.published[1]!.message).default);
      expect(Object.keys(message)).toEqual([
        'AlarmName',
        'AlarmDescription',
        'AWSAccountId',
        'NewStateValue',
        'NewStateReason',
        'StateChangeTime',
        'Region',
        'AlarmArn',
        'OldStateValue',
        'ActionExecutedAfterMuteWindow',
        'OKActions',
        'AlarmActions',
        'InsufficientDataActions',
        'AlarmRule',
        'TriggeringChildren',
        'Trailbell',
      ]);
      expect(message.TriggeringChildren).toEqual([
        { Arn: arn('a'), State: { Value: 'ALARM', Timestamp: '2026-03-04T10:00:05.000+0000' } },
      ]);
      const history = await call('DescribeAlarmHistory', { AlarmName: 'either', AlarmTypes: ['CompositeAlarm'] });
      expect(new Set(history.AlarmHistoryItems.map(({ AlarmType }: { AlarmType: string }) => AlarmType))).toEqual(
        new Set(['CompositeAlarm']),
      );
      expect((await call('DescribeAlarmHistory', { AlarmName: 'either' })).AlarmHistoryItems).toEqual([]);
      await world.stop();
    });

    it('are shown by type, with children and parents', async () => {
      const { put, world, call, refusal } = await twoAlarms(protocol);
      await put('p', 'ALARM(a)');
      await put('q', 'ALARM(p) OR ALARM(b)', {
        ActionsSuppressor: 'a',
        ActionsSuppressorWaitPeriod: 1,
        ActionsSuppressorExtensionPeriod: 1,
      });
      const names = async (input: object) => {
        const { MetricAlarms, CompositeAlarms } = await call('DescribeAlarms', input);
        return [MetricAlarms, CompositeAlarms].map((list) =>
          list.map(({ AlarmName }: { AlarmName: string }) => AlarmName),
        );
      };
      expect(await names({})).toEqual([['a', 'b'], []]);
      expect(await names({ AlarmTypes: ['CompositeAlarm', 'MetricAlarm'] })).toEqual([
        ['a', 'b'],
        ['p', 'q'],
      ]);
      expect(await names({ ChildrenOfAlarmName: 'q' })).toEqual([['a', 'b'], ['p']]);
      expect(await names({ ParentsOfAlarmName: 'a' })).toEqual([[], ['p', 'q']]);
      const [first] = (await call('DescribeAlarms', { ChildrenOfAlarmName: 'q', MaxRecords: 1 })).MetricAlarms;
      expect(first).toEqual({ AlarmName: 'a', AlarmArn: arn('a'), StateValue: 'OK' });
      expect(await refusal('DescribeAlarms', { ParentsOfAlarmName: 'a', StateValue: 'OK' })).toMatch(/^400 Validation/);
      await world.stop();
    });

    it('are refused as AWS refuses them', async () => {
      const { put, refusal, world } = await twoAlarms(protocol);
      const refused = (AlarmRule: string, more: object = {}) =>
        refusal('PutCompositeAlarm', { AlarmName: 'c', AlarmRule, ...more });
      const error = '400 ValidationException: ';
      expect(await refused('true')).toBe(
        `${error}Error in AlarmRule [Unsupported token 'true' at char 0, must be: '(', 'NOT', AT_LEAST, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA]`,
      );
      expect(await refused('ALARM(missing)')).toBe(
        `${error}Could not save the composite alarm as alarms [${arn('missing')}] in the alarm rule do not exist`,
      );
      expect(await refused('ALARM(c)')).toBe(
        `${error}A composite alarm cannot have a child relation with itself via its AlarmRule, as it would introduce a circular dependency`,
      );
      expect(await refused(`ALARM(${arn('a').replace(SCOPE.account, '999999999999')})`)).toBe(
        `${error}A composite alarm cannot have a child relation with alarms from another AWS account`,
      );
      expect(await refused(`ALARM(${arn('a').replace(SCOPE.region, 'us-west-2')})`)).toBe(
        `${error}Error in AlarmRule [Wrong ARN region, it was us-west-2 but eu-west-1 was expected instead]`,
      );
      expect(await refused('TRUE', { ActionsSuppressor: 'a' })).toMatch(/are required when ActionsSuppressor is set/);
      await put('p', 'ALARM(a)');
      await put('q', 'FALSE', {
        ActionsSuppressor: 'b',
        ActionsSuppressorWaitPeriod: 1,
        ActionsSuppressorExtensionPeriod: 1,
      });
      for (const name of ['a', 'b'])
        expect(await refusal('DeleteAlarms', { AlarmNames: [name, 'p'] })).toBe(
          `${error}Cannot delete ${name} as there are composite alarm(s) depending on it.`,
        );
      expect(await refusal('DeleteAlarms', { AlarmNames: ['p', 'q'] })).toMatch(/^400 Validation/);
      expect(await refusal('PutMetricAlarm', { ...METRIC, AlarmName: 'p' })).toMatch(/is a composite alarm/);
      expect(await refusal('PutCompositeAlarm', { AlarmName: 'a', AlarmRule: 'TRUE' })).toMatch(/is a metric alarm/);
      await world.stop();
    });
  });

  it('come to rest where their rules run in a circle, and can be deleted once it is broken', async () => {
    const { put, force, composite, call, refusal, world } = await twoAlarms();
    await put('x', 'ALARM(a)');
    await put('y', 'NOT ALARM(x)');
    await put('x', 'ALARM(a) AND ALARM(y) OR NOT ALARM(y)');
    await force('a', 'ALARM');
    await force('a', 'OK');
    await world.run(120);
    expect(world.errors).toEqual([]);
    expect(await refusal('DeleteAlarms', { AlarmNames: ['x'] })).toMatch(/depending on it/);
    await put('x', 'FALSE');
    await call('DeleteAlarms', { AlarmNames: ['y'] });
    await call('DeleteAlarms', { AlarmNames: ['x', 'a'] });
    expect(await composite('x')).toBeUndefined();
    await world.stop();
  });

  it('judge through several floors, and are judged again when their rule changes', async () => {
    const { put, force, composite, told, world } = await twoAlarms();
    await put('low', 'AT_LEAST(2, ALARM, (a, b))');
    await put('high', `ALARM(${arn('low')}) AND NOT INSUFFICIENT_DATA(a)`);
    await force('a', 'ALARM');
    expect((await composite('high')).StateValue).toBe('OK');
    await force('b', 'ALARM');
    expect((await composite('high')).StateReason).toMatch(`${arn('low')} transitioned to ALARM at `);
    await put('high', 'FALSE');
    expect(await composite('high')).toMatchObject({
      StateValue: 'OK',
      StateReason: `${arn('high')} was updated and its new alarm rule evaluates to OK`,
      StateReasonData: '{"triggeringAlarms":[]}',
    });
    expect(told()).toEqual(['OK: "low"', 'OK: "high"', 'ALARM: "low"', 'ALARM: "high"', 'OK: "high"']);
    await world.stop();
  });

  describe('a suppressor, with a restart at every step,', () => {
    const PERIODS = { ActionsSuppressor: 'b', ActionsSuppressorWaitPeriod: 60, ActionsSuppressorExtensionPeriod: 120 };

    async function suppressed() {
      const service = await twoAlarms();
      await service.put('both', 'ALARM(a)', PERIODS);
      const pass = async (seconds: number) => {
        for (let left = seconds; left > 0; left -= 20) {
          await service.world.restart();
          await service.world.run(Math.min(20, left));
        }
      };
      await pass(61);
      service.world.published.length = 0;
      return { ...service, pass };
    }

    it('is waited for, and what was waiting is told when it does not come', async () => {
      const { force, composite, told, pass, world } = await suppressed();
      await force('a', 'ALARM');
      await pass(59);
      expect(await composite()).toMatchObject({
        StateValue: 'ALARM',
        ActionsSuppressedBy: 'WaitPeriod',
        ActionsSuppressedReason: 'Actions suppressed by WaitPeriod',
      });
      expect(told()).toEqual([]);
      await pass(60);
      expect(told()).toEqual(['ALARM: "both"']);
      expect((await composite()).ActionsSuppressedBy).toBeUndefined();
      expect((await world.rings()).map(({ kind }) => kind)).toContain('delayed');
      await world.stop();
    });

    it('keeps the actions back, and the extension after it, then those of the present state are run', async () => {
      const { force, composite, told, pass, world } = await suppressed();
      await force('b', 'ALARM');
      await force('a', 'ALARM');
      expect((await composite()).ActionsSuppressedBy).toBe('Alarm');
      await pass(200);
      await force('b', 'OK');
      expect((await composite()).ActionsSuppressedBy).toBe('ExtensionPeriod');
      await pass(119);
      expect(told()).toEqual([]);
      await pass(21);
      expect(told()).toEqual(['ALARM: "both"']);
      await pass(200);
      expect(told()).toHaveLength(1);
      await world.stop();
    });

    it('that comes within the wait takes over, and a new change starts the wait anew', async () => {
      const { force, composite, told, pass, world } = await suppressed();
      await force('a', 'ALARM');
      await pass(30);
      await force('b', 'ALARM');
      await pass(60);
      expect((await composite()).ActionsSuppressedBy).toBe('Alarm');
      await force('b', 'OK');
      await pass(30);
      await force('a', 'OK');
      expect((await composite()).ActionsSuppressedBy).toBe('WaitPeriod');
      await pass(59);
      expect(told()).toEqual([]);
      await pass(21);
      expect(told()).toEqual(['OK: "both"']);
      await world.stop();
    });
  });
});
