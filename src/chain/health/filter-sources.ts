import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';

/** A metric filter that feeds a metric, with the log group it listens to. */
export interface FilterSource {
  readonly logGroup: string;
  readonly filter: string;
  readonly groupCreatedAt: number;
  /** When the group last took an event in; null where it never has. */
  readonly lastEventAt: number | null;
}

export const sourceKey = (scope: { account: string; region: string }, namespace: string, name: string): string =>
  JSON.stringify([scope.account, scope.region, namespace, name]);

/** Metric filters by the metric they publish (`sourceKey`). */
export async function filterSources(db: Kysely<Tables>): Promise<Map<string, FilterSource[]>> {
  const rows = await db
    .selectFrom('metric_filters as f')
    .innerJoin('log_groups as g', 'g.id', 'f.group_id')
    .leftJoin('log_streams as s', 's.group_id', 'g.id')
    .select(['g.account', 'g.region', 'g.name as group', 'g.created_at', 'f.name as filter', 'f.transformation'])
    .select(({ fn }) => fn.max<number | null>('s.last_ingested_at').as('last'))
    .groupBy(['g.account', 'g.region', 'g.name', 'g.created_at', 'f.name', 'f.transformation'])
    .execute();
  const sources = new Map<string, FilterSource[]>();
  for (const row of rows) {
    const { metricNamespace, metricName } = JSON.parse(row.transformation) as Record<string, string>;
    const key = sourceKey(row, metricNamespace ?? '', metricName ?? '');
    const known = sources.get(key) ?? [];
    known.push({ logGroup: row.group, filter: row.filter, groupCreatedAt: row.created_at, lastEventAt: row.last });
    sources.set(key, known);
  }
  return sources;
}
