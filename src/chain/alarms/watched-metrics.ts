import { Refusal } from '../../base/refusal.ts';
import type { Scope } from '../../base/scope.ts';
import type { Tx } from '../../store/writer.ts';
import { type MetricName, watchMetric } from '../metrics/metric.ts';
import type { AlarmDefinition } from './definition.ts';

/** Ids of metrics by the Id that an alarm's metric math gives them; by an empty text for an alarm on one. */
export type WatchedMetrics = ReadonlyMap<string, number>;

/** Makes the metrics of an alarm known, whether or not they ever had data. */
export async function watchMetrics(
  tx: Tx,
  scope: Scope,
  definition: AlarmDefinition,
  now: number,
): Promise<WatchedMetrics> {
  const watched = new Map<string, number>();
  for (const [id, metric] of metricsOf(scope, definition)) watched.set(id, await watchMetric(tx, metric, now));
  return watched;
}

/** Replaces what is stored of the metrics that an alarm watches. */
export async function keepWatched(tx: Tx, alarmId: number, watched: WatchedMetrics): Promise<void> {
  await tx.db.deleteFrom('alarm_metrics').where('alarm_id', '=', alarmId).execute();
  const rows = [...watched].map(([query_id, metric_id]) => ({ alarm_id: alarmId, query_id, metric_id }));
  if (rows.length > 0) await tx.db.insertInto('alarm_metrics').values(rows).execute();
}

/** The metric whose events a ring tells of: for metric math, the first of its metrics. */
export const firstWatched = (watched: WatchedMetrics): number | null => [...watched.values()][0] ?? null;

function metricsOf(scope: Scope, definition: AlarmDefinition): [string, MetricName][] {
  if (!definition.Metrics) return [['', nameOf(scope, definition)]];
  const foreign = definition.Metrics.find(({ AccountId }) => AccountId !== undefined && AccountId !== scope.account);
  if (foreign)
    throw new Refusal('NotImplemented', `Trailbell judges no metrics of other accounts (AccountId of ${foreign.Id}).`, {
      status: 501,
    });
  return definition.Metrics.flatMap(({ Id, MetricStat: stat }): [string, MetricName][] =>
    stat ? [[Id, nameOf(scope, stat.Metric)]] : [],
  );
}

const nameOf = (
  scope: Scope,
  {
    Namespace = '',
    MetricName = '',
    Dimensions = [],
  }: Pick<AlarmDefinition, 'Namespace' | 'MetricName' | 'Dimensions'>,
): MetricName => ({
  scope,
  namespace: Namespace,
  name: MetricName,
  dimensions: Dimensions.map(({ Name, Value }) => [Name, Value] as const),
});
