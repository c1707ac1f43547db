import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Alarm } from '../../chain/alarms/alarm.ts';
import { alarmArn } from '../../chain/alarms/notification.ts';

/** An alarm as DescribeAlarms shows it. What was never given is absent; the lists of actions never are. */
export function alarmShape(alarm: Alarm): MetricAlarm {
  const { definition, scope } = alarm;
  const shape = {
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
    Dimensions: definition.Dimensions ?? [],
    StateTransitionedTimestamp: new Date(alarm.stateTransitionedAt),
  };
  return shape as unknown as MetricAlarm;
}
