import { leastPolicy, type PolicyDocument } from '../least-policy.ts';
import { OWN_PREFIX, OWN_TOPIC } from './own-names.ts';

/** The form of a statement that IAM takes beyond what an audit's has. */
export interface RepairStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface RepairPolicy {
  readonly Version: PolicyDocument['Version'];
  readonly Statement: readonly RepairStatement[];
}

const allow = (Sid: string, Resource: string, ...Action: string[]): RepairStatement => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
});

/** The least that `trailbell repair` needs: an audit's rights, and to make and set what bears our names. */
export function repairPolicy(roleName: string): RepairPolicy {
  const audit = leastPolicy({ hindsight: false, organization: false, roleName });
  return {
    Version: audit.Version,
    Statement: [
      ...audit.Statement,
      // Filters have no ARN of their own, and nobody knows yet which log group it will be.
      allow('TrailbellFilters', '*', 'logs:CreateLogGroup', 'logs:PutMetricFilter'),
      allow('TrailbellAlarms', `arn:aws:cloudwatch:*:*:alarm:${OWN_PREFIX}*`, 'cloudwatch:PutMetricAlarm'),
      // Done only for a rule that the user names.
      allow('TrailbellMuteRules', '*', 'cloudwatch:DeleteAlarmMuteRule'),
      allow('TrailbellTopic', `arn:aws:sns:*:*:${OWN_TOPIC}`, 'sns:CreateTopic', 'sns:SetTopicAttributes'),
      allow('TrailbellSubscribe', '*', 'sns:Subscribe', 'sns:SetSubscriptionAttributes'),
      allow(
        'TrailbellTrail',
        '*',
        'cloudtrail:CreateTrail',
        'cloudtrail:PutEventSelectors',
        'cloudtrail:StartLogging',
        'cloudtrail:UpdateTrail',
      ),
      {
        ...allow('TrailbellTrailRole', '*', 'iam:PassRole'),
        Condition: { StringEquals: { 'iam:PassedToService': 'cloudtrail.amazonaws.com' } },
      },
    ],
  };
}
