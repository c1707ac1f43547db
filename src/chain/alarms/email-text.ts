import { type AlarmDefinition, secondsOf } from './definition.ts';
import { javaDouble, longTime } from './java-text.ts';
import { alarmArn, type Ring } from './notification.ts';
import { regionName } from './region-name.ts';

/** The text of CloudWatch's mail, as recorded on AWS; `told` (who did what) comes first. */
export function ringEmail(ring: Ring, told?: string): string {
  const { definition, scope } = ring;
  const time = longTime(ring.changedAt);
  const name = definition.AlarmName;
  const sentence = `You are receiving this email because your Amazon CloudWatch Alarm "${name}" in the ${regionName(scope.region)} region has entered the ${ring.to} state, because "${ring.reason}" at "${time}".`;
  const link = `https://${scope.region}.console.aws.amazon.com/cloudwatch/deeplink.js?region=${scope.region}#alarmsV2:alarm/${encodeURIComponent(name)}`;
  return [
    ...(told ? [told, ''] : []),
    sentence,
    '',
    'View this alarm in the AWS Management Console:',
    link,
    '',
    'Alarm Details:',
    detail('Name', name),
    detail('Description', definition.AlarmDescription ?? ''),
    detail('State Change', `${ring.from} -> ${ring.to}`),
    detail('Reason for State Change', ring.reason),
    detail('Timestamp', time),
    detail('AWS Account', scope.account),
    detail('Alarm Arn', alarmArn(scope, name)),
    '',
    'Threshold:',
    `- The alarm is in the ALARM state when the metric is ${thresholdOf(definition)} `,
    '',
    ...monitored(definition),
    metric('TreatMissingData', definition.TreatMissingData ?? 'missing'),
    '',
    '',
    'State Change Actions:',
    `- OK: ${actions(definition.OKActions)}`,
    `- ALARM: ${actions(definition.AlarmActions)}`,
    `- INSUFFICIENT_DATA: ${actions(definition.InsufficientDataActions)}`,
    '',
  ].join('\n');
}

/** What is watched. For metric math, which AWS's recorded mails do not show, each metric and expression in a line. */
function monitored(definition: AlarmDefinition): string[] {
  const queries = definition.Metrics;
  if (queries)
    return [
      'Monitored Metrics:',
      ...queries.map(({ Id, Expression, MetricStat: stat }) =>
        metric(Id, Expression ?? `${stat?.Stat} of ${stat?.Metric.Namespace}/${stat?.Metric.MetricName}`),
      ),
      metric('Period', `${secondsOf(definition)} seconds`),
    ];
  return [
    'Monitored Metric:',
    metric('MetricNamespace', definition.Namespace ?? ''),
    metric('MetricName', definition.MetricName ?? ''),
    metric('Dimensions', (definition.Dimensions ?? []).map(({ Name, Value }) => `[${Name} = ${Value}]`).join(' ')),
    metric('Period', `${definition.Period} seconds`),
    metric('Statistic', definition.ExtendedStatistic ?? definition.Statistic ?? ''),
    metric('Unit', definition.Unit ?? 'not specified'),
  ];
}

function thresholdOf(definition: AlarmDefinition): string {
  const { ComparisonOperator, Threshold, EvaluationPeriods, DatapointsToAlarm } = definition;
  const needed = DatapointsToAlarm ?? EvaluationPeriods;
  return `${ComparisonOperator} ${javaDouble(Threshold)} for at least ${needed} of the last ${EvaluationPeriods} period(s) of ${secondsOf(definition)} seconds.`;
}

export const detail = (name: string, value: string): string => `- ${`${name}:`.padEnd(28)}${value}`;

const metric = (name: string, value: string): string => `- ${`${name}:`.padEnd(37)}${value}`;

export const actions = (arns: readonly string[] | undefined): string => (arns ?? []).map((arn) => `[${arn}]`).join(' ');
