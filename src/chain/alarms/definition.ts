import { Refusal } from '../../base/refusal.ts';
import { parseArn, type Scope } from '../../base/scope.ts';
import { parseStatistic, type Statistic } from '../metrics/statistic.ts';
import { checkAlarmName } from './alarm-name.ts';
import { checkMetrics, type MetricQuery, mathOf, periodOf } from './math-definition.ts';
import type { AlarmRule, MissingData, Operator } from './rule.ts';

/** A metric alarm's parameters as they were given, in AWS's spelling. What was not given is absent. */
export interface AlarmDefinition {
  readonly AlarmName: string;
  readonly AlarmDescription?: string;
  readonly OKActions?: readonly string[];
  readonly AlarmActions?: readonly string[];
  readonly InsufficientDataActions?: readonly string[];
  /** With Namespace and Period: absent from an alarm on metric math. */
  readonly MetricName?: string;
  readonly Namespace?: string;
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  /** Seconds. */
  readonly Period?: number;
  readonly Unit?: string;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold: number;
  readonly ComparisonOperator: Operator;
  readonly TreatMissingData?: MissingData;
  readonly EvaluateLowSampleCountPercentile?: 'evaluate' | 'ignore';
  /** The metrics and expressions of an alarm on metric math. */
  readonly Metrics?: readonly MetricQuery[];
}

/** PutMetricAlarm's input, as far as types and single members have been checked already. */
export type AlarmParameters = { readonly [K in keyof AlarmDefinition]?: unknown } & Readonly<Record<string, unknown>>;

const KEPT = [
  'AlarmName',
  'AlarmDescription',
  'OKActions',
  'AlarmActions',
  'InsufficientDataActions',
  'MetricName',
  'Namespace',
  'Statistic',
  'ExtendedStatistic',
  'Dimensions',
  'Period',
  'Unit',
  'EvaluationPeriods',
  'DatapointsToAlarm',
  'Threshold',
  'ComparisonOperator',
  'TreatMissingData',
  'EvaluateLowSampleCountPercentile',
  'Metrics',
] as const satisfies readonly (keyof AlarmDefinition)[];

/** Known to the SDK and not honoured here: refused by name, because ignoring them would judge differently. */
const NOT_HONOURED: Readonly<Record<string, string>> = {
  ThresholdMetricId: 'anomaly detection bands',
  EvaluationCriteria: 'PromQL criteria',
  EvaluationInterval: 'PromQL criteria',
  EvaluationWindow: 'explicit evaluation windows',
  WarmUpConfiguration: 'warm-up',
  ActionConfiguration: 'action configuration',
};

const OPERATORS: readonly string[] = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
];
const TREATMENTS: readonly string[] = ['breaching', 'notBreaching', 'ignore', 'missing'];
const DAY = 86_400;
const WEEK = 7 * DAY;

/**
 * What PutMetricAlarm checks beyond its model, with AWS's messages.
 * @throws Refusal ValidationError, InvalidParameterValueException or NotImplemented (501).
 */
export function defineAlarm(input: AlarmParameters): AlarmDefinition {
  checkAlarmName(input.AlarmName);
  refuseOtherKinds(input);
  const metrics = isEmpty(input.Metrics) ? undefined : (input.Metrics as readonly MetricQuery[]);
  const statistic = metrics ? undefined : checkStatistic(input);
  checkTime(input, metrics ? checkMetrics(metrics) : (input.Period as number | undefined));
  if (!Number.isFinite(input.Threshold)) throw invalid('PutMetricAlarm request should have valid Threshold parameter');
  if (!OPERATORS.includes(input.ComparisonOperator as string))
    throw invalid('PutMetricAlarm request should have a valid ComparisonOperator parameter');
  checkTreatment(input.TreatMissingData);
  checkLowSamples(input.EvaluateLowSampleCountPercentile, statistic);
  const kept = KEPT.filter((key) => input[key] !== undefined && input[key] !== null).map((key) => [key, input[key]]);
  return Object.fromEntries(kept) as unknown as AlarmDefinition;
}

/**
 * @throws Refusal InvalidParameterValueException for an action that is no ARN, ValidationError for a topic of another region
 * than the alarm's: AWS reaches none
 */
export function checkActions(input: AlarmParameters, { region }: Pick<Scope, 'region'>): void {
  for (const list of [input.OKActions, input.AlarmActions, input.InsufficientDataActions]) {
    for (const action of (list as readonly string[] | undefined) ?? []) checkAction(action, region);
  }
}

function checkAction(action: string, region: string): void {
  const arn = parseArn(action);
  if (!arn) throw new Refusal('InvalidParameterValueException', `Invalid arn syntax: ${action}`);
  if (arn.service === 'sns' && arn.region !== region)
    throw invalid(`Invalid region ${arn.region} specified. Only ${region} is supported.`);
}

export function ruleOf(definition: AlarmDefinition): AlarmRule {
  const statistic = definition.Metrics
    ? mathOf(definition.Metrics)
    : parseStatistic(definition.ExtendedStatistic ?? definition.Statistic ?? '');
  if (!statistic) throw new Error(`Alarm ${definition.AlarmName} has no statistic`);
  const rule = {
    statistic,
    period: secondsOf(definition) * 1000,
    evaluationPeriods: definition.EvaluationPeriods,
    datapointsToAlarm: definition.DatapointsToAlarm ?? definition.EvaluationPeriods,
    saysDatapointsToAlarm: definition.DatapointsToAlarm !== undefined,
    threshold: definition.Threshold,
    operator: definition.ComparisonOperator,
    missing: definition.TreatMissingData ?? 'missing',
    lowSamples: definition.EvaluateLowSampleCountPercentile ?? 'evaluate',
  };
  return definition.Unit === undefined ? rule : { ...rule, unit: definition.Unit };
}

/** The length of a period, which metric math has with its metrics. */
export const secondsOf = ({ Period, Metrics }: AlarmDefinition): number => Period ?? periodOf(Metrics ?? []);

function refuseOtherKinds(input: AlarmParameters): void {
  const metrics = input.Metrics as readonly unknown[] | undefined;
  if (metrics && metrics.length > 0) {
    for (const member of ['MetricName', 'Namespace', 'Dimensions', 'Period', 'Statistic', 'ExtendedStatistic', 'Unit'])
      if (!isEmpty(input[member])) throw invalid(`${member} should not be set if list of Metrics is set.`);
  }
  for (const [member, what] of Object.entries(NOT_HONOURED)) {
    if (isEmpty(input[member])) continue;
    throw new Refusal('NotImplemented', `Trailbell does not judge alarms with ${what} (${member}).`, { status: 501 });
  }
  if (/UpperThreshold|LowerThreshold/.test(String(input.ComparisonOperator ?? '')))
    throw invalid('ComparisonOperators for ranges require ThresholdMetricId to be set');
}

function checkStatistic(input: AlarmParameters): Statistic {
  for (const member of ['MetricName', 'Namespace'])
    if (isEmpty(input[member])) throw invalid(`PutMetricAlarm request should have a ${member} parameter`);
  if (!isEmpty(input.Statistic) && !isEmpty(input.ExtendedStatistic))
    throw invalid(
      'PutMetricAlarm request can not be made with both Statistic and ExtendedStatistic parameters. Only one of them should be present',
    );
  const name = (input.Statistic ?? input.ExtendedStatistic) as string | undefined;
  if (isEmpty(name)) throw invalid('PutMetricAlarm request should have a Statistic parameter');
  const statistic = parseStatistic(name ?? '');
  // ExtendedStatistic takes no plain statistic.
  if (statistic && (statistic.kind === 'plain') === (input.Statistic !== undefined && input.Statistic !== null))
    return statistic;
  throw new Refusal(
    'InvalidParameterValueException',
    `The value ${name} for parameter ExtendedStatistic is not supported.`,
  );
}

function checkTime(input: AlarmParameters, period: number | undefined): void {
  const periods = input.EvaluationPeriods as number | undefined;
  if (!period) throw invalid('PutMetricAlarm request should have a Period parameter');
  if (!periods) throw invalid('PutMetricAlarm request should have an EvaluationPeriods parameter');
  if (period !== 10 && period !== 20 && period !== 30 && period % 60 !== 0)
    throw invalid('Period must be 10, 20, 30 or a multiple of 60');
  if (period < 3_600 && period * periods > DAY)
    throw invalid(
      'Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400) for alarms using period < 3600',
    );
  if (period * periods > WEEK)
    throw invalid(
      'Metrics cannot be checked across more than a week (EvaluationPeriods * Period must be <= 604800) for alarms using period >= 3600',
    );
  const needed = input.DatapointsToAlarm as number | undefined;
  if (needed && needed > periods) throw invalid('DatapointsToAlarm must be less than or equal to EvaluationPeriods');
}

function checkTreatment(value: unknown): void {
  if (value === undefined || value === null || TREATMENTS.includes(value as string)) return;
  throw invalid(
    `1 validation error detected: Value '${value}' at 'treatMissingData' failed to satisfy constraint: Member must satisfy enum value set: [${TREATMENTS.join(', ')}]`,
  );
}

function checkLowSamples(value: unknown, statistic: Statistic | undefined): void {
  if (isEmpty(value)) return;
  if (statistic?.kind !== 'percentile')
    throw invalid(
      `Option evaluateLowSampleCountPercentile can not be applied with ${statistic ? `statistic ${statistic.name}` : 'metric math'}. This option is enabled only for percentile statistics.`,
    );
  if (value !== 'evaluate' && value !== 'ignore')
    throw invalid('Supported options for evaluateLowSampleCountPercentile are evaluate and ignore');
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

const invalid = (message: string): Refusal => new Refusal('ValidationError', message);
