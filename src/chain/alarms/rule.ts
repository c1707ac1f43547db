import type { MathProgram } from '../metrics/math/program.ts';
import type { Statistic } from '../metrics/statistic.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export type MissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

export type Operator =
  | 'GreaterThanOrEqualToThreshold'
  | 'GreaterThanThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold';

/** One metric that an expression refers to. */
export interface MathInput {
  readonly statistic: Statistic;
  /** Only points of this unit are seen; without one, all are. */
  readonly unit?: string;
}

/** An alarm's value may also be that of an expression over several metrics. */
export interface MathStatistic {
  readonly kind: 'math';
  /** AWS names no statistic for it. */
  readonly name?: undefined;
  readonly program: MathProgram;
  /** The Id of the metric or expression that is watched. */
  readonly result: string;
  readonly inputs: ReadonlyMap<string, MathInput>;
}

/** All that judging an alarm needs to know of it. */
export interface AlarmRule {
  readonly statistic: Statistic | MathStatistic;
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
