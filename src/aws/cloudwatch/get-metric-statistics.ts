import { type Datapoint, readDatapoints } from '../../chain/metrics/datapoints.ts';
import { findMetric } from '../../chain/metrics/metric.ts';
import { periodsByUnit, roundedStart } from '../../chain/metrics/series.ts';
import { parseStatistic, type Statistic, type StatisticSet, statisticOf } from '../../chain/metrics/statistic.ts';
import type { CloudWatchDeps, CloudWatchOperation } from './deps.ts';
import { dimensionsOf } from './dimensions.ts';
import { invalidCombination, invalidValue, missingParameter } from './refusals.ts';

type Input = Parameters<CloudWatchOperation<'GetMetricStatistics'>>[0];
type Shape = NonNullable<Awaited<ReturnType<CloudWatchOperation<'GetMetricStatistics'>>>['Datapoints']>[number];

const MOST_DATAPOINTS = 1_440;

export const getMetricStatistics =
  ({ store, clock }: CloudWatchDeps): CloudWatchOperation<'GetMetricStatistics'> =>
  async (input, { scope }) => {
    const statistics = statisticsOf(input);
    const { from, until, period } = spanOf(input, clock.now());
    const dimensions = dimensionsOf(input.Dimensions, 'Dimensions');
    const id = await findMetric(store.read, { scope, namespace: input.Namespace, name: input.MetricName, dimensions });
    const points = id === undefined ? [] : await readDatapoints(store.read, id, from, until, input.Unit);
    return { Label: input.MetricName, Datapoints: shapesOf(points, from, period, statistics) };
  };

function shapesOf(points: readonly Datapoint[], from: number, period: number, statistics: readonly Statistic[]) {
  const shapes: Shape[] = [];
  for (const [unit, periods] of periodsByUnit(points, from, period))
    for (const { at, samples } of periods)
      shapes.push({
        Timestamp: new Date(at),
        Unit: unit as NonNullable<Shape['Unit']>,
        ...values(samples, statistics),
      });
  return shapes.sort((a, b) => Number(a.Timestamp) - Number(b.Timestamp) || (a.Unit! < b.Unit! ? -1 : 1));
}

function values(samples: StatisticSet, statistics: readonly Statistic[]): Shape {
  const plain: Record<string, number> = {};
  const extended: Record<string, number> = {};
  for (const statistic of statistics) {
    const value = statisticOf(samples, statistic);
    if (value !== undefined) (statistic.kind === 'plain' ? plain : extended)[statistic.name] = value;
  }
  return Object.keys(extended).length > 0 ? { ...plain, ExtendedStatistics: extended } : plain;
}

function statisticsOf({ Statistics = [], ExtendedStatistics = [] }: Input): Statistic[] {
  if (Statistics.length + ExtendedStatistics.length === 0)
    throw missingParameter('At least one of the parameters Statistics and ExtendedStatistics must be specified.');
  return [...Statistics, ...ExtendedStatistics].map((name) => {
    const statistic = parseStatistic(name);
    if (!statistic || (statistic.kind === 'plain') !== (Statistics as string[]).includes(name))
      throw invalidValue(`The value ${name} for parameter ExtendedStatistics.member.1 is not supported.`);
    return statistic;
  });
}

function spanOf(input: Input, now: number) {
  const [start, until] = [input.StartTime.getTime(), input.EndTime.getTime()];
  if (!(start < until)) throw invalidValue('The parameter StartTime must be less than the parameter EndTime.');
  const seconds = input.Period;
  checkPeriod(seconds, 'Period');
  const period = seconds * 1_000;
  const asked = Math.floor((until - start) / period);
  if (asked > MOST_DATAPOINTS)
    throw invalidCombination(
      `You have requested up to ${asked} datapoints, which exceeds the limit of ${MOST_DATAPOINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    );
  return { from: roundedStart(start, period, now), until, period };
}

/** @throws Refusal for a period that AWS does not know. */
export function checkPeriod(seconds: number, path: string): void {
  if (![1, 5, 10, 20, 30].includes(seconds) && (seconds < 60 || seconds % 60 !== 0))
    throw invalidValue(`The parameter ${path} must be 1, 5, 10, 20, 30 or a multiple of 60.`);
}
