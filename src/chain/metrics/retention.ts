import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import type { ChainContext } from '../context.ts';
import { addDatapoints, pointOf } from './datapoints.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Step {
  /** Seconds that the points cover now, how long they are kept so, and what they become. */
  readonly resolution: number;
  readonly kept: number;
  readonly next: number | undefined;
}

/** AWS documents these times: points grow coarser with age and end after 15 months. */
const STEPS: readonly Step[] = [
  { resolution: 1, kept: 3 * HOUR, next: 60 },
  { resolution: 60, kept: 15 * DAY, next: 300 },
  { resolution: 300, kept: 63 * DAY, next: 3_600 },
  { resolution: 3_600, kept: 455 * DAY, next: undefined },
];

/** Bounds how long one transaction holds up others. */
const ROWS_PER_SWEEP = 500;

/**
 * Rolls up and removes datapoints by age. Resolves to whether there is more to do at once. Those of a
 * metric whose imported history is still to be judged stay as they are until then.
 */
export async function sweepDatapoints({ store, clock }: ChainContext): Promise<boolean> {
  let isMore = false;
  for (const step of STEPS) {
    const before = clock.now() - step.kept;
    // Looks before writing, so that an idle engine does not commit.
    const [due] = await dueRows(store.read, step, before, 1);
    if (due && (await store.write((tx) => sweep(tx, step, before)))) isMore = true;
  }
  return isMore;
}

function dueRows(db: Kysely<Tables>, { resolution }: Step, before: number, limit: number) {
  return db
    .selectFrom('datapoints')
    .selectAll()
    .where('resolution', '=', resolution)
    .where('at', '<', before)
    .where(({ eb, selectFrom }) => eb('metric_id', 'not in', selectFrom('history_runs').select('metric_id')))
    .orderBy('at')
    .limit(limit)
    .execute();
}

async function sweep(tx: Tx, step: Step, before: number): Promise<boolean> {
  const { resolution, next } = step;
  const rows = await dueRows(tx.db, step, before, ROWS_PER_SWEEP);
  const points = rows.map(pointOf);
  if (next !== undefined) {
    const length = next * SECOND;
    await addDatapoints(
      tx,
      points.map((point) => ({ ...point, at: point.at - (point.at % length), resolution: next })),
    );
  }
  for (const { metricId, at, unit } of points)
    await tx.db
      .deleteFrom('datapoints')
      .where('metric_id', '=', metricId)
      .where('at', '=', at)
      .where('resolution', '=', resolution)
      .where('unit', '=', unit)
      .execute();
  return rows.length === ROWS_PER_SWEEP;
}
