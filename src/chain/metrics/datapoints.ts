import type { Kysely, Selectable } from 'kysely';
import type { DatapointsTable, Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import { mergeSets, type StatisticSet, type ValueCount } from './statistic.ts';

/** The samples of one stretch of time of one metric and unit. */
export interface Datapoint extends StatisticSet {
  readonly metricId: number;
  readonly at: number;
  /** Seconds that the stretch covers: 1 or 60 on arrival, more once it is rolled up. */
  readonly resolution: number;
  readonly unit: string;
}

/** Keeps statements far from the limits of both databases. */
const ROWS_PER_STATEMENT = 100;

/** Beyond this many different values they are rounded, for percentiles' sake alone. */
const MOST_VALUES = 500;
const DIGITS_KEPT = [3, 2];

/** Adds samples to what is stored, inside the caller's transaction. */
export async function addDatapoints(tx: Tx, points: readonly Datapoint[]): Promise<void> {
  const merged = new Map<string, Datapoint>();
  for (const point of points) merge(merged, point);
  for (const part of chunks([...merged.values()])) {
    for (const stored of await storedLike(tx.db, part)) if (merged.has(keyOf(stored))) merge(merged, stored);
    const rows = part.map((point) => rowOf(merged.get(keyOf(point)) ?? point));
    await tx.db
      .insertInto('datapoints')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['metric_id', 'at', 'resolution', 'unit']).doUpdateSet((row) => ({
          count: row.ref('excluded.count'),
          sum: row.ref('excluded.sum'),
          minimum: row.ref('excluded.minimum'),
          maximum: row.ref('excluded.maximum'),
          distribution: row.ref('excluded.distribution'),
        })),
      )
      .execute();
  }
}

/** The points of a metric, or of several, in [from, until), by time; of one unit, or of all; the first `limit` of them. */
export async function readDatapoints(
  db: Kysely<Tables>,
  metricIds: number | readonly number[],
  from: number,
  until: number,
  unit?: string,
  limit?: number,
): Promise<Datapoint[]> {
  if (typeof metricIds !== 'number' && metricIds.length === 0) return [];
  let query = db
    .selectFrom('datapoints')
    .selectAll()
    .where('metric_id', 'in', typeof metricIds === 'number' ? [metricIds] : metricIds)
    .where('at', '>=', from)
    .where('at', '<', until);
  if (unit !== undefined) query = query.where('unit', '=', unit);
  if (limit !== undefined) query = query.limit(limit);
  return (await query.orderBy('at').execute()).map(pointOf);
}

export const pointOf = (row: Selectable<DatapointsTable>): Datapoint => ({
  metricId: row.metric_id,
  at: row.at,
  resolution: row.resolution,
  unit: row.unit,
  count: row.count,
  sum: row.sum,
  minimum: row.minimum,
  maximum: row.maximum,
  ...(row.distribution !== null && { distribution: JSON.parse(row.distribution) as ValueCount[] }),
});

function rowOf({ metricId, distribution, ...rest }: Datapoint): DatapointsTable {
  const kept = distribution && bounded(distribution);
  return { metric_id: metricId, ...rest, distribution: kept ? JSON.stringify(kept) : null };
}

const keyOf = ({ metricId, at, resolution, unit }: Omit<Datapoint, keyof StatisticSet>): string =>
  `${metricId} ${at} ${resolution} ${unit}`;

function merge(all: Map<string, Datapoint>, point: Datapoint): void {
  const known = all.get(keyOf(point));
  const { metricId, at, resolution, unit } = point;
  all.set(keyOf(point), known ? { metricId, at, resolution, unit, ...mergeSets(known, point) } : point);
}

/** What is stored at the times of `points`; some of it may be of other units and metrics. */
async function storedLike(db: Kysely<Tables>, points: readonly Datapoint[]): Promise<Datapoint[]> {
  const rows = await db
    .selectFrom('datapoints')
    .selectAll()
    .where('metric_id', 'in', [...new Set(points.map(({ metricId }) => metricId))])
    .where('at', 'in', [...new Set(points.map(({ at }) => at))])
    .execute();
  const wanted = new Set(points.map(keyOf));
  return rows.map(pointOf).filter((point) => wanted.has(keyOf(point)));
}

function bounded(pairs: readonly ValueCount[]): readonly ValueCount[] | undefined {
  if (pairs.length <= MOST_VALUES) return pairs;
  for (const digits of DIGITS_KEPT) {
    const rounded = new Map<number, number>();
    for (const [value, count] of pairs) {
      const near = Number(value.toPrecision(digits));
      rounded.set(near, (rounded.get(near) ?? 0) + count);
    }
    if (rounded.size <= MOST_VALUES) return [...rounded].sort(([a], [b]) => a - b);
  }
  return undefined;
}

function* chunks<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let i = 0; i < items.length; i += ROWS_PER_STATEMENT) yield items.slice(i, i + ROWS_PER_STATEMENT);
}
