import type { SubscriptionFilter as SubscriptionFilterShape } from '@aws-sdk/client-cloudwatch-logs';
import { getLogGroup } from '../../chain/logs/log-groups.ts';
import type { SubscriptionFilter, SubscriptionFilterDraft } from '../../chain/logs/subscription-filter.ts';
import {
  checkSubscriptionFilter,
  deleteSubscriptionFilter,
  putSubscriptionFilter,
  subscriptionFiltersOf,
} from '../../chain/logs/subscription-filters.ts';
import type { LogsDeps, LogsOperation } from './logs-deps.ts';
import { cutPage, readPageToken, writePageToken } from './page-token.ts';

const PAGE = 50;

export const putSubscriptionFilterOperation =
  ({ store, clock }: LogsDeps): LogsOperation<'PutSubscriptionFilter'> =>
  async (input, { scope }) => {
    const draft = draftOf(input);
    // Before the group is looked for, as with metric filters.
    checkSubscriptionFilter(draft);
    await store.write(async (tx) =>
      putSubscriptionFilter(tx, await getLogGroup(tx.db, scope, input.logGroupName), draft, clock.now()),
    );
    return {};
  };

export const deleteSubscriptionFilterOperation =
  ({ store }: LogsDeps): LogsOperation<'DeleteSubscriptionFilter'> =>
  async ({ logGroupName, filterName }, { scope }) => {
    await store.write(async (tx) =>
      deleteSubscriptionFilter(tx, await getLogGroup(tx.db, scope, logGroupName), filterName),
    );
    return {};
  };

export const describeSubscriptionFilters =
  ({ store }: LogsDeps): LogsOperation<'DescribeSubscriptionFilters'> =>
  async (input, { scope }) => {
    const { logGroupName, filterNamePrefix: prefix, limit = PAGE } = input;
    const group = await getLogGroup(store.read, scope, logGroupName);
    const inputs = ['DescribeSubscriptionFilters', group.id, prefix];
    const [after] = readPageToken(input.nextToken, inputs, 1) ?? [];
    const filters = await subscriptionFiltersOf(store.read, group.id, { prefix, after, limit: limit + 1 });
    const { page, token } = cutPage(filters, limit, ({ name }) => writePageToken(inputs, [name]));
    return { subscriptionFilters: page.map((filter) => shapeOf(filter, logGroupName)), ...token };
  };

function draftOf(input: Parameters<LogsOperation<'PutSubscriptionFilter'>>[0]): SubscriptionFilterDraft {
  const { roleArn, distribution = 'ByLogStream', fieldSelectionCriteria, emitSystemFields } = input;
  return {
    name: input.filterName,
    pattern: input.filterPattern,
    destination: input.destinationArn,
    options: {
      distribution,
      applyOnTransformedLogs: input.applyOnTransformedLogs ?? false,
      ...(roleArn !== undefined && { roleArn }),
      ...(fieldSelectionCriteria !== undefined && { fieldSelectionCriteria }),
      ...(emitSystemFields && { emitSystemFields }),
    },
  };
}

function shapeOf(filter: SubscriptionFilter, logGroupName: string): SubscriptionFilterShape {
  const { emitSystemFields, ...options } = filter.options;
  return {
    filterName: filter.name,
    logGroupName,
    filterPattern: filter.pattern,
    destinationArn: filter.destination,
    creationTime: filter.createdAt,
    ...options,
    ...(emitSystemFields && { emitSystemFields: [...emitSystemFields] }),
  };
}
