import { statisticWord } from '../../chain/alarms/notification.ts';
import { regionName } from '../../chain/alarms/region-name.ts';
import type { Alarm } from '../state.ts';
import { arnOfAlarm } from './account-view.ts';

/** The body that CloudWatch publishes when an alarm enters ALARM, as a subscription's filter policy sees it. */
export function alarmMessage(alarm: Alarm): object {
  return {
    AlarmName: alarm.AlarmName,
    AlarmDescription: null,
    AWSAccountId: alarm.account,
    AlarmConfigurationUpdatedTimestamp: '2026-01-01T12:00:00.000+0000',
    NewStateValue: 'ALARM',
    NewStateReason: 'Threshold Crossed: 1 out of the last 1 datapoints was greater than or equal to the threshold.',
    StateChangeTime: '2026-01-01T12:00:00.000+0000',
    Region: regionName(alarm.region),
    AlarmArn: arnOfAlarm(alarm),
    OldStateValue: 'OK',
    OKActions: alarm.OKActions,
    AlarmActions: alarm.AlarmActions,
    InsufficientDataActions: alarm.InsufficientDataActions,
    ...(alarm.type === 'composite'
      ? { AlarmRule: alarm.AlarmRule, TriggeringChildren: [] }
      : { Trigger: triggerOf(alarm) }),
  };
}

const triggerOf = (alarm: Alarm): object => ({
  MetricName: alarm.MetricName,
  Namespace: alarm.Namespace,
  StatisticType: alarm.ExtendedStatistic === undefined ? 'Statistic' : 'ExtendedStatistic',
  Statistic: alarm.ExtendedStatistic ?? statisticWord(alarm.Statistic ?? ''),
  Unit: alarm.Unit ?? null,
  Dimensions: (alarm.Dimensions ?? []).map(({ Name, Value }) => ({ value: Value, name: Name })),
  Period: alarm.Period,
  EvaluationPeriods: alarm.EvaluationPeriods,
  ComparisonOperator: alarm.ComparisonOperator,
  Threshold: alarm.Threshold,
  TreatMissingData: alarm.TreatMissingData ?? '',
  EvaluateLowSampleCountPercentile: alarm.EvaluateLowSampleCountPercentile ?? '',
});
