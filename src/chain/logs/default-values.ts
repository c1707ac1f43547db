import type { Kysely } from 'kysely';
import { keepSetting, settingOf } from '../../store/settings.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import type { ChainContext } from '../context.ts';
import { unpackEvents } from './chunk.ts';
import { type MetricFilter, metricFilterFrom } from './metric-filter.ts';
import type { MetricSample, RecordSamples } from './next-stages.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** What AWS would have taken; minutes of an older archive get no default values. */
const OLDEST = 14 * DAY;

const CHUNKS_PER_TURN = 50;
const WATERMARK = 'default-values.chunk';

/**
 * Publishes the default values of metric filters: one for every minute of which events came in while
 * none of them counted. Resolves to whether more is waiting; call it at least once a minute.
 *
 * AWS documents the rule and not its workings. Ours: the minute is that of the events' own time, as
 * with samples, and it is judged once the minute in which the events *arrived* is over, so that all
 * batches which arrive together are seen together. A default goes only into a minute of the metric
 * that has no data yet: it is published once, whatever the number of batches, filters and restarts,
 * and never beside a match. A match that arrives in a later minute adds its sample to the default.
 * An event whose value cannot be read counts as none.
 */
export async function publishDefaultValues(
  { store, clock }: ChainContext,
  recordSamples: RecordSamples,
): Promise<boolean> {
  const now = clock.now();
  const arrivedBefore = now - (now % MINUTE);
  if ((await filtersWithDefault(store.read)).length === 0) return false;
  if ((await nextChunks(store.read, arrivedBefore)).length === 0) return false;
  return store.write(async (tx) => {
    const chunks = await nextChunks(tx.db, arrivedBefore);
    const last = chunks.at(-1);
    if (!last) return false;
    const samples = await dueSamples(tx.db, await filtersWithDefault(tx.db), chunks, now);
    if (samples.length > 0) await recordSamples(tx, samples);
    await moveWatermark(tx, last.id);
    return chunks.length === CHUNKS_PER_TURN;
  });
}

interface FilterWithDefault extends MetricFilter {
  readonly account: string;
  readonly region: string;
}

async function filtersWithDefault(db: Kysely<Tables>): Promise<FilterWithDefault[]> {
  const rows = await db
    .selectFrom('metric_filters as filter')
    .innerJoin('log_groups as owner', 'owner.id', 'filter.group_id')
    .selectAll('filter')
    .select(['owner.account', 'owner.region'])
    .where('filter.transformation', 'like', '%"defaultValue":%')
    .execute();
  return rows
    .map((row) => ({ ...metricFilterFrom(row), account: row.account, region: row.region }))
    .filter(({ transformation }) => transformation.defaultValue !== undefined);
}

interface Chunk {
  readonly id: number;
  readonly group_id: number;
  readonly first_at: number;
  readonly last_at: number;
  readonly ingested_at: number;
}

async function nextChunks(db: Kysely<Tables>, arrivedBefore: number): Promise<Chunk[]> {
  const mark = await settingOf(db, WATERMARK);
  return db
    .selectFrom('log_chunks')
    .select(['id', 'group_id', 'first_at', 'last_at', 'ingested_at'])
    .where('id', '>', Number(mark ?? 0))
    .where('ingested_at', '<', arrivedBefore)
    .orderBy('id')
    .limit(CHUNKS_PER_TURN)
    .execute();
}

const moveWatermark = (tx: Tx, id: number): Promise<void> => keepSetting(tx, WATERMARK, String(id));

async function dueSamples(
  db: Kysely<Tables>,
  filters: readonly FilterWithDefault[],
  chunks: readonly Chunk[],
  now: number,
): Promise<MetricSample[]> {
  const due = new Map<string, MetricSample>();
  const groups = new Set(filters.map(({ groupId }) => groupId));
  const minutesOf = await minutesByChunk(
    db,
    chunks.filter((chunk) => groups.has(chunk.group_id)),
  );
  for (const filter of filters) {
    const own = chunks.filter((chunk) => chunk.group_id === filter.groupId && chunk.ingested_at >= filter.createdAt);
    const all = new Set(own.flatMap((chunk) => minutesOf.get(chunk.id) ?? []));
    const minutes = [...all].filter((minute) => minute >= now - OLDEST);
    if (minutes.length === 0) continue;
    const taken = new Set([
      ...(await matchedMinutes(db, filter, minutes)),
      ...(await filledMinutes(db, filter, minutes)),
    ]);
    const { metricNamespace: namespace, metricName: name, defaultValue, unit = 'None' } = filter.transformation;
    const scope = { account: filter.account, region: filter.region };
    for (const at of minutes) {
      if (taken.has(at) || defaultValue === undefined) continue;
      const sample = { scope, namespace, name, dimensions: [], at, value: defaultValue, unit };
      const key = JSON.stringify([scope, namespace, name, unit, at]);
      if (!due.has(key)) due.set(key, sample);
    }
  }
  return [...due.values()];
}

async function minutesByChunk(db: Kysely<Tables>, chunks: readonly Chunk[]): Promise<ReadonlyMap<number, number[]>> {
  const found = new Map<number, number[]>();
  for (const { id, first_at, last_at } of chunks) {
    const [first, last] = [minuteOf(first_at), minuteOf(last_at)];
    const minutes = new Set([first, last]);
    // Only a chunk of more than two minutes has to be opened to know which ones it has events in.
    if (last - first > MINUTE) for (const at of await eventTimes(db, id)) minutes.add(minuteOf(at));
    found.set(id, [...minutes]);
  }
  return found;
}

const minuteOf = (time: number): number => time - (time % MINUTE);

async function eventTimes(db: Kysely<Tables>, chunkId: number): Promise<number[]> {
  const packed = await db
    .selectFrom('log_chunks')
    .select(['codec', 'bytes'])
    .where('id', '=', chunkId)
    .executeTakeFirst();
  return packed ? unpackEvents(packed).map(({ at }) => at) : [];
}

async function matchedMinutes(db: Kysely<Tables>, filter: MetricFilter, minutes: readonly number[]): Promise<number[]> {
  const rows = await db
    .selectFrom('matches')
    .select('minute')
    .distinct()
    .where('filter_id', '=', filter.id)
    .where('minute', 'in', minutes)
    .execute();
  return rows.map(({ minute }) => minute);
}

/** Minutes in which the filter's metric has data of its unit already, from wherever. */
async function filledMinutes(
  db: Kysely<Tables>,
  { account, region, transformation }: FilterWithDefault,
  minutes: readonly number[],
): Promise<number[]> {
  const rows = await db
    .selectFrom('datapoints as point')
    .innerJoin('metrics as metric', 'metric.id', 'point.metric_id')
    .select('point.at')
    .where('metric.account', '=', account)
    .where('metric.region', '=', region)
    .where('metric.namespace', '=', transformation.metricNamespace)
    .where('metric.name', '=', transformation.metricName)
    .where('metric.dimensions', '=', '[]')
    .where('point.unit', '=', transformation.unit ?? 'None')
    .where('point.resolution', '=', 60)
    .where('point.at', 'in', minutes)
    .execute();
  return rows.map(({ at }) => at);
}
