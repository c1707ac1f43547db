import { notComputed } from '../../chain/metrics/math/program.ts';
import { parseStatistic } from '../../chain/metrics/statistic.ts';
import type { CloudWatchOperation } from './deps.ts';
import { checkPeriod } from './get-metric-statistics.ts';
import { notImplemented, validationError } from './refusals.ts';

export type MetricDataInput = Parameters<CloudWatchOperation<'GetMetricData'>>[0];
export type MetricDataQuery = MetricDataInput['MetricDataQueries'][number];

const MOST_QUERIES = 500;

/** Checks what GetMetricData asks for, with AWS's messages. */
export function checkQueries(queries: readonly MetricDataQuery[]): void {
  if (queries.length > MOST_QUERIES)
    throw validationError(`The collection MetricDataQueries must not have a size greater than ${MOST_QUERIES}.`);
  queries.forEach((query, i) => {
    checkQuery(query, `MetricDataQueries.member.${i + 1}`);
  });
  const ids = new Set(queries.map(({ Id }) => Id));
  if (ids.size < queries.length)
    throw validationError('The values for parameter id in MetricDataQueries are not unique.');
}

function checkQuery({ Id, Expression, MetricStat: stat }: MetricDataQuery, path: string): void {
  if (!/^[a-z][a-zA-Z0-9_]*$/.test(Id))
    throw validationError(
      `The value for parameter ${path}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
    );
  if (Expression !== undefined && stat)
    throw validationError(
      `The parameters ${path}.Expression and ${path}.MetricStat are mutually exclusive and you have specified both.`,
    );
  if (Expression !== undefined) {
    const other = notComputed(Expression);
    if (other) throw notImplemented(`Trailbell does not compute ${other} (${path}.Expression).`);
    return;
  }
  if (!stat) throw validationError(`The parameter ${path}.MetricStat is required.`);
  checkPeriod(stat.Period, `${path}.MetricStat.Period`);
  if (!parseStatistic(stat.Stat))
    throw validationError(`The value for parameter ${path}.MetricStat.Stat is not a valid statistic.`);
}
