import type { Statistic } from '../metrics/statistic.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export type MissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

export type Operator =
  | 'GreaterThanOrEqualToThreshold'
  | 'GreaterThanThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold';

/** All that judging an alarm needs to know of it. */
export interface AlarmRule {
  readonly statistic: Statistic;
  /** Milliseconds. */
  readonly period: number;
  /** AWS's N. */
  readonly evaluationPeriods: number;
  /** AWS's M, and whether it was given: the reason is worded differently. */
  readonly datapointsToAlarm: number;
  readonly saysDatapointsToAlarm: boolean;
  readonly threshold: number;
  readonly operator: Operator;
  readonly missing: MissingData;
  /** `ignore` keeps the state while a percentile has too few samples. */
  readonly lowSamples: 'evaluate' | 'ignore';
  /** Only points of this unit are seen; without one, all are. */
  readonly unit?: string;
}

export function breaches(rule: AlarmRule, value: number): boolean {
  switch (rule.operator) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= rule.threshold;
    case 'GreaterThanThreshold':
      return value > rule.threshold;
    case 'LessThanThreshold':
      return value < rule.threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= rule.threshold;
  }
}
