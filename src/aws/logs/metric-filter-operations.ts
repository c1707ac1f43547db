import { checkMetricFilter } from '../../chain/logs/filter-rules.ts';
import { getLogGroup } from '../../chain/logs/log-groups.ts';
import type { MetricFilterDraft, MetricTransformation } from '../../chain/logs/metric-filter.ts';
import { deleteMetricFilter, putMetricFilter } from '../../chain/logs/metric-filters.ts';
import type { LogsDeps, LogsOperation } from './logs-deps.ts';

type Input = Parameters<LogsOperation<'PutMetricFilter'>>[0];

export const putMetricFilterOperation =
  ({ store, clock }: LogsDeps): LogsOperation<'PutMetricFilter'> =>
  async (input, { scope }) => {
    const draft = draftOf(input);
    // Before the group is looked for: AWS finds fault with the pattern first.
    checkMetricFilter(draft);
    await store.write(async (tx) =>
      putMetricFilter(tx, await getLogGroup(tx.db, scope, input.logGroupName), draft, clock.now()),
    );
    return {};
  };

export const deleteMetricFilterOperation =
  ({ store }: LogsDeps): LogsOperation<'DeleteMetricFilter'> =>
  async ({ logGroupName, filterName }, { scope }) => {
    await store.write(async (tx) => deleteMetricFilter(tx, await getLogGroup(tx.db, scope, logGroupName), filterName));
    return {};
  };

function draftOf(input: Input): MetricFilterDraft {
  const { fieldSelectionCriteria, emitSystemFieldDimensions } = input;
  return {
    name: input.filterName,
    pattern: input.filterPattern,
    transformation: transformationOf(input.metricTransformations[0] as Input['metricTransformations'][number]),
    options: {
      applyOnTransformedLogs: input.applyOnTransformedLogs ?? false,
      ...(fieldSelectionCriteria !== undefined && { fieldSelectionCriteria }),
      ...(emitSystemFieldDimensions && { emitSystemFieldDimensions }),
    },
  };
}

function transformationOf(given: Input['metricTransformations'][number]): MetricTransformation {
  const { metricName, metricNamespace, metricValue, defaultValue, dimensions, unit } = given;
  return {
    metricName,
    metricNamespace,
    metricValue,
    ...(defaultValue !== undefined && { defaultValue }),
    ...(dimensions && Object.keys(dimensions).length > 0 && { dimensions }),
    ...(unit !== undefined && { unit }),
  };
}
