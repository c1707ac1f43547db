import type { Tx } from '../../store/writer.ts';
import { wakeAlarms } from '../alarms/wake-alarms.ts';
import type { ChainContext } from '../context.ts';
import type { MetricSample, RecordSamples } from '../logs/next-stages.ts';
import { addDatapoints, type Datapoint } from './datapoints.ts';
import { type MetricName, metricKey, touchMetric } from './metric.ts';
import { type StatisticSet, setOf } from './statistic.ts';

const MINUTE = 60_000;
const SECOND = 1_000;

/** Samples for one metric that someone put there. */
export interface PutDatum extends MetricName {
  readonly at: number;
  readonly unit: string;
  readonly samples: StatisticSet;
  /** Seconds: 1 or 60. */
  readonly resolution: number;
}

/** How the logs stage adds what metric filters count. */
export function createRecordSamples(context: ChainContext): RecordSamples {
  return async (tx, samples) => {
    const now = context.clock.now();
    const ids = await touchAll(tx, samples, 'filter', now);
    const points = samples.map((sample, i) => pointOf(sample, ids[i]!));
    await addDatapoints(tx, points);
    await wakeAlarms(tx, context, points);
    return ids;
  };
}

export type PutData = (tx: Tx, data: readonly PutDatum[]) => Promise<void>;

/** How PutMetricData adds what it is given. */
export function createPutData(context: ChainContext): PutData {
  return async (tx, data) => {
    const now = context.clock.now();
    const ids = await touchAll(tx, data, 'put', now);
    const points = data.map(({ at, unit, samples, resolution }, i): Datapoint => {
      const length = resolution === 1 ? SECOND : MINUTE;
      return { metricId: ids[i]!, at: at - (at % length), resolution: length / SECOND, unit, ...samples };
    });
    await addDatapoints(tx, points);
    await wakeAlarms(tx, context, points);
  };
}

const pointOf = ({ at, unit, value }: MetricSample, metricId: number): Datapoint => ({
  metricId,
  at: at - (at % MINUTE),
  resolution: 60,
  unit,
  ...setOf(value),
});

/** The id of each sample's metric, in order. */
async function touchAll(
  tx: Tx,
  samples: readonly MetricName[],
  source: 'put' | 'filter',
  now: number,
): Promise<number[]> {
  const known = new Map<string, number>();
  const ids: number[] = [];
  for (const sample of samples) {
    const key = metricKey(sample);
    const id = known.get(key) ?? (await touchMetric(tx, sample, source, now));
    known.set(key, id);
    ids.push(id);
  }
  return ids;
}
