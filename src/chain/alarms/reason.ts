import { isReal, type RealBucket, type Tally, tally } from './decision.ts';
import { Double, javaDouble, offsetTime, shortTime, writeJson } from './java-text.ts';
import type { AlarmRule, AlarmState, Operator } from './rule.ts';
import type { Bucket } from './window.ts';

export const INITIAL_REASON = 'Unchecked: Initial alarm creation';

export interface Explanation {
  readonly reason: string;
  /** JSON text. */
  readonly reasonData: string;
}

/** AWS's StateReason and StateReasonData for a change to `state`, decided by `range` (newest first) at `at`. */
export function explain(rule: AlarmRule, state: AlarmState, range: readonly Bucket[], at: number): Explanation {
  const counts = tally(rule, range);
  const needed = state === 'OK' ? rule.evaluationPeriods - rule.datapointsToAlarm + 1 : rule.datapointsToAlarm;
  const speaking = state === 'OK' ? counts.good : state === 'ALARM' ? counts.bad : [];
  const deciding = speaking.slice(0, needed);
  return {
    reason: reasonText(rule, state, counts, deciding, needed),
    reasonData: reasonData(rule, counts, deciding, needed, range, at),
  };
}

function reasonText(
  rule: AlarmRule,
  state: AlarmState,
  { used, missing }: Tally,
  deciding: readonly RealBucket[],
  needed: number,
): string {
  const periods = rule.evaluationPeriods;
  if (state === 'INSUFFICIENT_DATA')
    return `Insufficient Data: ${counted(periods, 'datapoint')} ${were(periods)} unknown.`;
  const treatment = treatmentOf(rule);
  if (deciding.length === 0) {
    const received =
      used.length === 0
        ? 'no datapoints were received'
        : `${counted(used.length, 'datapoint')} ${were(used.length)} received`;
    return `Threshold Crossed: ${received} for ${counted(periods, 'period')}${filled(missing, treatment)}.`;
  }
  const list = deciding.map((bucket) => `${javaDouble(bucket.value)} (${shortTime(bucket.start)})`).join(', ');
  const subject = rule.saysDatapointsToAlarm
    ? `${deciding.length} out of the last ${periods} datapoints`
    : counted(deciding.length, 'datapoint');
  const crossed = `${were(deciding.length)} ${state === 'OK' ? 'not ' : ''}${WORDS[rule.operator]}`;
  const gaps = treatment ? filled(missing, treatment) : '';
  const change = state === 'OK' ? 'ALARM -> OK' : 'OK -> ALARM';
  const least = rule.saysDatapointsToAlarm ? ` (minimum ${counted(needed, 'datapoint')} for ${change} transition)` : '';
  return `Threshold Crossed: ${subject} [${list}] ${crossed} the threshold (${javaDouble(rule.threshold)})${gaps}${least}.`;
}

function reasonData(
  rule: AlarmRule,
  { used }: Tally,
  deciding: readonly RealBucket[],
  needed: number,
  range: readonly Bucket[],
  at: number,
): string {
  const newest = used[0];
  const oldest = used.at(-1);
  const recent = newest && oldest ? range.slice(range.indexOf(newest), range.indexOf(oldest) + 1).reverse() : [];
  const gaps = range.filter((bucket) => !isReal(bucket)).slice(0, needed - deciding.length);
  const evaluated = [...deciding, ...gaps].sort((a, b) => b.start - a.start);
  return writeJson({
    version: '1.0',
    queryDate: offsetTime(at),
    startDate: oldest && offsetTime(oldest.start),
    unit: rule.unit,
    statistic: rule.statistic.name,
    period: rule.period / 1000,
    recentDatapoints: recent.map((bucket) => (isReal(bucket) ? new Double(bucket.value) : null)),
    threshold: new Double(rule.threshold),
    evaluatedDatapoints: evaluated.map((bucket) => ({
      timestamp: offsetTime(bucket.start),
      sampleCount: isReal(bucket) && rule.statistic.kind !== 'math' ? new Double(bucket.samples) : undefined,
      value: isReal(bucket) ? new Double(bucket.value) : undefined,
    })),
  });
}

const WORDS: Readonly<Record<Operator, string>> = {
  GreaterThanThreshold: 'greater than',
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

function treatmentOf(rule: AlarmRule): string | undefined {
  if (rule.missing === 'breaching') return 'Breaching';
  return rule.missing === 'notBreaching' ? 'NonBreaching' : undefined;
}

const filled = (missing: number, treatment: string | undefined): string =>
  missing > 0 ? ` and ${counted(missing, 'missing datapoint')} ${were(missing)} treated as [${treatment}]` : '';

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const were = (count: number): string => (count === 1 ? 'was' : 'were');
