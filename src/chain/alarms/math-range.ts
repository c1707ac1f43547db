import { runMath } from '../metrics/math/program.ts';
import type { TimeSeries } from '../metrics/math/time-series.ts';
import { isSeries } from '../metrics/math/value.ts';
import { mergeSets, type StatisticSet, statisticOf } from '../metrics/statistic.ts';
import type { MathStatistic } from './rule.ts';

/** A stored datapoint of one of the metrics that an expression refers to. */
export interface InputPoint extends StatisticSet {
  readonly at: number;
  /** The Id of that metric in the expression. */
  readonly input?: string;
}

/**
 * What an alarm's expression gives for each period from `start` to `until`, by the period's start.
 * `points` are those of the span, sorted by time.
 */
export function mathValues(
  { program, result, inputs }: MathStatistic,
  points: readonly InputPoint[],
  span: { readonly start: number; readonly until: number; readonly period: number },
): ReadonlyMap<number, number> {
  const series = new Map<string, TimeSeries>();
  for (const [id, { statistic }] of inputs) {
    const sets = new Map<number, StatisticSet>();
    for (const point of points) {
      if (point.input !== id) continue;
      const at = point.at - ((point.at - span.start) % span.period);
      const present = sets.get(at);
      sets.set(at, present ? mergeSets(present, point) : point);
    }
    const values = [...sets].flatMap(([at, set]) => {
      const value = statisticOf(set, statistic);
      return value === undefined ? [] : [[at, value] as const];
    });
    series.set(id, { start: span.start, period: span.period, points: new Map(values) });
  }
  const value = runMath(program, series, span).get(result);
  return value !== undefined && isSeries(value) ? value.points : new Map();
}
