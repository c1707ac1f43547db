import { readPeriods } from '../../chain/metrics/read-periods.ts';
import type { Period } from '../../chain/metrics/series.ts';
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
    const span = spanOf(input);
    const dimensions = dimensionsOf(input.Dimensions);
    const metric = { scope, namespace: input.Namespace, name: input.MetricName, dimensions };
    const units = await readPeriods(store.read, metric, span, input.Unit, clock.now());
    return { Label: input.MetricName, Datapoints: shapesOf(units, statistics) };
  };

function shapesOf(units: ReadonlyMap<string, readonly Period[]>, statistics: readonly Statistic[]) {
  const shapes: Shape[] = [];
  for (const [unit, periods] of units)
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
  // The names of plain statistics are an enumeration, checked already.
  const plain = Statistics.flatMap((name) => parseStatistic(name) ?? []);
  const extended = ExtendedStatistics.map((name, i) => {
    const statistic = parseStatistic(name);
    if (statistic?.kind !== 'percentile')
      throw invalidValue(
        `The value ${name} for parameter ExtendedStatistics.member.${i + 1}.<list element> is not supported.`,
      );
    return statistic;
  });
  return [...plain, ...extended];
}

function spanOf(input: Input) {
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
  return { start, until, period };
}

/** @throws Refusal for a period that AWS does not know. */
export function checkPeriod(seconds: number, path: string): void {
  if (![1, 5, 10, 20, 30].includes(seconds) && (seconds < 60 || seconds % 60 !== 0))
    throw invalidValue(`The parameter ${path} must be 1, 5, 10, 20, 30 or a multiple of 60.`);
}
