import type { AlarmType } from '@aws-sdk/client-cloudwatch';
import type { AnyAlarm } from '../../chain/alarms/alarm.ts';

/** The kinds of alarms that a request asks for: metric alarms alone, unless it names others. */
export function kindsOf(types: readonly AlarmType[] | undefined): AnyAlarm['kind'][] {
  const asked = types?.length ? types : ['MetricAlarm'];
  const kinds = { MetricAlarm: 'metric', CompositeAlarm: 'composite' } as const;
  return Object.entries(kinds).flatMap(([type, kind]) => (asked.includes(type as AlarmType) ? [kind] : []));
}
