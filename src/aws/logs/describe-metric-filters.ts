import type { MetricFilter as MetricFilterShape, StandardUnit } from '@aws-sdk/client-cloudwatch-logs';
import { getLogGroup } from '../../chain/logs/log-groups.ts';
import { type ListedMetricFilter, listMetricFilters } from '../../chain/logs/metric-filters.ts';
import { invalid } from './invalid.ts';
import type { LogsDeps, LogsOperation } from './logs-deps.ts';
import { cutPage, readPageToken, writePageToken } from './page-token.ts';

const PAGE = 50;

export const describeMetricFilters =
  ({ store }: LogsDeps): LogsOperation<'DescribeMetricFilters'> =>
  async (input, { scope }) => {
    const { logGroupName, filterNamePrefix: prefix, metricName, metricNamespace, limit = PAGE } = input;
    if ((metricName === undefined) !== (metricNamespace === undefined))
      throw invalid('metricName and metricNamespace must be given together.');
    const metric =
      metricName === undefined || metricNamespace === undefined
        ? undefined
        : { name: metricName, namespace: metricNamespace };
    const group = logGroupName === undefined ? undefined : await getLogGroup(store.read, scope, logGroupName);
    const inputs = ['DescribeMetricFilters', scope, logGroupName, prefix, metric];
    const [name, owner] = readPageToken(input.nextToken, inputs, 2) ?? [];
    const after = name === undefined || owner === undefined ? undefined : { name, group: owner };
    const filters = await listMetricFilters(store.read, scope, { group, prefix, metric, after, limit: limit + 1 });
    const { page, token } = cutPage(filters, limit, (last) => writePageToken(inputs, [last.name, last.group]));
    return { metricFilters: page.map(shapeOf), ...token };
  };

function shapeOf({ name, pattern, transformation, options, createdAt, group }: ListedMetricFilter): MetricFilterShape {
  const { fieldSelectionCriteria, emitSystemFieldDimensions } = options;
  const { unit, dimensions, ...rest } = transformation;
  return {
    filterName: name,
    filterPattern: pattern,
    metricTransformations: [
      { ...rest, ...(dimensions && { dimensions: { ...dimensions } }), ...(unit && { unit: unit as StandardUnit }) },
    ],
    creationTime: createdAt,
    logGroupName: group,
    applyOnTransformedLogs: options.applyOnTransformedLogs,
    ...(fieldSelectionCriteria !== undefined && { fieldSelectionCriteria }),
    ...(emitSystemFieldDimensions && { emitSystemFieldDimensions: [...emitSystemFieldDimensions] }),
  };
}
