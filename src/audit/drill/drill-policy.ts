import { leastPolicy } from '../least-policy.ts';
import type { RepairPolicy, RepairStatement } from '../repair/repair-policy.ts';
import { MARK } from './drill-context.ts';
import type { DrillLevel } from './drill-step.ts';

const allow = (Sid: string, Resource: string, ...Action: string[]): RepairStatement => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
});

/** What each level needs beyond reading; `sts:GetCallerIdentity` needs no permission. */
const BY_LEVEL: Readonly<Record<DrillLevel, readonly RepairStatement[]>> = {
  read: [],
  live: [],
  metric: [
    // A datum has no ARN; a Condition on cloudwatch:namespace narrows it further.
    allow('TrailbellDrillMetric', '*', 'cloudwatch:GetMetricStatistics', 'cloudwatch:PutMetricData'),
  ],
  alarm: [allow('TrailbellDrillAlarm', 'arn:aws:cloudwatch:*:*:alarm:*', 'cloudwatch:SetAlarmState')],
  inject: [
    // A stream that is yet to be made has no ARN: this is asked of its log group.
    allow('TrailbellDrillNewStream', 'arn:aws:logs:*:*:log-group:*', 'logs:CreateLogStream'),
    allow(
      'TrailbellDrillStream',
      `arn:aws:logs:*:*:log-group:*:log-stream:${MARK}-*`,
      ...['logs:DeleteLogStream', 'logs:PutLogEvents'],
    ),
  ],
};

/** The least that `trailbell drill --aws` needs: an audit's rights, what it follows by, and what the levels put in. */
export function drillPolicy(roleName: string, levels: readonly DrillLevel[], markRole?: string): RepairPolicy {
  const audit = leastPolicy({ hindsight: false, organization: false, roleName });
  const listens = levels.some((level) => level !== 'read');
  const follows = listens
    ? [allow('TrailbellDrillHistory', '*', 'cloudwatch:DescribeAlarmHistory', ...metricOf(levels))]
    : [];
  const queue = listens
    ? [
        allow(
          'TrailbellDrillQueue',
          `arn:aws:sqs:*:*:${MARK}-*`,
          ...['sqs:CreateQueue', 'sqs:DeleteQueue', 'sqs:ReceiveMessage'],
        ),
        allow('TrailbellDrillSubscription', '*', 'sns:Subscribe', 'sns:Unsubscribe'),
      ]
    : [];
  return {
    Version: audit.Version,
    Statement: [
      ...audit.Statement,
      allow('TrailbellDrillLogs', '*', 'logs:FilterLogEvents'),
      ...(markRole === undefined ? [] : [allow('TrailbellDrillMark', markRole, 'sts:AssumeRole')]),
      ...follows,
      ...queue,
      ...levels.flatMap((level) => BY_LEVEL[level]),
    ],
  };
}

/** What was counted is asked where nothing rang for an event. */
const metricOf = (levels: readonly DrillLevel[]): string[] =>
  levels.some((level) => level === 'inject' || level === 'live') && !levels.includes('metric')
    ? ['cloudwatch:GetMetricStatistics']
    : [];
