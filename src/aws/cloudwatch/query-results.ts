import type { Kysely } from 'kysely';
import type { Scope } from '../../base/scope.ts';
import { compileMath, type MathProgram, resultSeries, runMath } from '../../chain/metrics/math/program.ts';
import type { TimeSeries } from '../../chain/metrics/math/time-series.ts';
import { isList, type Value } from '../../chain/metrics/math/value.ts';
import { readPeriods } from '../../chain/metrics/read-periods.ts';
import { roundedStart } from '../../chain/metrics/series.ts';
import { parseStatistic, statisticOf } from '../../chain/metrics/statistic.ts';
import type { Tables } from '../../store/tables.ts';
import { dimensionsOf } from './dimensions.ts';
import { labelsOf } from './metric-labels.ts';
import type { MetricDataInput, MetricDataQuery } from './metric-queries.ts';
import { validationError } from './refusals.ts';

/** One time series of an answer. */
export interface QueryResult {
  readonly label: string;
  /** By time. */
  readonly points: readonly (readonly [at: number, value: number])[];
  readonly status?: 'Forbidden';
  readonly messages?: readonly { readonly Code: string; readonly Value: string }[];
}

/** Beyond this many periods of all metrics together, expressions are refused. */
const MOST_PERIODS = 1_000_000;

/** Recorded on AWS. */
const FORBIDDEN = {
  status: 'Forbidden',
  messages: [
    {
      Code: 'Forbidden',
      Value:
        'Access denied when getting data - please check that this account and the requested metric account are linked',
    },
  ],
} as const;

/** The answers to the queries of one request; metrics are read when they are first wanted. */
export class QueryResults {
  readonly #db: Kysely<Tables>;
  readonly #scope: Scope;
  readonly #now: number;
  readonly #queries: readonly MetricDataQuery[];
  readonly #start: number;
  readonly #until: number;
  readonly #labels: ReadonlyMap<string, string>;
  readonly #program: MathProgram | undefined;
  #values: ReadonlyMap<string, Value> | undefined;

  /** @throws Refusal ValidationError for expressions that cannot be computed. */
  constructor(db: Kysely<Tables>, scope: Scope, input: MetricDataInput, now: number) {
    this.#db = db;
    this.#scope = scope;
    this.#now = now;
    this.#queries = input.MetricDataQueries;
    this.#start = input.StartTime.getTime();
    this.#until = input.EndTime.getTime();
    this.#labels = labelsOf(this.#queries);
    if (!this.#queries.some(({ Expression }) => Expression !== undefined)) return;
    this.#program = compileMath(this.#queries);
    const periods = this.#queries.map((query) => (this.#until - this.#start) / periodOf(query));
    if (periods.reduce((sum, count) => sum + count, 0) > MOST_PERIODS)
      throw validationError('The request is too large; ask for fewer metrics or a shorter time.');
  }

  async of(query: MetricDataQuery): Promise<readonly QueryResult[]> {
    const label = this.#labels.get(query.Id) ?? query.Id;
    if (query.Expression !== undefined) return this.#computed(query.Id, label);
    if (this.#isForeign(query)) return [{ label, points: [], ...FORBIDDEN }];
    const { points, units } = await this.#read(query);
    const several = { Code: 'MultipleUnits', Value: `Multiple units returned: '[${units.join(', ')}]'` };
    return [{ label, points: [...points], ...(units.length > 1 && { messages: [several] }) }];
  }

  async #computed(id: string, label: string): Promise<readonly QueryResult[]> {
    this.#values ??= await this.#compute();
    const value = this.#values.get(id);
    const all = resultSeries(id, value);
    // Of many series, each is called by the expression and its metric.
    const named = (series: TimeSeries) => [label, series.id && (this.#labels.get(series.id) ?? series.id)];
    return all.map((series) => ({
      label: value !== undefined && isList(value) ? named(series).filter(Boolean).join(' ') : label,
      points: [...series.points],
    }));
  }

  async #compute(): Promise<ReadonlyMap<string, Value>> {
    const program = this.#program ?? { metrics: [], expressions: [] };
    const metrics = new Map<string, TimeSeries>();
    for (const query of this.#queries) {
      if (query.Expression !== undefined) continue;
      const period = periodOf(query);
      const start = roundedStart(this.#start, period, this.#now);
      const { points } = this.#isForeign(query) ? { points: new Map<number, number>() } : await this.#read(query);
      metrics.set(query.Id, { start, period, points });
    }
    // What is made of no metric, such as TIME_SERIES(1), has the shortest period there is.
    const period = Math.min(...this.#queries.map(periodOf));
    return runMath(program, metrics, {
      start: roundedStart(this.#start, period, this.#now),
      until: this.#until,
      period,
    });
  }

  /** The values of a metric by time, of the first of its units, and which units there are. */
  async #read({ MetricStat: stat }: MetricDataQuery) {
    const { Metric } = stat ?? {};
    const metric = {
      scope: this.#scope,
      namespace: Metric?.Namespace ?? '',
      name: Metric?.MetricName ?? '',
      dimensions: dimensionsOf(Metric?.Dimensions),
    };
    const span = { start: this.#start, until: this.#until, period: (stat?.Period ?? 60) * 1_000 };
    const units = [...(await readPeriods(this.#db, metric, span, stat?.Unit, this.#now))].sort(([a], [b]) =>
      a < b ? -1 : 1,
    );
    const statistic = parseStatistic(stat?.Stat ?? '');
    const points = (units[0]?.[1] ?? []).flatMap(({ at, samples }) => {
      const value = statistic && statisticOf(samples, statistic);
      return value === undefined ? [] : [[at, value] as const];
    });
    return { points: new Map(points.sort(([a], [b]) => a - b)), units: units.map(([unit]) => unit) };
  }

  #isForeign({ AccountId }: MetricDataQuery): boolean {
    return AccountId !== undefined && AccountId !== this.#scope.account;
  }
}

/** Milliseconds; an expression may name a period of its own. */
const periodOf = ({ MetricStat: stat, Period }: MetricDataQuery): number => (stat?.Period ?? Period ?? 60) * 1_000;
