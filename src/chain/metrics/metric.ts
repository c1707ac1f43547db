import type { Kysely } from 'kysely';
import type { Scope } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';

export type Dimensions = readonly (readonly [name: string, value: string])[];

/** What tells one metric from another. Dimensions are a set: their order means nothing. */
export interface MetricName {
  readonly scope: Scope;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
}

/** The set in its one canonical form, as it is stored and compared. */
export const dimensionsText = (dimensions: Dimensions): string =>
  JSON.stringify([...dimensions].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));

export const dimensionsFrom = (text: string): Dimensions => JSON.parse(text) as Dimensions;

export const metricKey = ({ scope, namespace, name, dimensions }: MetricName): string =>
  JSON.stringify([scope.account, scope.region, namespace, name, dimensionsText(dimensions)]);

export async function findMetric(db: Kysely<Tables>, metric: MetricName): Promise<number | undefined> {
  const row = await db
    .selectFrom('metrics')
    .select('id')
    .where('account', '=', metric.scope.account)
    .where('region', '=', metric.scope.region)
    .where('namespace', '=', metric.namespace)
    .where('name', '=', metric.name)
    .where('dimensions', '=', dimensionsText(metric.dimensions))
    .executeTakeFirst();
  return row?.id;
}

/** The id of a metric that an alarm watches, whether or not it ever had data. */
export const watchMetric = async (tx: Tx, metric: MetricName, now: number): Promise<number> =>
  (await findMetric(tx.db, metric)) ?? insertMetric(tx, metric, { created_at: now, updated_at: 0, put_at: null }, {});

/** The id of a metric that gets data at `now`. */
export function touchMetric(tx: Tx, metric: MetricName, source: 'put' | 'filter', now: number): Promise<number> {
  const arrival = source === 'put' ? { updated_at: now, put_at: now } : { updated_at: now };
  return insertMetric(tx, metric, { created_at: now, put_at: null, ...arrival }, arrival);
}

async function insertMetric(
  { db }: Tx,
  { scope, namespace, name, dimensions }: MetricName,
  times: { created_at: number; updated_at: number; put_at: number | null },
  update: { updated_at?: number; put_at?: number },
): Promise<number> {
  const { id } = await db
    .insertInto('metrics')
    .values({
      account: scope.account,
      region: scope.region,
      namespace,
      name,
      dimensions: dimensionsText(dimensions),
      ...times,
    })
    .onConflict((conflict) =>
      conflict.columns(['account', 'region', 'namespace', 'name', 'dimensions']).doUpdateSet({ name, ...update }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}
