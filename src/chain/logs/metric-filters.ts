import type { Kysely } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import type { Scope } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import { checkQuotas, moveRevision } from './filter-quotas.ts';
import { checkMetricFilter } from './filter-rules.ts';
import type { LogGroup } from './log-groups.ts';
import { type MetricFilter, type MetricFilterDraft, metricFilterFrom } from './metric-filter.ts';
import { afterPrefix } from './name-range.ts';

/**
 * Makes a metric filter, or replaces the one of the same name. It counts events that arrive from now
 * on. Refuses what AWS refuses, with its messages.
 */
export async function putMetricFilter(tx: Tx, group: LogGroup, draft: MetricFilterDraft, now: number): Promise<void> {
  const compiled = checkMetricFilter(draft);
  if (group.class !== 'STANDARD')
    throw new Refusal('InvalidOperationException', 'Metric filters work on log groups of the Standard class only.');
  await checkQuotas(tx, group, { table: 'metric_filters', name: draft.name, compiled });
  const values = {
    pattern: draft.pattern,
    transformation: JSON.stringify(draft.transformation),
    options: JSON.stringify(draft.options),
  };
  await tx.db
    .insertInto('metric_filters')
    .values({ group_id: group.id, name: draft.name, created_at: now, ...values })
    .onConflict((conflict) => conflict.columns(['group_id', 'name']).doUpdateSet(values))
    .execute();
  await moveRevision(tx, group);
}

/** Deletes a metric filter; refuses with AWS's ResourceNotFoundException when there is none of that name. */
export async function deleteMetricFilter(tx: Tx, group: LogGroup, name: string): Promise<void> {
  const deleted = await tx.db
    .deleteFrom('metric_filters')
    .where('group_id', '=', group.id)
    .where('name', '=', name)
    .returning('id')
    .executeTakeFirst();
  if (!deleted) throw new Refusal('ResourceNotFoundException', 'The specified metric filter does not exist.');
  await moveRevision(tx, group);
}

/** The metric filters of one group, by name. */
export async function metricFiltersOf(db: Kysely<Tables>, groupId: number): Promise<MetricFilter[]> {
  const rows = await db
    .selectFrom('metric_filters')
    .selectAll()
    .where('group_id', '=', groupId)
    .orderBy('name')
    .execute();
  return rows.map(metricFilterFrom);
}

/** How many metric filters each of the groups has. */
export async function countMetricFilters(
  db: Kysely<Tables>,
  groupIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (groupIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('metric_filters')
    .select(({ fn }) => ['group_id', fn.countAll<number>().as('count')])
    .where('group_id', 'in', groupIds)
    .groupBy('group_id')
    .execute();
  return new Map(rows.map(({ group_id, count }) => [group_id, count]));
}

export interface FilterPlace {
  readonly name: string;
  readonly group: string;
}

export interface MetricFilterSearch {
  readonly group?: LogGroup | undefined;
  readonly prefix?: string | undefined;
  readonly metric?: { readonly name: string; readonly namespace: string } | undefined;
  /** Only filters that follow this place. */
  readonly after?: FilterPlace | undefined;
  readonly limit: number;
}

export type ListedMetricFilter = MetricFilter & { readonly group: string };

/** Metric filters of one group or of all, by filter name and then by group. */
export async function listMetricFilters(
  db: Kysely<Tables>,
  scope: Scope,
  search: MetricFilterSearch,
): Promise<ListedMetricFilter[]> {
  const found: ListedMetricFilter[] = [];
  let after = search.after;
  for (;;) {
    const page = await pageOfFilters(db, scope, { ...search, after });
    for (const filter of page) if (publishes(filter, search.metric)) found.push(filter);
    const last = page.at(-1);
    if (!last || page.length < search.limit || found.length >= search.limit) return found.slice(0, search.limit);
    after = { name: last.name, group: last.group };
  }
}

function publishes({ transformation }: MetricFilter, metric: MetricFilterSearch['metric']): boolean {
  if (!metric) return true;
  return transformation.metricName === metric.name && transformation.metricNamespace === metric.namespace;
}

async function pageOfFilters(
  db: Kysely<Tables>,
  scope: Scope,
  { group, prefix, after, limit }: MetricFilterSearch,
): Promise<ListedMetricFilter[]> {
  let query = db
    .selectFrom('metric_filters as filter')
    .innerJoin('log_groups as owner', 'owner.id', 'filter.group_id')
    .selectAll('filter')
    .select('owner.name as group')
    .where('owner.account', '=', scope.account)
    .where('owner.region', '=', scope.region);
  if (group) query = query.where('filter.group_id', '=', group.id);
  if (prefix !== undefined) {
    query = query.where('filter.name', '>=', prefix);
    const end = afterPrefix(prefix);
    if (end !== undefined) query = query.where('filter.name', '<', end);
  }
  if (after)
    query = query.where(({ and, eb, or }) =>
      or([
        eb('filter.name', '>', after.name),
        and([eb('filter.name', '=', after.name), eb('owner.name', '>', after.group)]),
      ]),
    );
  const rows = await query.orderBy('filter.name').orderBy('owner.name').limit(limit).execute();
  return rows.map((row) => ({ ...metricFilterFrom(row), group: row.group }));
}
