import type { CompositeAlarm as CompositeShape, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Alarm, AnyAlarm, CompositeAlarm } from '../../chain/alarms/alarm.ts';
import type { MetricQuery } from '../../chain/alarms/math-definition.ts';
import { alarmArn } from '../../chain/alarms/notification.ts';
import type { SuppressedBy } from '../../chain/alarms/suppression.ts';

/** An alarm as DescribeAlarms shows it. What was never given is absent; the lists of actions never are. */
export function alarmShape(alarm: Alarm): MetricAlarm {
  const { Dimensions = [], Metrics } = alarm.definition;
  const shape = { ...shared(alarm), Dimensions, ...(Metrics && { Metrics: Metrics.map(withDimensions) }) };
  return shape as unknown as MetricAlarm;
}

/** Recorded on AWS: a metric without dimensions is shown with an empty list of them. */
const withDimensions = ({ MetricStat: stat, ...query }: MetricQuery) =>
  stat ? { ...query, MetricStat: { ...stat, Metric: { Dimensions: [], ...stat.Metric } } } : query;

/** A composite alarm, with what holds its actions back at the moment. */
export function compositeShape(alarm: CompositeAlarm, heldBy: SuppressedBy | undefined): CompositeShape {
  const shape = {
    ...shared(alarm),
    ...(heldBy && { ActionsSuppressedBy: heldBy, ActionsSuppressedReason: `Actions suppressed by ${heldBy}` }),
  };
  return shape as unknown as CompositeShape;
}

function shared(alarm: AnyAlarm) {
  const { definition, scope } = alarm;
  return {
    ...definition,
    AlarmArn: alarmArn(scope, definition.AlarmName),
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredAt),
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: definition.OKActions ?? [],
    AlarmActions: definition.AlarmActions ?? [],
    InsufficientDataActions: definition.InsufficientDataActions ?? [],
    StateValue: alarm.state,
    StateReason: alarm.reason,
    ...(alarm.reasonData !== null && { StateReasonData: alarm.reasonData }),
    StateUpdatedTimestamp: new Date(alarm.stateUpdatedAt),
    StateTransitionedTimestamp: new Date(alarm.stateTransitionedAt),
  };
}
