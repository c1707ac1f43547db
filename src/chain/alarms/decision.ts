import { type AlarmRule, type AlarmState, breaches } from './rule.ts';
import type { Bucket } from './window.ts';

/** What a judgement says: a state, or that the present one stays. */
export type Verdict = AlarmState | 'keep';

/** A bucket with data. */
export type RealBucket = Bucket & { readonly value: number };

export interface Tally {
  /** The newest N buckets with data, newest first. Older data does not count. */
  readonly used: readonly RealBucket[];
  readonly bad: readonly RealBucket[];
  readonly good: readonly RealBucket[];
  /** How many of the N are not there. */
  readonly missing: number;
}

export const isReal = (bucket: Bucket): bucket is RealBucket => bucket.value !== undefined;

/** Sorts a range (newest first) into what speaks for and against ALARM. */
export function tally(rule: AlarmRule, range: readonly Bucket[]): Tally {
  const used = range.filter(isReal).slice(0, rule.evaluationPeriods);
  return {
    used,
    bad: used.filter((bucket) => breaches(rule, bucket.value)),
    good: used.filter((bucket) => !breaches(rule, bucket.value)),
    missing: rule.evaluationPeriods - used.length,
  };
}

/**
 * AWS's decision over a range, newest bucket first. It agrees with AWS's documented tables of
 * M out of N with missing data and with what was recorded on AWS.
 */
export function decide(rule: AlarmRule, range: readonly Bucket[]): Verdict {
  const { used, bad, good, missing } = tally(rule, range);
  const needed = rule.datapointsToAlarm;
  if (hasTooFewSamples(rule, used)) return 'keep';
  if (bad.length >= needed) return 'ALARM';
  if (rule.missing === 'notBreaching') return 'OK';
  if (rule.missing === 'breaching') return bad.length + missing >= needed ? 'ALARM' : 'OK';
  if (used.length === 0) return rule.missing === 'ignore' ? 'keep' : 'INSUFFICIENT_DATA';
  if (good.length > 0) return 'OK';
  if (rule.missing === 'ignore') return 'keep';
  // Bad points alone, fewer than M: AWS rings only once the oldest is so old that M newer ones had their chance.
  const oldest = bad.at(-1);
  const age = oldest ? range.indexOf(oldest) + 1 : 0;
  return age >= needed ? 'ALARM' : 'keep';
}

/** AWS documents 10/(1-p) samples for percentiles from p50 up, 10/p below. */
function hasTooFewSamples(rule: AlarmRule, used: readonly RealBucket[]): boolean {
  const { statistic } = rule;
  if (statistic.kind !== 'percentile' || rule.lowSamples !== 'ignore' || used.length === 0) return false;
  const share = statistic.percent >= 50 ? 100 - statistic.percent : statistic.percent;
  const samples = used.reduce((sum, bucket) => sum + bucket.samples, 0);
  // 1000/share is 10/(share/100), without the rounding of 1 - 0.9.
  return samples < 1000 / share;
}
