import type { CallName } from './calls.ts';

/** When a call is made: by every audit, or only where an option asks for it. */
export type NeededFor = 'audit' | 'hindsight' | 'organization' | 'nothing';

export interface Permission {
  readonly neededFor: NeededFor;
  /** What the audit learns by it. */
  readonly why: string;
}

/** Every call that the audit can make. `sts:GetCallerIdentity` needs no permission. */
export const PERMISSIONS: Readonly<Record<CallName, Permission>> = {
  'account:ListRegions': { neededFor: 'audit', why: 'which regions are switched on' },
  'cloudtrail:DescribeTrails': { neededFor: 'audit', why: 'the trails and where they deliver' },
  'cloudtrail:GetEventSelectors': { neededFor: 'audit', why: 'which events a trail records' },
  'cloudtrail:GetTrailStatus': { neededFor: 'audit', why: 'whether a trail is on, and events arrive' },
  'cloudtrail:LookupEvents': { neededFor: 'hindsight', why: 'what root really did in the last 90 days' },
  'cloudwatch:DescribeAlarmHistory': { neededFor: 'hindsight', why: 'when the alarm really rang' },
  'cloudwatch:DescribeAlarms': { neededFor: 'audit', why: 'the alarms on the metrics of filters' },
  'cloudwatch:GetAlarmMuteRule': { neededFor: 'audit', why: 'when an alarm is silenced' },
  'cloudwatch:ListAlarmMuteRules': { neededFor: 'audit', why: 'whether an alarm is silenced' },
  'events:ListRules': { neededFor: 'audit', why: 'rules that may notify instead of an alarm' },
  'events:ListTargetsByRule': { neededFor: 'audit', why: 'whom such a rule notifies' },
  'kms:DescribeKey': { neededFor: 'audit', why: 'the key of an encrypted topic' },
  'kms:GetKeyPolicy': { neededFor: 'audit', why: 'whether CloudWatch may use that key' },
  'logs:DescribeLogGroups': { neededFor: 'audit', why: 'the class of the log group' },
  'logs:DescribeMetricFilters': { neededFor: 'audit', why: 'the filters and their patterns' },
  'logs:DescribeSubscriptionFilters': { neededFor: 'audit', why: 'whether events go on to a SIEM' },
  'logs:GetTransformer': { neededFor: 'audit', why: 'whether a filter sees changed events' },
  'logs:TestMetricFilter': { neededFor: 'audit', why: 'AWS itself says whether a pattern matches an event' },
  'organizations:DescribeOrganization': { neededFor: 'organization', why: 'which account manages the organization' },
  'organizations:ListAccounts': { neededFor: 'organization', why: 'the accounts of the organization' },
  'securityhub:DescribeHub': { neededFor: 'audit', why: 'whether Security Hub is on' },
  'sns:GetSubscriptionAttributes': { neededFor: 'audit', why: 'which messages a subscriber gets' },
  'sns:GetTopicAttributes': { neededFor: 'audit', why: 'whether the topic takes the message' },
  'sns:ListSubscriptionsByTopic': { neededFor: 'audit', why: 'whether a subscriber has confirmed' },
  'sts:AssumeRole': { neededFor: 'organization', why: 'to enter the accounts' },
  'sts:GetCallerIdentity': { neededFor: 'nothing', why: 'who asks' },
};
