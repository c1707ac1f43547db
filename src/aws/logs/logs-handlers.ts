import type { AnyHandler, LogsHandlers } from '../wire/handlers.ts';
import { describeLogGroups } from './describe-log-groups.ts';
import { describeLogStreams } from './describe-log-streams.ts';
import { describeMetricFilters } from './describe-metric-filters.ts';
import { filterLogEvents } from './filter-log-events.ts';
import { getLogEvents } from './get-log-events.ts';
import { createLogGroupOperation, deleteLogGroupOperation } from './log-group-operations.ts';
import { createLogStreamOperation, deleteLogStreamOperation } from './log-stream-operations.ts';
import type { LogsDeps } from './logs-deps.ts';
import { deleteMetricFilterOperation, putMetricFilterOperation } from './metric-filter-operations.ts';
import { putLogEvents } from './put-log-events.ts';
import { deleteRetentionPolicy, putRetentionPolicy } from './retention-operations.ts';
import { refuseNul } from './storable-text.ts';
import {
  deleteSubscriptionFilterOperation,
  describeSubscriptionFilters,
  putSubscriptionFilterOperation,
} from './subscription-filter-operations.ts';
import {
  listTagsForResource,
  listTagsLogGroup,
  tagLogGroup,
  tagResource,
  untagLogGroup,
  untagResource,
} from './tag-operations.ts';
import { testMetricFilter } from './test-metric-filter.ts';

/** CloudWatch Logs, as far as the chain needs it. */
export function logsHandlers(deps: LogsDeps): LogsHandlers {
  return storable({
    CreateLogGroup: createLogGroupOperation(deps),
    DeleteLogGroup: deleteLogGroupOperation(deps),
    DescribeLogGroups: describeLogGroups(deps),
    PutRetentionPolicy: putRetentionPolicy(deps),
    DeleteRetentionPolicy: deleteRetentionPolicy(deps),
    TagLogGroup: tagLogGroup(deps),
    UntagLogGroup: untagLogGroup(deps),
    ListTagsLogGroup: listTagsLogGroup(deps),
    TagResource: tagResource(deps),
    UntagResource: untagResource(deps),
    ListTagsForResource: listTagsForResource(deps),
    CreateLogStream: createLogStreamOperation(deps),
    DeleteLogStream: deleteLogStreamOperation(deps),
    DescribeLogStreams: describeLogStreams(deps),
    PutLogEvents: putLogEvents(deps),
    GetLogEvents: getLogEvents(deps),
    FilterLogEvents: filterLogEvents(deps),
    PutMetricFilter: putMetricFilterOperation(deps),
    DeleteMetricFilter: deleteMetricFilterOperation(deps),
    DescribeMetricFilters: describeMetricFilters(deps),
    TestMetricFilter: testMetricFilter,
    PutSubscriptionFilter: putSubscriptionFilterOperation(deps),
    DeleteSubscriptionFilter: deleteSubscriptionFilterOperation(deps),
    DescribeSubscriptionFilters: describeSubscriptionFilters(deps),
  });
}

/** The same handlers, each refusing text that cannot be stored. */
function storable(handlers: LogsHandlers): LogsHandlers {
  const guarded = Object.entries(handlers).map(([name, handler]) => {
    const inner = handler as AnyHandler;
    const outer: AnyHandler = async (input, call) => {
      refuseNul(input);
      return inner(input, call);
    };
    return [name, outer];
  });
  return Object.fromEntries(guarded) as LogsHandlers;
}
