import { Refusal } from '../../base/refusal.ts';
import { compileMath, notComputed, resultSeries, runMath } from '../metrics/math/program.ts';
import { parseStatistic } from '../metrics/statistic.ts';
import type { MathInput, MathStatistic } from './rule.ts';

/** One entry of PutMetricAlarm's Metrics, in AWS's spelling: a metric, or an expression. */
export interface MetricQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly Label?: string;
  readonly MetricStat?: MetricStat;
  /** Seconds, of an expression. */
  readonly Period?: number;
  readonly ReturnData?: boolean;
  readonly AccountId?: string;
}

export interface MetricStat {
  readonly Metric: {
    readonly Namespace?: string;
    readonly MetricName?: string;
    readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  };
  readonly Period: number;
  readonly Stat: string;
  readonly Unit?: string;
}

/** AWS documents that many of each kind. */
const MOST = 10;

/**
 * What AWS checks of the metrics and expressions of an alarm; gives their period in seconds.
 * @throws Refusal ValidationError, InvalidParameterValueException or NotImplemented (501).
 */
export function checkMetrics(queries: readonly MetricQuery[]): number {
  queries.forEach((query, i) => {
    checkQuery(query, `Metrics.member.${i + 1}`);
  });
  if (new Set(queries.map(({ Id }) => Id)).size < queries.length)
    throw invalid('The values for parameter id in Metrics are not unique.');
  const expressions = queries.filter(({ Expression }) => Expression !== undefined);
  if (expressions.length > MOST || queries.length - expressions.length > MOST)
    throw invalid(`The Metrics list takes at most ${MOST} metrics and ${MOST} expressions.`);
  if (queries.filter(isWatched).length !== 1)
    throw invalid('Exactly one element of the metrics list should return data.');
  const { program, result } = mathOf(queries);
  const nothing = { start: 0, period: 60_000, points: new Map() };
  const values = runMath(program, new Map(program.metrics.map((id) => [id, nothing])), SPAN_OF_NOTHING);
  // Recorded on AWS for an expression that gives many.
  if (resultSeries(result, values.get(result)).length !== 1 || Array.isArray(values.get(result)))
    throw invalid(
      'Metrics expression that return multi time series are only allowed for MetricsInsights expression with an ORDER BY clause',
    );
  return periodOf(queries);
}

const SPAN_OF_NOTHING = { start: 0, until: 0, period: 60_000 };

/** Checked metrics and expressions, ready to be computed. */
export function mathOf(queries: readonly MetricQuery[]): MathStatistic {
  const inputs = new Map<string, MathInput>();
  for (const { Id, MetricStat: stat } of queries) {
    const statistic = stat && parseStatistic(stat.Stat);
    if (statistic) inputs.set(Id, stat.Unit === undefined ? { statistic } : { statistic, unit: stat.Unit });
  }
  return { kind: 'math', program: compileMath(queries), result: queries.find(isWatched)?.Id ?? '', inputs };
}

/** The one period of all metrics and expressions. Seconds. */
export function periodOf(queries: readonly MetricQuery[]): number {
  const periods = queries.flatMap(({ MetricStat: stat, Period }) => stat?.Period ?? Period ?? []);
  const [period] = periods;
  if (period === undefined) throw invalid('One element of the metrics list should have a Period.');
  if (periods.some((other) => other !== period))
    throw invalid('All elements of the metrics list should have the same Period.');
  return period;
}

const isWatched = ({ ReturnData }: MetricQuery): boolean => ReturnData !== false;

function checkQuery(query: MetricQuery, path: string): void {
  if (!/^[a-z][A-Za-z0-9_]*$/.test(query.Id))
    throw invalid(`The value ${query.Id} for parameter ${path}.Id is invalid.`);
  if ((query.Expression === undefined) === (query.MetricStat === undefined))
    throw invalid(`Exactly one of ${path}.Expression and ${path}.MetricStat must be specified.`);
  if (query.Expression !== undefined) checkExpression(query.Expression, path);
  if (query.MetricStat) checkStat(query.MetricStat, path);
}

function checkExpression(expression: string, path: string): void {
  const other = notComputed(expression);
  if (other === 'SEARCH') throw invalid('SEARCH is not supported on Metric Alarms.');
  if (other !== undefined)
    throw new Refusal('NotImplemented', `Trailbell does not compute ${other} (${path}.Expression).`, { status: 501 });
}

function checkStat({ Metric, Stat }: MetricStat, path: string): void {
  for (const member of ['Namespace', 'MetricName'] as const)
    if (!Metric[member]) throw invalid(`The parameter ${path}.MetricStat.Metric.${member} is required.`);
  if (!parseStatistic(Stat))
    throw new Refusal(
      'InvalidParameterValueException',
      `The value ${Stat} for parameter ${path}.MetricStat.Stat is not supported.`,
    );
}

const invalid = (message: string): Refusal => new Refusal('ValidationError', message);
