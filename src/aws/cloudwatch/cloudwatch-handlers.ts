import type { AlarmLinks } from '../../chain/alarms/alarm-stage.ts';
import type { ChainContext } from '../../chain/context.ts';
import { createPutData } from '../../chain/metrics/record-samples.ts';
import type { AnyHandler, CloudWatchHandlers } from '../wire/handlers.ts';
import { deleteAlarms, disableAlarmActions, enableAlarmActions, setAlarmState } from './alarm-controls.ts';
import { deleteDashboards, getDashboard, listDashboards, putDashboard } from './dashboards.ts';
import type { CloudWatchDeps } from './deps.ts';
import { describeAlarmContributors } from './describe-alarm-contributors.ts';
import { describeAlarmHistory } from './describe-alarm-history.ts';
import { describeAlarms, describeAlarmsForMetric } from './describe-alarms.ts';
import { getMetricData } from './get-metric-data.ts';
import { getMetricStatistics } from './get-metric-statistics.ts';
import { listMetrics } from './list-metrics.ts';
import { deleteAlarmMuteRule, getAlarmMuteRule, listAlarmMuteRules, putAlarmMuteRule } from './mute-rules.ts';
import { putCompositeAlarm } from './put-composite-alarm.ts';
import { putMetricAlarm } from './put-metric-alarm.ts';
import { putMetricData } from './put-metric-data.ts';
import { refuseNul } from './storable-text.ts';
import { listTagsForResource, tagResource, untagResource } from './tag-operations.ts';

/** CloudWatch, as far as the chain needs it. */
export function cloudWatchHandlers(context: ChainContext, links: AlarmLinks): CloudWatchHandlers {
  const deps: CloudWatchDeps = { ...context, ...links, putData: createPutData(context) };
  return storable({
    PutMetricData: putMetricData(deps),
    ListMetrics: listMetrics(deps),
    GetMetricStatistics: getMetricStatistics(deps),
    GetMetricData: getMetricData(deps),
    PutMetricAlarm: putMetricAlarm(deps),
    PutCompositeAlarm: putCompositeAlarm(deps),
    DescribeAlarms: describeAlarms(deps),
    DescribeAlarmsForMetric: describeAlarmsForMetric(deps),
    DescribeAlarmHistory: describeAlarmHistory(deps),
    DeleteAlarms: deleteAlarms(deps),
    SetAlarmState: setAlarmState(deps),
    EnableAlarmActions: enableAlarmActions(deps),
    DisableAlarmActions: disableAlarmActions(deps),
    DescribeAlarmContributors: describeAlarmContributors(deps),
    PutAlarmMuteRule: putAlarmMuteRule(deps),
    GetAlarmMuteRule: getAlarmMuteRule(deps),
    ListAlarmMuteRules: listAlarmMuteRules(deps),
    DeleteAlarmMuteRule: deleteAlarmMuteRule(deps),
    PutDashboard: putDashboard(deps),
    GetDashboard: getDashboard(deps),
    ListDashboards: listDashboards(deps),
    DeleteDashboards: deleteDashboards(deps),
    TagResource: tagResource(deps),
    UntagResource: untagResource(deps),
    ListTagsForResource: listTagsForResource(deps),
  });
}

/** The same handlers, each refusing text that cannot be stored. */
function storable(handlers: CloudWatchHandlers): CloudWatchHandlers {
  const guarded = Object.entries(handlers).map(([name, handler]) => {
    const inner = handler as AnyHandler;
    const outer: AnyHandler = async (input, call) => {
      refuseNul(input);
      return inner(input, call);
    };
    return [name, outer];
  });
  return Object.fromEntries(guarded) as CloudWatchHandlers;
}
