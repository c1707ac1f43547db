import { listMetrics as findMetrics, type ListedMetric } from '../../chain/metrics/list-metrics.ts';
import type { CloudWatchDeps, CloudWatchOperation } from './deps.ts';
import { dimensionShapes } from './dimensions.ts';
import { readToken, writeToken } from './page-token.ts';

const PAGE = 500;
const HOUR = 3_600_000;
const TWO_WEEKS = 14 * 24 * HOUR;

export const listMetrics =
  ({ store, clock }: CloudWatchDeps): CloudWatchOperation<'ListMetrics'> =>
  async (input, { scope }) => {
    const [after] = readToken(input.NextToken, ['number']) ?? [0];
    const metrics = await findMetrics(store.read, {
      scope,
      namespace: input.Namespace,
      name: input.MetricName,
      dimensions: (input.Dimensions ?? []).map(({ Name, Value }) => ({ name: Name, value: Value })),
      activeSince: clock.now() - (input.RecentlyActive ? 3 * HOUR : TWO_WEEKS),
      after: after as number,
      limit: PAGE + 1,
    });
    const page = metrics.slice(0, PAGE);
    const last = page.at(-1);
    return {
      Metrics: page.map(shapeOf),
      OwningAccounts: input.IncludeLinkedAccounts ? page.map(() => scope.account) : undefined,
      NextToken: metrics.length > PAGE && last ? writeToken([last.id]) : undefined,
    };
  };

const shapeOf = ({ namespace, name, dimensions }: ListedMetric) => ({
  Namespace: namespace,
  MetricName: name,
  Dimensions: dimensionShapes(dimensions),
});
