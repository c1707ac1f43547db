import type { JsonValue } from './java-text.ts';
import type { MetricQuery } from './math-definition.ts';

/** The metrics of an alarm as its notification lists them, members in AWS's order. */
export const triggerMetrics = (queries: readonly MetricQuery[]): JsonValue =>
  queries.map(({ Expression, Id, Label, MetricStat: stat, ReturnData, AccountId, Period }) => ({
    Expression,
    Id,
    Label,
    MetricStat: stat && {
      Metric: {
        Dimensions: dimensions(stat.Metric.Dimensions),
        MetricName: stat.Metric.MetricName,
        Namespace: stat.Metric.Namespace,
      },
      Period: stat.Period,
      Stat: stat.Stat,
      Unit: stat.Unit,
    },
    ReturnData: ReturnData ?? true,
    AccountId,
    Period,
  }));

/** The same as history spells it. */
export const historyMetrics = (queries: readonly MetricQuery[]): JsonValue =>
  queries.map(({ Expression, Id, Label, MetricStat: stat, ReturnData, AccountId, Period }) => ({
    expression: Expression,
    id: Id,
    label: Label,
    metricStat: stat && {
      metric: {
        dimensions: dimensions(stat.Metric.Dimensions),
        metricName: stat.Metric.MetricName,
        namespace: stat.Metric.Namespace,
      },
      period: stat.Period,
      stat: stat.Stat,
      unit: stat.Unit,
    },
    returnData: ReturnData ?? true,
    accountId: AccountId,
    period: Period,
  }));

const dimensions = (given: readonly { readonly Name: string; readonly Value: string }[] | undefined): JsonValue =>
  (given ?? []).map(({ Name, Value }) => ({ value: Value, name: Name }));
