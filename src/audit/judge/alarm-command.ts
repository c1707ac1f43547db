import type { Alarm } from '../state.ts';
import { awsCommand } from './command.ts';

/** The benchmark's settings: any event rings, and the alarm comes to rest again. */
export const SOUND_SETTINGS = {
  Statistic: 'Sum',
  ExtendedStatistic: undefined,
  Period: 300,
  EvaluationPeriods: 1,
  DatapointsToAlarm: undefined,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'notBreaching',
} as const satisfies Partial<Alarm>;

/**
 * The command that puts an alarm again, all of it as it is but for what is to change: AWS replaces an alarm
 * as a whole.
 */
export function putAlarmAgain(alarm: Alarm, change: Partial<Alarm>): string {
  const wanted: Alarm = { ...alarm, ...change };
  const words = wanted.type === 'composite' ? compositeWords(wanted) : metricWords(wanted);
  return awsCommand(wanted.region, 'cloudwatch', ...words, ...actionWords(wanted));
}

const option = (name: string, value: string | number | undefined): string[] =>
  value === undefined ? [] : [`--${name}`, String(value)];

const options = (name: string, values: readonly string[]): string[] =>
  values.length === 0 ? [] : [`--${name}`, ...values];

function metricWords(alarm: Alarm): string[] {
  const dimensions = (alarm.Dimensions ?? []).map(({ Name, Value }) => `Name=${Name},Value=${Value}`);
  const isMath = alarm.Metrics !== undefined && alarm.Metrics.length > 0;
  const metric = isMath
    ? option('metrics', JSON.stringify(alarm.Metrics))
    : [
        ...option('namespace', alarm.Namespace),
        ...option('metric-name', alarm.MetricName),
        ...options('dimensions', dimensions),
        ...option('statistic', alarm.Statistic),
        ...option('extended-statistic', alarm.ExtendedStatistic),
        ...option('period', alarm.Period),
        ...option('unit', alarm.Unit),
      ];
  return [
    'put-metric-alarm',
    ...option('alarm-name', alarm.AlarmName),
    ...metric,
    ...option('evaluation-periods', alarm.EvaluationPeriods),
    ...option('datapoints-to-alarm', alarm.DatapointsToAlarm),
    ...option('threshold', alarm.Threshold),
    ...option('comparison-operator', alarm.ComparisonOperator),
    ...option('treat-missing-data', alarm.TreatMissingData),
  ];
}

const compositeWords = ({ AlarmName, AlarmRule, ActionsSuppressor }: Alarm): string[] => [
  'put-composite-alarm',
  ...option('alarm-name', AlarmName),
  ...option('alarm-rule', AlarmRule),
  ...option('actions-suppressor', ActionsSuppressor),
];

const actionWords = ({ ActionsEnabled, AlarmActions, OKActions, InsufficientDataActions }: Alarm): string[] => [
  ...(ActionsEnabled ? [] : ['--no-actions-enabled']),
  ...options('alarm-actions', AlarmActions),
  ...options('ok-actions', OKActions),
  ...options('insufficient-data-actions', InsufficientDataActions),
];
