import { javaDouble } from '../../chain/alarms/java-text.ts';
import type { PutDatum } from '../../chain/metrics/record-samples.ts';
import { type StatisticSet, setOf, setOfValues, type ValueCount } from '../../chain/metrics/statistic.ts';
import type { CloudWatchDeps, CloudWatchOperation } from './deps.ts';
import { dimensionsOf } from './dimensions.ts';
import { invalidCombination, invalidValue, missingParameter, notImplemented } from './refusals.ts';

type Input = Parameters<CloudWatchOperation<'PutMetricData'>>[0];
type Datum = NonNullable<Input['MetricData']>[number];

const MOST_DATA = 1_000;
const MOST_VALUES = 150;
/** AWS documents values between -2^360 and 2^360. */
const LARGEST = 2 ** 360;
const HOUR = 3_600_000;
const OLDEST = 14 * 24 * HOUR;
const FURTHEST = 2 * HOUR;

export const putMetricData =
  ({ store, clock, putData }: CloudWatchDeps): CloudWatchOperation<'PutMetricData'> =>
  async (input, { scope }) => {
    if (input.EntityMetricData?.length) throw notImplemented('Trailbell keeps no entities (EntityMetricData).');
    const { Namespace: namespace, MetricData: given = [] } = input;
    if (given.length === 0) throw missingParameter('At least one MetricDatum object must be present in the request.');
    if (given.length > MOST_DATA)
      throw invalidValue(`The collection MetricData must not have a size greater than ${MOST_DATA}.`);
    if (namespace.startsWith('AWS/')) throw invalidValue('The value AWS/ for parameter Namespace is invalid.');
    const now = clock.now();
    const data = given.map((datum, i): PutDatum => {
      const path = `MetricData.member.${i + 1}`;
      return {
        scope,
        namespace,
        name: datum.MetricName,
        dimensions: dimensionsOf(datum.Dimensions),
        at: timeOf(datum, path, now),
        unit: datum.Unit ?? 'None',
        samples: samplesOf(datum, path),
        resolution: resolutionOf(datum, path),
      };
    });
    await store.write((tx) => putData(tx, data));
    return {};
  };

function timeOf({ Timestamp }: Datum, path: string, now: number): number {
  const at = Timestamp?.getTime() ?? now;
  if (!(at >= now - OLDEST))
    throw invalidValue(`The parameter ${path}.Timestamp must specify a time within the past two weeks.`);
  if (at > now + FURTHEST)
    throw invalidValue(`The parameter ${path}.Timestamp must specify a time no more than two hours in the future.`);
  return at;
}

function resolutionOf({ StorageResolution: resolution = 60 }: Datum, path: string): number {
  if (resolution !== 1 && resolution !== 60)
    throw invalidValue(`The parameter ${path}.StorageResolution must be a value in the set [ 1, 60 ].`);
  return resolution;
}

function samplesOf(datum: Datum, path: string): StatisticSet {
  const { Value, StatisticValues } = datum;
  const Values = datum.Values?.length ? datum.Values : undefined;
  if (datum.Counts?.length && !Values)
    throw invalidCombination('The parameter values must appears when the counts parameter is specified.');
  if (Value !== undefined) {
    const other = Values ? 'Values' : StatisticValues && 'StatisticValues';
    if (other)
      throw invalidCombination(
        `The parameters ${path}.Value and ${path}.${other} are mutually exclusive and you have specified both.`,
      );
    return setOf(checked(Value, `${path}.Value`));
  }
  const pairs = Values && pairsFrom(Values, datum.Counts, path);
  if (StatisticValues) return withValues(setFrom(StatisticValues, path), pairs ?? []);
  if (!pairs) throw invalidCombination('At least one of the parameters must be specified.');
  if (pairs.length === 0) throw invalid(0, `${path}.Counts.member.1`);
  return setOfValues(pairs);
}

/**
 * AWS takes a statistic set together with values, as its own agent sends them: the set tells sum, count
 * and extremes, the values how the samples are distributed between them.
 */
function withValues(set: StatisticSet, pairs: readonly ValueCount[]): StatisticSet {
  if (pairs.length === 0 || set.minimum === set.maximum) return set;
  const { count, distribution = pairs } = setOfValues(pairs);
  return { ...set, distribution: distribution.map(([value, times]) => [value, (times * set.count) / count]) };
}

function setFrom(set: NonNullable<Datum['StatisticValues']>, path: string): StatisticSet {
  const at = `${path}.StatisticValues`;
  const count = checked(set.SampleCount, `${at}.SampleCount`);
  const [minimum, maximum] = [checked(set.Minimum, `${at}.Minimum`), checked(set.Maximum, `${at}.Maximum`)];
  if (count <= 0) throw invalidValue(`The parameter ${at}.SampleCount must be greater than 0.`);
  if (minimum > maximum) throw invalidValue(`The parameter ${at}.Maximum must be greater than ${at}.Minimum.`);
  return { count, sum: checked(set.Sum, `${at}.Sum`), minimum, maximum };
}

/** The values that occurred, and how often. */
function pairsFrom(values: readonly number[], counts: readonly number[] | undefined, path: string): ValueCount[] {
  if (values.length > MOST_VALUES)
    throw invalidValue(`The collection ${path}.Values must not have a size greater than ${MOST_VALUES}.`);
  if (counts?.length && counts.length !== values.length)
    throw invalidValue(`The parameters ${path}.Values and ${path}.Counts must be of the same size.`);
  const pairs = values.map((value, i): ValueCount => {
    const times = counts?.length ? checked(counts[i] as number, `${path}.Counts.member.${i + 1}`) : 1;
    if (times < 0) throw invalidValue(`The parameter ${path}.Counts must contain only values greater than 0.`);
    return [checked(value, `${path}.Values.member.${i + 1}`), times];
  });
  return pairs.filter(([, times]) => times > 0);
}

function checked(value: number, path: string): number {
  if (!(Math.abs(value) <= LARGEST)) throw invalid(value, path);
  return value;
}

const invalid = (value: number, path: string) =>
  invalidValue(`The value ${javaDouble(value)} for parameter ${path} is invalid.`);
