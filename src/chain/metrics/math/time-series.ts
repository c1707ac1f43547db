/** Values by time, at most one a period. */
export interface TimeSeries {
  /** The first instant a value may have; the others follow every period. Milliseconds. */
  readonly start: number;
  /** Milliseconds. */
  readonly period: number;
  /** Sorted by time; periods without data are absent. */
  readonly points: ReadonlyMap<number, number>;
  /** The Id of the metric it came from, where it is one of many. */
  readonly id?: string;
}

/** The series of what `compute` makes of each point; what is no number is dropped, as AWS documents. */
export function mapSeries(series: TimeSeries, compute: (value: number, at: number) => number): TimeSeries {
  const points = new Map<number, number>();
  for (const [at, value] of series.points) set(points, at, compute(value, at));
  return { ...series, points };
}

/** Several series, point by point; `compute` sees undefined where a series has no value. */
export function combineSeries(
  all: readonly TimeSeries[],
  compute: (values: readonly (number | undefined)[]) => number,
): TimeSeries {
  const points = new Map<number, number>();
  for (const at of timesOf(all)) set(points, at, compute(all.map((series) => series.points.get(at))));
  const { start = 0, period = 0, id } = all[0] ?? {};
  const grid = { start: lowest(all, ({ start }) => start, start), period: lowest(all, ({ period }) => period, period) };
  return id === undefined ? { ...grid, points } : { ...grid, points, id };
}

/** A series with a value at every period in [series.start, until): its own, or else what `fill` gives. */
export function fillSeries(series: TimeSeries, until: number, fill: (at: number) => number | undefined): TimeSeries {
  const points = new Map<number, number>();
  for (let at = series.start; at < until; at += series.period) {
    const value = series.points.get(at) ?? fill(at);
    if (value !== undefined) set(points, at, value);
  }
  return { ...series, points };
}

/** What `compute` makes of each point and the one before it; the first point gives none. */
export function stepSeries(
  series: TimeSeries,
  compute: (value: number, before: number, seconds: number) => number,
): TimeSeries {
  let before: readonly [number, number] | undefined;
  return mapSeries(series, (value, at) => {
    const step = before ? compute(value, before[1], (at - before[0]) / 1_000) : Number.NaN;
    before = [at, value];
    return step;
  });
}

function set(points: Map<number, number>, at: number, value: number): void {
  if (Number.isFinite(value)) points.set(at, value);
}

function timesOf(all: readonly TimeSeries[]): readonly number[] {
  const times = new Set<number>();
  for (const { points } of all) for (const at of points.keys()) times.add(at);
  return [...times].sort((a, b) => a - b);
}

const lowest = (all: readonly TimeSeries[], of: (series: TimeSeries) => number, first: number): number =>
  all.reduce((least, series) => Math.min(least, of(series)), first);
