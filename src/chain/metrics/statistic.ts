/** What is kept of the samples of one stretch of time: enough for every statistic. */
export interface StatisticSet {
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Sorted [value, count] pairs. Absent when minimum and maximum say it all, or when nobody told us. */
  readonly distribution?: readonly ValueCount[];
}

export type ValueCount = readonly [value: number, count: number];

export type PlainStatistic = 'SampleCount' | 'Average' | 'Sum' | 'Minimum' | 'Maximum';

export type Statistic =
  | { readonly kind: 'plain'; readonly name: PlainStatistic }
  | { readonly kind: 'percentile'; readonly name: string; readonly percent: number };

const PLAIN: ReadonlySet<string> = new Set(['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']);
const PERCENTILE = /^p(\d{1,2}(?:\.\d{1,10})?|100(?:\.0{1,10})?)$/;

/** The statistic that `text` names, such as `Sum` or `p99.9`; undefined for one that is not supported. */
export function parseStatistic(text: string): Statistic | undefined {
  if (PLAIN.has(text)) return { kind: 'plain', name: text as PlainStatistic };
  const percent = PERCENTILE.exec(text)?.[1];
  return percent === undefined ? undefined : { kind: 'percentile', name: text, percent: Number(percent) };
}

/** The set of `count` equal samples. */
export const setOf = (value: number, count = 1): StatisticSet => ({
  count,
  sum: value * count,
  minimum: value,
  maximum: value,
});

/** The set of samples given as values and how often each occurred. `pairs` must not be empty. */
export function setOfValues(pairs: readonly ValueCount[]): StatisticSet {
  const counts = new Map<number, number>();
  let count = 0;
  let sum = 0;
  for (const [value, times] of pairs) {
    counts.set(value, (counts.get(value) ?? 0) + times);
    count += times;
    sum += value * times;
  }
  const distribution = [...counts].sort(([a], [b]) => a - b);
  const set = { count, sum, minimum: distribution[0]![0], maximum: distribution.at(-1)![0] };
  return distribution.length === 1 ? set : { ...set, distribution };
}

/** Both sets together. The distribution survives only where both are known. */
export function mergeSets(a: StatisticSet, b: StatisticSet): StatisticSet {
  const merged = {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    minimum: Math.min(a.minimum, b.minimum),
    maximum: Math.max(a.maximum, b.maximum),
  };
  if (merged.minimum === merged.maximum) return merged;
  const left = distributionOf(a);
  const right = distributionOf(b);
  return left && right ? { ...merged, distribution: mergePairs(left, right) } : merged;
}

/** Every value and its count, or undefined when only the set itself is known. */
export function distributionOf(set: StatisticSet): readonly ValueCount[] | undefined {
  return set.distribution ?? (set.minimum === set.maximum ? [[set.minimum, set.count]] : undefined);
}

/**
 * The value of `statistic`, or undefined where the samples do not give it: AWS computes no percentile
 * of negative values, nor of a set whose single values it was never told.
 */
export function statisticOf(set: StatisticSet, statistic: Statistic): number | undefined {
  if (statistic.kind === 'percentile') return percentile(set, statistic.percent);
  switch (statistic.name) {
    case 'SampleCount':
      return set.count;
    case 'Sum':
      return set.sum;
    case 'Average':
      return set.count === 0 ? undefined : set.sum / set.count;
    case 'Minimum':
      return set.minimum;
    case 'Maximum':
      return set.maximum;
  }
}

/** The smallest value that `percent` of all samples do not exceed. */
function percentile(set: StatisticSet, percent: number): number | undefined {
  if (set.minimum < 0) return undefined;
  const pairs = distributionOf(set);
  if (!pairs) return undefined;
  // The rank is rounded first: 0.9 * 10 must be nine samples, not the ten that floating point makes of it.
  const rank = Math.ceil(Number(((percent * set.count) / 100).toPrecision(12)));
  let seen = 0;
  for (const [value, count] of pairs) {
    seen += count;
    if (seen >= rank) return value;
  }
  return set.maximum;
}

function mergePairs(a: readonly ValueCount[], b: readonly ValueCount[]): ValueCount[] {
  const merged: ValueCount[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const left = a[i];
    const right = b[j];
    if (!right || (left && left[0] < right[0])) {
      merged.push(left!);
      i += 1;
    } else if (!left || right[0] < left[0]) {
      merged.push(right);
      j += 1;
    } else {
      merged.push([left[0], left[1] + right[1]]);
      i += 1;
      j += 1;
    }
  }
  return merged;
}
