import { alarmsOnMetric, listAlarms } from '../../chain/alarms/list-alarms.ts';
import { suppressions } from '../../chain/alarms/suppression.ts';
import { alarmShape, compositeShape } from './alarm-shape.ts';
import { kindsOf } from './alarm-types.ts';
import type { CloudWatchDeps, CloudWatchOperation } from './deps.ts';
import { describeRelatives } from './describe-relatives.ts';
import { dimensionsOf } from './dimensions.ts';
import { readToken, writeToken } from './page-token.ts';
import { invalidCombination } from './refusals.ts';

const PAGE = 50;
const MOST = 100;

export const describeAlarms =
  ({ store }: CloudWatchDeps): CloudWatchOperation<'DescribeAlarms'> =>
  async (input, { scope }) => {
    if (input.ChildrenOfAlarmName !== undefined || input.ParentsOfAlarmName !== undefined)
      return describeRelatives(store.read, input, scope);
    if (input.AlarmNames?.length && input.AlarmNamePrefix !== undefined)
      throw invalidCombination(
        'The parameters AlarmNames and AlarmNamePrefix are mutually exclusive and you have specified both.',
      );
    const [after] = readToken(input.NextToken, ['string']) ?? [];
    const limit = input.MaxRecords ?? (input.AlarmNames ? MOST : PAGE);
    const alarms = await listAlarms(store.read, {
      scope,
      kinds: kindsOf(input.AlarmTypes),
      names: input.AlarmNames?.length ? input.AlarmNames : undefined,
      prefix: input.AlarmNamePrefix,
      state: input.StateValue,
      actionPrefix: input.ActionPrefix,
      after: after as string | undefined,
      limit: limit + 1,
    });
    const page = alarms.slice(0, limit);
    const last = page.at(-1);
    const composites = page.filter((alarm) => alarm.kind === 'composite');
    const held = await suppressions(store.read, composites);
    return {
      CompositeAlarms: composites.map((alarm) => compositeShape(alarm, held.get(alarm.id))),
      LogAlarms: [],
      MetricAlarms: page.filter((alarm) => alarm.kind === 'metric').map(alarmShape),
      NextToken: alarms.length > limit && last ? writeToken([last.definition.AlarmName]) : undefined,
    };
  };

export const describeAlarmsForMetric =
  ({ store }: CloudWatchDeps): CloudWatchOperation<'DescribeAlarmsForMetric'> =>
  async (input, { scope }) => {
    const dimensions = dimensionsOf(input.Dimensions);
    const metric = { scope, namespace: input.Namespace, name: input.MetricName, dimensions };
    const alarms = await alarmsOnMetric(store.read, metric);
    const matching = alarms.filter(
      ({ definition }) =>
        (input.Statistic === undefined || definition.Statistic === input.Statistic) &&
        (input.ExtendedStatistic === undefined || definition.ExtendedStatistic === input.ExtendedStatistic) &&
        (input.Period === undefined || definition.Period === input.Period) &&
        (input.Unit === undefined || definition.Unit === input.Unit),
    );
    return { MetricAlarms: matching.map(alarmShape) };
  };
