import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import { type Datapoint, readDatapoints } from '../metrics/datapoints.ts';
import type { Alarm } from './alarm.ts';
import { ruleOf } from './definition.ts';
import type { Point } from './window.ts';

/** Where the points that an alarm judges come from. */
export interface PointSource {
  readonly metricIds: readonly number[];
  /** Only points of this unit; of all if absent. */
  readonly unit?: string | undefined;
  /** For metric math: the Ids under which an expression knows each metric, and the unit it wants. */
  readonly inputs?: ReadonlyMap<number, readonly { readonly id: string; readonly unit?: string | undefined }[]>;
}

export async function pointSourceOf(db: Kysely<Tables>, alarm: Alarm): Promise<PointSource> {
  const { statistic, unit } = ruleOf(alarm.definition);
  if (statistic.kind !== 'math') return { metricIds: [alarm.metricId], unit };
  const rows = await db.selectFrom('alarm_metrics').selectAll().where('alarm_id', '=', alarm.id).execute();
  const inputs = new Map<number, { id: string; unit?: string | undefined }[]>();
  for (const { query_id: id, metric_id } of rows)
    inputs.set(metric_id, [...(inputs.get(metric_id) ?? []), { id, unit: statistic.inputs.get(id)?.unit }]);
  return { metricIds: [...inputs.keys()], inputs };
}

/** The points of an alarm in [from, until), by time. */
export async function readPoints(
  db: Kysely<Tables>,
  source: PointSource,
  from: number,
  until: number,
): Promise<readonly Point[]> {
  return pointsOf(source, await readDatapoints(db, source.metricIds, from, until, source.unit));
}

/** Stored datapoints as the alarm sees them: for metric math, once for each Id of their metric. */
export const pointsOf = ({ inputs }: PointSource, stored: readonly Datapoint[]): readonly Point[] =>
  inputs
    ? stored.flatMap((point) =>
        (inputs.get(point.metricId) ?? [])
          .filter(({ unit }) => unit === undefined || unit === point.unit)
          .map(({ id }) => ({ ...point, input: id })),
      )
    : stored;
