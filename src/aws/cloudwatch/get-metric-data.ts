import type { Kysely } from 'kysely';
import type { Scope } from '../../base/scope.ts';
import { readDatapoints } from '../../chain/metrics/datapoints.ts';
import { findMetric } from '../../chain/metrics/metric.ts';
import { periodsByUnit, roundedStart } from '../../chain/metrics/series.ts';
import { parseStatistic, type Statistic, statisticOf } from '../../chain/metrics/statistic.ts';
import type { Tables } from '../../store/tables.ts';
import type { CloudWatchDeps, CloudWatchOperation } from './deps.ts';
import { dimensionsOf } from './dimensions.ts';
import { checkPeriod } from './get-metric-statistics.ts';
import { readToken, writeToken } from './page-token.ts';
import { invalidValue, notImplemented, validationError } from './refusals.ts';

type Input = Parameters<CloudWatchOperation<'GetMetricData'>>[0];
type Query = Input['MetricDataQueries'][number];
type MetricStat = NonNullable<Query['MetricStat']>;

interface Series {
  readonly query: Query;
  /** In the order asked for. */
  readonly points: readonly { readonly at: number; readonly value: number }[];
  readonly manyUnits: boolean;
}

const MOST_QUERIES = 500;
const MOST_DATAPOINTS = 100_800;

export const getMetricData =
  ({ store, clock }: CloudWatchDeps): CloudWatchOperation<'GetMetricData'> =>
  async (input, { scope }) => {
    checkQueries(input);
    const [start, until] = [input.StartTime.getTime(), input.EndTime.getTime()];
    if (!(start < until)) throw validationError('The parameter StartTime must be less than the parameter EndTime.');
    const limit = Math.min(input.MaxDatapoints ?? MOST_DATAPOINTS, MOST_DATAPOINTS);
    if (limit < 1) throw invalidValue('The parameter MaxDatapoints must be greater than 0.');
    const [first, skipped] = readToken(input.NextToken, ['number', 'number']) ?? [0, 0];
    const page = new Page(limit, labels(input.MetricDataQueries));
    for (let i = first as number; i < input.MetricDataQueries.length; i += 1) {
      const query = input.MetricDataQueries[i]!;
      if (query.ReturnData === false) continue;
      const series = await read(store.read, scope, query, start, until, clock.now());
      if (input.ScanBy !== 'TimestampAscending') series.points.reverse();
      const next = page.add({ query, ...series }, i === first ? (skipped as number) : 0);
      if (next !== undefined) return { ...page.reply(), NextToken: writeToken([i, next]) };
    }
    return page.reply();
  };

/** Fills one page of results, query by query. */
class Page {
  readonly #results: object[] = [];
  readonly #labels: ReadonlyMap<string, string>;
  #left: number;

  constructor(limit: number, known: ReadonlyMap<string, string>) {
    this.#left = limit;
    this.#labels = known;
  }

  /** Adds a series from `skipped` on; returns where the next page starts in it when it did not fit. */
  add({ query, points, manyUnits }: Series, skipped: number): number | undefined {
    const part = points.slice(skipped, skipped + this.#left);
    const end = skipped + part.length;
    const isCut = end < points.length;
    this.#left -= part.length;
    this.#results.push({
      Id: query.Id,
      Label: this.#labels.get(query.Id),
      Timestamps: part.map(({ at }) => new Date(at)),
      Values: part.map(({ value }) => value),
      StatusCode: isCut ? 'PartialData' : 'Complete',
      ...(manyUnits && { Messages: [{ Code: 'MultipleUnits', Value: 'Multiple units returned for the metric.' }] }),
    });
    return isCut ? end : undefined;
  }

  reply() {
    return { MetricDataResults: this.#results, Messages: [] };
  }
}

function checkQueries({ MetricDataQueries: queries }: Input): void {
  if (queries.length > MOST_QUERIES)
    throw validationError(`The collection MetricDataQueries must not have a size greater than ${MOST_QUERIES}.`);
  const ids = new Set(queries.map(({ Id }) => Id));
  if (ids.size < queries.length)
    throw validationError('The values for parameter id in MetricDataQueries are not unique.');
  queries.forEach((query, i) => {
    const path = `MetricDataQueries.member.${i + 1}`;
    if (query.Expression) throw notImplemented(`Trailbell does not compute metric math (${path}.Expression).`);
    const stat = query.MetricStat;
    if (!stat) throw validationError(`The parameter ${path}.MetricStat is required.`);
    checkPeriod(stat.Period, `${path}.MetricStat.Period`);
    if (!parseStatistic(stat.Stat))
      throw validationError(`The value ${stat.Stat} for parameter ${path}.MetricStat.Stat is not supported.`);
  });
}

async function read(db: Kysely<Tables>, scope: Scope, query: Query, start: number, until: number, now: number) {
  const { Metric, Period: seconds, Stat, Unit } = query.MetricStat as MetricStat;
  const statistic = parseStatistic(Stat) as Statistic;
  const period = seconds * 1_000;
  const from = roundedStart(start, period, now);
  const id = await findMetric(db, {
    scope: { ...scope, account: query.AccountId ?? scope.account },
    namespace: Metric.Namespace ?? '',
    name: Metric.MetricName ?? '',
    dimensions: dimensionsOf(Metric.Dimensions, 'Dimensions'),
  });
  const stored = id === undefined ? [] : await readDatapoints(db, id, from, until, Unit);
  const units = [...periodsByUnit(stored, from, period)].sort(([a], [b]) => (a < b ? -1 : 1));
  const points = (units[0]?.[1] ?? []).flatMap(({ at, samples }) => {
    const value = statisticOf(samples, statistic);
    return value === undefined ? [] : [{ at, value }];
  });
  return { points: points.sort((a, b) => a.at - b.at), manyUnits: units.length > 1 };
}

/** The metric's name; with the statistic where several queries ask for the same metric. */
function labels(queries: readonly Query[]): ReadonlyMap<string, string> {
  const name = ({ MetricStat: stat }: Query): string => stat?.Metric.MetricName ?? '';
  const times = new Map<string, number>();
  for (const query of queries) times.set(name(query), (times.get(name(query)) ?? 0) + 1);
  return new Map(
    queries.map((query) => {
      const plain = name(query);
      const told = (times.get(plain) ?? 0) > 1 ? `${plain} ${query.MetricStat?.Stat}` : plain;
      return [query.Id, query.Label ?? told];
    }),
  );
}
