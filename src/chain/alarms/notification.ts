import { arnOf, type Scope } from '../../base/scope.ts';
import { type AlarmDefinition, secondsOf } from './definition.ts';
import { Double, type JsonValue, offsetTime, writeJson } from './java-text.ts';
import { triggerMetrics } from './math-documents.ts';
import { regionName } from './region-name.ts';
import type { AlarmState } from './rule.ts';

/** A change of state, as a notification tells it. */
export interface Ring {
  readonly scope: Scope;
  readonly definition: AlarmDefinition;
  readonly configuredAt: number;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  readonly changedAt: number;
  /** Whether it was held back by a mute window that is over now. */
  readonly afterMuteWindow?: boolean;
}

const WORDS: Readonly<Record<string, string>> = {
  SampleCount: 'SAMPLE_COUNT',
  Average: 'AVERAGE',
  Sum: 'SUM',
  Minimum: 'MINIMUM',
  Maximum: 'MAXIMUM',
};

/** AWS's own spelling of a plain statistic in documents: `SUM`; a percentile stays as it is. */
export const statisticWord = (name: string): string => (Object.hasOwn(WORDS, name) ? WORDS[name]! : name);

/**
 * The JSON that CloudWatch publishes, members in AWS's order and nothing left out. `trailbell` is our
 * one addition, last, where consumers that know AWS's shape never look.
 */
export function ringJson(ring: Ring, trailbell?: JsonValue): string {
  const { definition, scope } = ring;
  return writeJson({
    AlarmName: definition.AlarmName,
    AlarmDescription: definition.AlarmDescription ?? null,
    AWSAccountId: scope.account,
    AlarmConfigurationUpdatedTimestamp: offsetTime(ring.configuredAt),
    NewStateValue: ring.to,
    NewStateReason: ring.reason,
    StateChangeTime: offsetTime(ring.changedAt),
    Region: regionName(scope.region),
    AlarmArn: alarmArn(scope, definition.AlarmName),
    OldStateValue: ring.from,
    ActionExecutedAfterMuteWindow: ring.afterMuteWindow ?? false,
    OKActions: definition.OKActions ?? [],
    AlarmActions: definition.AlarmActions ?? [],
    InsufficientDataActions: definition.InsufficientDataActions ?? [],
    Trigger: triggerOf(definition),
    Trailbell: trailbell,
  });
}

function triggerOf(definition: AlarmDefinition): JsonValue {
  const rest = judgedBy(definition);
  if (definition.Metrics)
    return { Period: secondsOf(definition), ...rest, Metrics: triggerMetrics(definition.Metrics) };
  const extended = definition.ExtendedStatistic !== undefined;
  return {
    MetricName: definition.MetricName,
    Namespace: definition.Namespace,
    StatisticType: extended ? 'ExtendedStatistic' : 'Statistic',
    Statistic: definition.ExtendedStatistic ?? statisticWord(definition.Statistic ?? ''),
    Unit: definition.Unit ?? null,
    Dimensions: (definition.Dimensions ?? []).map(({ Name, Value }) => ({ value: Value, name: Name })),
    Period: definition.Period,
    ...rest,
  };
}

const judgedBy = (definition: AlarmDefinition) => ({
  EvaluationPeriods: definition.EvaluationPeriods,
  DatapointsToAlarm: definition.DatapointsToAlarm,
  ComparisonOperator: definition.ComparisonOperator,
  Threshold: new Double(definition.Threshold),
  TreatMissingData: definition.TreatMissingData ?? '',
  EvaluateLowSampleCountPercentile: definition.EvaluateLowSampleCountPercentile ?? '',
});

export const alarmArn = (scope: Scope, name: string): string => arnOf('cloudwatch', scope, `alarm:${name}`);

const LONGEST_SUBJECT = 100;
const LONGEST_SMS_NAME = 90;

/**
 * `ALARM: "name" in US East (N. Virginia)`, at most 100 characters of ASCII. Recorded on AWS: runs of
 * other characters become one `_`, then the name is cut and ends in `...`.
 */
export function ringSubject(state: AlarmState, name: string, region: string, prefix = ''): string {
  const frame = `${prefix}${state}: "" in ${regionName(region)}`;
  return framed(prefix, state, shortened(ascii(name), LONGEST_SUBJECT - frame.length), region);
}

/** The same for a text message, whose name may be longer. */
export const ringSms = (state: AlarmState, name: string, region: string, prefix = ''): string =>
  framed(prefix, state, shortened(ascii(name), LONGEST_SMS_NAME), region);

const framed = (prefix: string, state: AlarmState, name: string, region: string): string =>
  `${prefix}${state}: "${name}" in ${regionName(region)}`;

const ascii = (name: string): string => name.replace(/[^ -~]+/g, '_');

const shortened = (name: string, longest: number): string =>
  name.length <= longest ? name : `${name.slice(0, Math.max(0, longest - 3))}...`;
