import type { Kysely } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import type { Scope } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import { metricsRead } from '../metrics/math/program.ts';
import { type MetricName, watchMetric } from '../metrics/metric.ts';
import { type Alarm, alarmFrom } from './alarm.ts';
import type { AlarmDefinition } from './definition.ts';
import { mathOf } from './math-definition.ts';

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

/**
 * The metrics whose data decide an alarm, and whose events its rings tell of: its one, or all that its
 * expression reads.
 */
export async function metricsOfAlarm(db: Kysely<Tables>, alarm: Alarm): Promise<readonly number[]> {
  if (!alarm.definition.Metrics) return [alarm.metricId];
  const { program, result } = mathOf(alarm.definition.Metrics);
  const read = metricsRead(program, result);
  const rows = await db
    .selectFrom('alarm_metrics')
    .select(['query_id', 'metric_id'])
    .where('alarm_id', '=', alarm.id)
    .orderBy('query_id')
    .execute();
  return [...new Set(rows.filter(({ query_id }) => read.has(query_id)).map(({ metric_id }) => metric_id))];
}

/** The alarms that a metric's data decide, by id. */
export async function alarmsOf(db: Kysely<Tables>, metricId: number): Promise<Alarm[]> {
  const rows = await db
    .selectFrom('alarms')
    .selectAll()
    .where('id', 'in', ({ selectFrom }) =>
      selectFrom('alarm_metrics').select('alarm_id').where('metric_id', '=', metricId),
    )
    .where('kind', '=', 'metric')
    .orderBy('id')
    .execute();
  const alarms: Alarm[] = [];
  for (const alarm of rows.map(alarmFrom)) if ((await metricsOfAlarm(db, alarm)).includes(metricId)) alarms.push(alarm);
  return alarms;
}

/** The metric by which an alarm is listed: for metric math, the first of its metrics. */
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
