import type { LogGroup as LogGroupShape } from '@aws-sdk/client-cloudwatch-logs';
import { logGroupArn } from '../../chain/logs/log-group-arn.ts';
import { type LogGroup, listLogGroups } from '../../chain/logs/log-groups.ts';
import { countMetricFilters } from '../../chain/logs/metric-filters.ts';
import { nameOfIdentifier } from './group-of-call.ts';
import { invalid } from './invalid.ts';
import type { LogsDeps, LogsOperation } from './logs-deps.ts';
import { cutPage, readPageToken, writePageToken } from './page-token.ts';

const PAGE = 50;

export const describeLogGroups =
  ({ store }: LogsDeps): LogsOperation<'DescribeLogGroups'> =>
  async (input, { scope }) => {
    const { logGroupNamePrefix: prefix, logGroupNamePattern: part, logGroupIdentifiers, limit = PAGE } = input;
    if (prefix !== undefined && part !== undefined)
      throw invalid('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.');
    if (input.accountIdentifiers?.length && !input.accountIdentifiers.includes(scope.account)) return { logGroups: [] };
    const inputs = ['DescribeLogGroups', scope, prefix, part, logGroupIdentifiers, input.logGroupClass];
    const [after] = readPageToken(input.nextToken, inputs, 1) ?? [];
    const names = logGroupIdentifiers?.map((identifier) => nameOfIdentifier(scope, identifier));
    const search = { prefix, part, names, class: input.logGroupClass, after, limit: limit + 1 };
    const groups = await listLogGroups(store.read, scope, search);
    const { page, token } = cutPage(groups, limit, ({ name }) => writePageToken(inputs, [name]));
    const counts = await countMetricFilters(
      store.read,
      page.map(({ id }) => id),
    );
    return { logGroups: page.map((group) => shapeOf(group, counts.get(group.id) ?? 0)), ...token };
  };

function shapeOf(group: LogGroup, metricFilterCount: number): LogGroupShape {
  const arn = logGroupArn(group, group.name);
  return {
    logGroupName: group.name,
    creationTime: group.created_at,
    ...(group.retention_days !== null && { retentionInDays: group.retention_days }),
    metricFilterCount,
    arn: `${arn}:*`,
    logGroupArn: arn,
    storedBytes: group.stored_bytes,
    ...(group.kms_key !== null && { kmsKeyId: group.kms_key }),
    logGroupClass: group.class as NonNullable<LogGroupShape['logGroupClass']>,
    deletionProtectionEnabled: false,
  };
}
