import type { Kysely } from 'kysely';
import type { Scope } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import { type Dimensions, dimensionsFrom } from './metric.ts';

export interface MetricSearch {
  readonly scope: Scope;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** Each must be there; with a value, it must have that value. */
  readonly dimensions: readonly { readonly name: string; readonly value?: string | undefined }[];
  /** Only metrics with data that arrived since then. */
  readonly activeSince: number;
  /** The id that the last page ended with. */
  readonly after: number;
  readonly limit: number;
}

export interface ListedMetric {
  readonly id: number;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
}

const ROWS_PER_READ = 2_000;

/** The metrics that a search finds, in the order in which they first came up. */
export async function listMetrics(db: Kysely<Tables>, search: MetricSearch): Promise<ListedMetric[]> {
  const found: ListedMetric[] = [];
  let after = search.after;
  for (;;) {
    const rows = await readSome(db, search, after);
    for (const row of rows) {
      const metric = { ...row, dimensions: dimensionsFrom(row.dimensions) };
      if (hasDimensions(metric, search) && found.push(metric) === search.limit) return found;
    }
    const last = rows.at(-1);
    if (!last || rows.length < ROWS_PER_READ) return found;
    after = last.id;
  }
}

function readSome(db: Kysely<Tables>, { scope, namespace, name, activeSince }: MetricSearch, after: number) {
  let query = db
    .selectFrom('metrics')
    .select(['id', 'namespace', 'name', 'dimensions'])
    .where('account', '=', scope.account)
    .where('region', '=', scope.region)
    .where('updated_at', '>=', activeSince)
    .where('id', '>', after);
  if (namespace !== undefined) query = query.where('namespace', '=', namespace);
  if (name !== undefined) query = query.where('name', '=', name);
  return query.orderBy('id').limit(ROWS_PER_READ).execute();
}

const hasDimensions = (metric: ListedMetric, { dimensions }: MetricSearch): boolean =>
  dimensions.every(({ name, value }) =>
    metric.dimensions.some(([known, held]) => known === name && (value === undefined || value === held)),
  );
