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

/** Rolls up and removes datapoints by age. Resolves to whether there is more to do at once. */
export async function sweepDatapoints({ store, clock }: ChainContext): Promise<boolean> {
  let isMore = false;
  for (const step of STEPS) {
    const before = clock.now() - step.kept;
    // Looks before writing, so that an idle engine does not commit.
    const due = await store.read
      .selectFrom('datapoints')
      .select('at')
      .where('resolution', '=', step.resolution)
      .where('at', '<', before)
      .limit(1)
      .executeTakeFirst();
    if (due && (await store.write((tx) => sweep(tx, step, before)))) isMore = true;
  }
  return isMore;
}

async function sweep(tx: Tx, { resolution, next }: Step, before: number): Promise<boolean> {
  const rows = await tx.db
    .selectFrom('datapoints')
    .selectAll()
    .where('resolution', '=', resolution)
    .where('at', '<', before)
    .orderBy('at')
    .limit(ROWS_PER_SWEEP)
    .execute();
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
