import { describe, expect, it } from 'vitest';
import { Refusal } from '../../base/refusal.ts';
import { checkActions, defineAlarm, ruleOf } from './definition.ts';

const root = {
  AlarmName: 'root-used',
  Namespace: 'CISBenchmark',
  MetricName: 'RootUse',
  Statistic: 'Sum',
  Period: 300,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
};

function refusal(change: object) {
  try {
    defineAlarm({ ...root, ...change });
  } catch (error) {
    if (error instanceof Refusal) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('PutMetricAlarm', () => {
  it('keeps what was given and nothing else', () => {
    expect(defineAlarm({ ...root, Unit: undefined, Tags: [], Strange: 1 })).toEqual(root);
  });

  it.each<[object, string]>([
    [
      { Statistic: 'Sum', ExtendedStatistic: 'p90' },
      'ValidationError: PutMetricAlarm request can not be made with both Statistic and ExtendedStatistic parameters. Only one of them should be present',
    ],
    [{ Statistic: undefined }, 'ValidationError: PutMetricAlarm request should have a Statistic parameter'],
    [{ Period: undefined }, 'ValidationError: PutMetricAlarm request should have a Period parameter'],
    [
      { EvaluationPeriods: undefined },
      'ValidationError: PutMetricAlarm request should have an EvaluationPeriods parameter',
    ],
    [{ Period: 45 }, 'ValidationError: Period must be 10, 20, 30 or a multiple of 60'],
    [
      { Period: 600, EvaluationPeriods: 145 },
      'ValidationError: Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400) for alarms using period < 3600',
    ],
    [{ Period: 600, EvaluationPeriods: 144 }, 'accepted'],
    [
      { Period: 86400, EvaluationPeriods: 8 },
      'ValidationError: Metrics cannot be checked across more than a week (EvaluationPeriods * Period must be <= 604800) for alarms using period >= 3600',
    ],
    [
      { EvaluationPeriods: 2, DatapointsToAlarm: 3 },
      'ValidationError: DatapointsToAlarm must be less than or equal to EvaluationPeriods',
    ],
    [{ Threshold: undefined }, 'ValidationError: PutMetricAlarm request should have valid Threshold parameter'],
    [{ Threshold: Number.NaN }, 'ValidationError: PutMetricAlarm request should have valid Threshold parameter'],
    [
      { ComparisonOperator: 'Greater' },
      'ValidationError: PutMetricAlarm request should have a valid ComparisonOperator parameter',
    ],
    [
      { EvaluateLowSampleCountPercentile: 'ignore' },
      'ValidationError: Option evaluateLowSampleCountPercentile can not be applied with statistic Sum. This option is enabled only for percentile statistics.',
    ],
    [
      { Statistic: undefined, ExtendedStatistic: 'p101' },
      'InvalidParameterValueException: The value p101 for parameter ExtendedStatistic is not supported.',
    ],
    [{ Statistic: undefined, ExtendedStatistic: 'p90', EvaluateLowSampleCountPercentile: 'ignore' }, 'accepted'],
    [{ Metrics: [{}] }, 'ValidationError: MetricName should not be set if list of Metrics is set.'],
    [
      { ThresholdMetricId: 'ad1' },
      'NotImplemented: Trailbell does not judge alarms with anomaly detection bands (ThresholdMetricId).',
    ],
  ])('answers %o as AWS does', (change, answer) => {
    expect(refusal(change)).toBe(answer);
  });

  it('takes treatments of missing data in one spelling only', () => {
    expect(refusal({ TreatMissingData: 'notBreaching' })).toBe('accepted');
    expect(refusal({ TreatMissingData: 'NotBreaching' })).toContain("Value 'NotBreaching' at 'treatMissingData'");
  });

  it('refuses an action that is no ARN, or a topic of another region', () => {
    const check = (...OKActions: string[]) => checkActions({ OKActions }, { region: 'us-east-1' });
    expect(() => check('arn:aws:sns:us-east-1:111122223333:x', 'not-an-arn')).toThrow('Invalid arn syntax: not-an-arn');
    expect(() => check('arn:aws:automate:us-west-2:ec2:reboot')).not.toThrow();
    expect(() => check('arn:aws:sns:us-west-2:111122223333:x')).toThrow(
      'Invalid region us-west-2 specified. Only us-east-1 is supported.',
    );
  });

  it('needs all of N where M is not given', () => {
    expect(ruleOf(defineAlarm({ ...root, EvaluationPeriods: 3 }))).toMatchObject({
      datapointsToAlarm: 3,
      saysDatapointsToAlarm: false,
      period: 300_000,
      missing: 'missing',
    });
  });
});
