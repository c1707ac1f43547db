import { Refusal } from '../../base/refusal.ts';
import { findAnyAlarm } from '../../chain/alarms/find-alarm.ts';
import type { CloudWatchDeps, CloudWatchOperation } from './deps.ts';

/** Contributors belong to alarms on Metrics Insights queries, which are not made here: no alarm has any. */
export const describeAlarmContributors =
  ({ store }: CloudWatchDeps): CloudWatchOperation<'DescribeAlarmContributors'> =>
  async ({ AlarmName }, { scope }) => {
    if (!(await findAnyAlarm(store.read, scope, AlarmName)))
      throw new Refusal('ResourceNotFoundException', `Alarm ${AlarmName} does not exist`, {
        detail: { ResourceType: 'Alarm', ResourceId: AlarmName },
      });
    return { AlarmContributors: [] };
  };
