import { listMetrics as findMetrics, type ListedMetric } from '../../chain/metrics/list-metrics.ts';
import type { CloudWatchDeps, CloudWatchOperation } from './deps.ts';
import { dimensionShapes } from './dimensions.ts';
import { readToken, writeToken } from './page-token.ts';
import { invalidValue } from './refusals.ts';

const PAGE = 500;
const HOUR = 3_600_000;
const TWO_WEEKS = 14 * 24 * HOUR;

export const listMetrics =
  ({ store, clock }: CloudWatchDeps): CloudWatchOperation<'ListMetrics'> =>
  async (input, { scope }) => {
    // An unknown name of an activity is refused, as recorded on AWS.
    if (input.RecentlyActive !== undefined && input.RecentlyActive !== 'PT3H')
      throw invalidValue('Request parameter recentlyActive value is invalid');
    const after = placeIn(input.NextToken);
    const isOwn = input.OwningAccount === undefined || input.OwningAccount === scope.account;
    const asked = {
      scope,
      namespace: input.Namespace,
      name: input.MetricName,
      dimensions: (input.Dimensions ?? []).map(({ Name, Value }) => ({ name: Name, value: Value })),
      activeSince: clock.now() - (input.RecentlyActive ? 3 * HOUR : TWO_WEEKS),
      after,
      limit: PAGE + 1,
    };
    const metrics = isOwn ? await findMetrics(store.read, asked) : [];
    const page = metrics.slice(0, PAGE);
    const last = page.at(-1);
    return {
      Metrics: page.map(shapeOf),
      OwningAccounts: input.IncludeLinkedAccounts ? page.map(() => scope.account) : undefined,
      NextToken: metrics.length > PAGE && last ? writeToken([last.id]) : undefined,
    };
  };

function placeIn(token: string | undefined): number {
  try {
    const [after] = readToken(token, ['number']) ?? [0];
    return after as number;
  } catch {
    throw invalidValue('Request parameter NextToken is invalid');
  }
}

const shapeOf = ({ namespace, name, dimensions }: ListedMetric) => ({
  Namespace: namespace,
  MetricName: name,
  Dimensions: dimensionShapes(dimensions),
});
