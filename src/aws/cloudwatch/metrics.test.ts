import { describe, expect, it } from 'vitest';
import { START } from '../../../test/chain/alarms-world.ts';
import { cloudWatchOn } from '../../../test/chain/cloudwatch-calls.ts';
import { eachStore } from '../../../test/stores.ts';
import { sweepDatapoints } from '../../chain/metrics/retention.ts';
import type { Protocol } from '../wire/service.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const PROTOCOLS: readonly Protocol[] = ['json1.0', 'query', 'cbor'];
const minutes = (n: number): Date => new Date(START + n * MINUTE);

eachStore((open) => {
  describe.each(PROTOCOLS)('metrics over %s', (protocol) => {
    it('give back statistics of what was put, in every form, by unit', async () => {
      const { call, world } = cloudWatchOn(await open(), protocol);
      const at = { MetricName: 'm', Timestamp: minutes(-10) };
      await call('PutMetricData', {
        Namespace: 'Test',
        MetricData: [
          { ...at, Value: 5 },
          { ...at, Values: [0, 1], Counts: [2, 1] },
          { ...at, Timestamp: minutes(-9), StatisticValues: { SampleCount: 2, Sum: 6, Minimum: 1, Maximum: 5 } },
          { ...at, Value: 1, Unit: 'Count' },
        ],
      });
      await call('PutMetricData', { Namespace: 'Test', MetricData: [{ ...at, Value: 7 }] });
      const asked = { Namespace: 'Test', MetricName: 'm', StartTime: minutes(-11), EndTime: minutes(0), Period: 60 };
      const Statistics = ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'];
      const { Label, Datapoints } = await call('GetMetricStatistics', { ...asked, Statistics, Unit: 'None' });
      expect(Label).toBe('m');
      expect(Datapoints).toEqual([
        { Timestamp: minutes(-10), Unit: 'None', SampleCount: 5, Sum: 13, Average: 2.6, Minimum: 0, Maximum: 7 },
        { Timestamp: minutes(-9), Unit: 'None', SampleCount: 2, Sum: 6, Average: 3, Minimum: 1, Maximum: 5 },
      ]);
      const percentiles = await call('GetMetricStatistics', { ...asked, ExtendedStatistics: ['p50', 'p99.9'] });
      expect(percentiles.Datapoints).toEqual([
        { Timestamp: minutes(-10), Unit: 'Count', ExtendedStatistics: { p50: 1, 'p99.9': 1 } },
        { Timestamp: minutes(-10), Unit: 'None', ExtendedStatistics: { p50: 1, 'p99.9': 7 } },
        { Timestamp: minutes(-9), Unit: 'None' },
      ]);
      const whole = await call('GetMetricStatistics', { ...asked, Period: 300, Statistics: ['Sum'], Unit: 'None' });
      expect(whole.Datapoints).toEqual([{ Timestamp: minutes(-11), Unit: 'None', Sum: 19 }]);
      await world.stop();
    });

    it('are listed by name, dimension and activity', async () => {
      const { call, world } = cloudWatchOn(await open(), protocol);
      const Dimensions = [{ Name: 'Host', Value: 'a' }];
      await call('PutMetricData', { Namespace: 'Test', MetricData: [{ MetricName: 'm', Value: 1, Dimensions }] });
      await call('PutMetricData', { Namespace: 'Test', MetricData: [{ MetricName: 'n', Value: 1 }] });
      expect((await call('ListMetrics', { Namespace: 'Test', RecentlyActive: 'PT3H' })).Metrics).toEqual([
        { Namespace: 'Test', MetricName: 'm', Dimensions },
        { Namespace: 'Test', MetricName: 'n', Dimensions: [] },
      ]);
      expect((await call('ListMetrics', { Dimensions: [{ Name: 'Host' }] })).Metrics).toHaveLength(1);
      expect((await call('ListMetrics', { Dimensions: [{ Name: 'Host', Value: 'b' }] })).Metrics).toEqual([]);
      await world.clock.advance(4 * 3_600_000);
      expect((await call('ListMetrics', { RecentlyActive: 'PT3H' })).Metrics).toEqual([]);
      expect((await call('ListMetrics')).Metrics).toHaveLength(2);
      await world.clock.advance(14 * DAY);
      expect((await call('ListMetrics')).Metrics).toEqual([]);
      await world.stop();
    });

    it('are queried many at once, newest first, in pages', async () => {
      const { call, world } = cloudWatchOn(await open(), protocol);
      const data = [1, 2, 3].map((Value) => ({ MetricName: 'm', Value, Timestamp: minutes(-Value) }));
      await call('PutMetricData', { Namespace: 'Test', MetricData: data });
      const query = (Id: string, Stat: string, more: object = {}) => ({
        Id,
        MetricStat: { Metric: { Namespace: 'Test', MetricName: 'm' }, Period: 60, Stat },
        ...more,
      });
      const asked = {
        StartTime: minutes(-10),
        EndTime: minutes(0),
        MetricDataQueries: [
          query('a', 'Sum'),
          query('b', 'p50', { Label: 'half' }),
          query('c', 'Sum', { ReturnData: false }),
        ],
      };
      const { MetricDataResults: results } = await call('GetMetricData', asked);
      expect(results).toEqual([
        { Id: 'a', Label: 'm', Timestamps: [-1, -2, -3].map(minutes), Values: [1, 2, 3], StatusCode: 'Complete' },
        { Id: 'b', Label: 'half', Timestamps: [-1, -2, -3].map(minutes), Values: [1, 2, 3], StatusCode: 'Complete' },
      ]);
      const values: number[][] = [];
      let NextToken: string | undefined;
      do {
        const page = await call('GetMetricData', {
          ...asked,
          ScanBy: 'TimestampAscending',
          MaxDatapoints: 4,
          NextToken,
        });
        values.push(page.MetricDataResults.flatMap(({ Values }: { Values: number[] }) => Values));
        NextToken = page.NextToken;
      } while (NextToken);
      expect(values).toEqual([
        [3, 2, 1, 3],
        [2, 1],
      ]);
      await world.stop();
    });

    it('are computed with, by metric math, in pages', async () => {
      const { call, world } = cloudWatchOn(await open(), protocol);
      const data = [1, 2, 4].map((Value) => ({ MetricName: 'm', Value, Timestamp: minutes(-Value) }));
      await call('PutMetricData', { Namespace: 'Test', MetricData: data });
      const metric = (Id: string, MetricName: string) => ({
        Id,
        MetricStat: { Metric: { Namespace: 'Test', MetricName }, Period: 60, Stat: 'Sum' },
        ReturnData: false,
      });
      const asked = {
        StartTime: minutes(-5),
        EndTime: minutes(0),
        ScanBy: 'TimestampAscending',
        MetricDataQueries: [
          { Id: 'double', Expression: 'm * 2', Label: 'twice' },
          { Id: 'filled', Expression: 'FILL(never, 7)' },
          { Id: 'all', Expression: 'METRICS() + double' },
          metric('m', 'm'),
          metric('never', 'n'),
        ],
      };
      const shown = ({ Id, Label, Timestamps, Values }: Record<string, Date[]>) => [
        Id,
        Label,
        Timestamps?.map((time) => (Number(time) - START) / MINUTE),
        Values,
      ];
      const whole = (await call('GetMetricData', asked)).MetricDataResults.map(shown);
      expect(whole).toEqual([
        ['double', 'twice', [-4, -2, -1], [8, 4, 2]],
        ['filled', 'filled', [-5, -4, -3, -2, -1], [7, 7, 7, 7, 7]],
        ['all', 'all m', [-4, -2, -1], [12, 6, 3]],
        ['all', 'all n', [-4, -2, -1], [8, 4, 2]],
      ]);
      const values: number[] = [];
      let NextToken: string | undefined;
      do {
        const page = await call('GetMetricData', { ...asked, MaxDatapoints: 2, NextToken });
        values.push(...page.MetricDataResults.flatMap(({ Values }: { Values: number[] }) => Values));
        NextToken = page.NextToken;
      } while (NextToken);
      expect(values).toEqual([8, 4, 2, 7, 7, 7, 7, 7, 12, 6, 3, 8, 4, 2]);
      await world.stop();
    });

    it('name units, foreign accounts and old periods as AWS does', async () => {
      const { call, world } = cloudWatchOn(await open(), protocol);
      const at = { MetricName: 'm', Timestamp: minutes(-1), Value: 1 };
      const MetricData = [
        { ...at, Unit: 'Seconds' },
        { ...at, Unit: 'Milliseconds', Value: 1000 },
        { ...at, MetricName: 'old', Timestamp: minutes(-300) },
      ];
      await call('PutMetricData', { Namespace: 'Test', MetricData });
      const query = async (MetricName: string, more: object = {}, Period = 60) =>
        (
          await call('GetMetricData', {
            StartTime: minutes(-400),
            EndTime: minutes(0),
            MetricDataQueries: [
              { Id: 'm', MetricStat: { Metric: { Namespace: 'Test', MetricName }, Period, Stat: 'Sum' }, ...more },
            ],
          })
        ).MetricDataResults[0];
      expect(await query('m')).toMatchObject({
        Values: [1000],
        Messages: [{ Code: 'MultipleUnits', Value: "Multiple units returned: '[Milliseconds, Seconds]'" }],
      });
      expect(await query('m', { AccountId: '999999999999' })).toMatchObject({ Values: [], StatusCode: 'Forbidden' });
      expect((await query('old')).Values).toEqual([1]);
      expect((await query('old', {}, 30)).Values).toEqual([]);
      expect((await query('m', {}, 30)).Values).toEqual([1000]);
      await world.stop();
    });

    it('refuse what AWS refuses', async () => {
      const { refusal, world } = cloudWatchOn(await open(), protocol);
      const put = (datum: object) =>
        refusal('PutMetricData', { Namespace: 'Test', MetricData: [{ MetricName: 'm', ...datum }] });
      expect(await put({ Value: 1, Values: [1] })).toBe(
        '400 InvalidParameterCombinationException: The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive and you have specified both.',
      );
      expect(await put({ Values: [1, 2], Counts: [1] })).toBe(
        '400 InvalidParameterValueException: The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same size.',
      );
      expect(await put({ Value: 1e200 })).toMatch(
        /^400 InvalidParameterValueException: The value 1.0E200 for parameter/,
      );
      expect(await put({ Value: 1, Timestamp: new Date(START - 15 * DAY) })).toMatch(/within the past two weeks/);
      expect(await put({ Value: 1, Timestamp: minutes(121) })).toMatch(/no more than two hours in the future/);
      expect(await put({})).toMatch(/^400 InvalidParameterCombinationException/);
      const asked = { Namespace: 'Test', MetricName: 'm', StartTime: minutes(-1440), EndTime: minutes(0), Period: 1 };
      expect(await refusal('GetMetricStatistics', { ...asked, Statistics: ['Sum'] })).toBe(
        '400 InvalidParameterCombinationException: You have requested up to 86400 datapoints, which exceeds the limit of 1440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
      );
      expect(await refusal('GetMetricStatistics', { ...asked, EndTime: asked.StartTime, Statistics: ['Sum'] })).toBe(
        '400 InvalidParameterValueException: The parameter StartTime must be less than the parameter EndTime.',
      );
      const query = (MetricDataQueries: object[]) =>
        refusal('GetMetricData', { StartTime: minutes(-1), EndTime: minutes(0), MetricDataQueries });
      expect(await query([{ Id: 'e', Expression: `SEARCH('{Test}', 'Sum')` }])).toMatch(
        /^501 NotImplemented: Trailbell does not compute SEARCH/,
      );
      expect(await query([{ Id: 'bad', Expression: 'NOT_A_FUNCTION(1)' }])).toBe(
        `400 ValidationException: Error in expression 'bad': Function 'NOT_A_FUNCTION' not found`,
      );
      expect(await query([{ Id: 'e', Expression: '1 + 1' }])).toMatch(/must be a time series, not Scalar/);
      const MetricStat = { Metric: { Namespace: 'Test', MetricName: 'm' }, Period: 60, Stat: 'tm90' };
      expect(await query([{ Id: 'm', MetricStat }])).toBe(
        '400 ValidationException: The value for parameter MetricDataQueries.member.1.MetricStat.Stat is not a valid statistic.',
      );
      expect(await query([{ Id: 'Bad', MetricStat }])).toMatch(/is not matching the expected pattern/);
      expect(await query([{ Id: 'm', MetricStat, Expression: '1' }])).toMatch(/mutually exclusive/);
      expect(await put({ Counts: [1] })).toMatch(/The parameter values must appears when the counts parameter/);
      expect(await put({ Value: 1, StorageResolution: 2 })).toMatch(/must be a value in the set \[ 1, 60 \]/);
      const twice = [
        { Name: 'A', Value: 'one' },
        { Name: 'A', Value: 'two' },
      ];
      expect(await put({ Value: 1, Dimensions: twice })).toMatch(/No metric may specify the same dimension name twice/);
      expect(await refusal('ListMetrics', { NextToken: 'made up' })).toMatch(/Request parameter NextToken is invalid/);
      await world.stop();
    });
  });

  it('grows coarser with age and loses nothing but time', async () => {
    const { call, world } = cloudWatchOn(await open(), 'json1.0');
    const data = [1, 2, 3].map((Value) => ({
      MetricName: 'm',
      Value,
      Timestamp: minutes(-5 + Value),
      StorageResolution: 1,
    }));
    await call('PutMetricData', { Namespace: 'Test', MetricData: data });
    const resolutions = async () => {
      while (await sweepDatapoints(world.context));
      const rows = await world.context.store.read.selectFrom('datapoints').selectAll().orderBy('at').execute();
      return rows.map(({ resolution, sum }) => [resolution, sum]);
    };
    const units = [1, 2, 3];
    await world.stop();
    expect(await resolutions()).toEqual(units.map((sum) => [1, sum]));
    await world.clock.advance(4 * 3_600_000);
    expect(await resolutions()).toEqual(units.map((sum) => [60, sum]));
    await world.clock.advance(16 * DAY);
    expect(await resolutions()).toEqual([[300, 6]]);
    await world.clock.advance(64 * DAY);
    expect(await resolutions()).toEqual([[3600, 6]]);
    await world.clock.advance(455 * DAY);
    expect(await resolutions()).toEqual([]);
  });
});
