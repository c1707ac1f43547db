import type { ListRegionsCommandInput, ListRegionsCommandOutput } from '@aws-sdk/client-account';
import type {
  DescribeTrailsCommandInput,
  DescribeTrailsCommandOutput,
  GetEventSelectorsCommandInput,
  GetEventSelectorsCommandOutput,
  GetTrailStatusCommandInput,
  GetTrailStatusCommandOutput,
  LookupEventsCommandInput,
  LookupEventsCommandOutput,
} from '@aws-sdk/client-cloudtrail';
import type {
  DescribeAlarmHistoryCommandInput,
  DescribeAlarmHistoryCommandOutput,
  DescribeAlarmsCommandInput,
  DescribeAlarmsCommandOutput,
  GetAlarmMuteRuleCommandInput,
  GetAlarmMuteRuleCommandOutput,
  ListAlarmMuteRulesCommandInput,
  ListAlarmMuteRulesCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import type {
  DescribeLogGroupsCommandInput,
  DescribeLogGroupsCommandOutput,
  DescribeMetricFiltersCommandInput,
  DescribeMetricFiltersCommandOutput,
  DescribeSubscriptionFiltersCommandInput,
  DescribeSubscriptionFiltersCommandOutput,
  GetTransformerCommandInput,
  GetTransformerCommandOutput,
  TestMetricFilterCommandInput,
  TestMetricFilterCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type {
  ListRulesCommandInput,
  ListRulesCommandOutput,
  ListTargetsByRuleCommandInput,
  ListTargetsByRuleCommandOutput,
} from '@aws-sdk/client-eventbridge';
import type {
  DescribeKeyCommandInput,
  DescribeKeyCommandOutput,
  GetKeyPolicyCommandInput,
  GetKeyPolicyCommandOutput,
} from '@aws-sdk/client-kms';
import type {
  DescribeOrganizationCommandInput,
  DescribeOrganizationCommandOutput,
  ListAccountsCommandInput,
  ListAccountsCommandOutput,
} from '@aws-sdk/client-organizations';
import type { DescribeHubCommandInput, DescribeHubCommandOutput } from '@aws-sdk/client-securityhub';
import type {
  GetSubscriptionAttributesCommandInput,
  GetSubscriptionAttributesCommandOutput,
  GetTopicAttributesCommandInput,
  GetTopicAttributesCommandOutput,
  ListSubscriptionsByTopicCommandInput,
  ListSubscriptionsByTopicCommandOutput,
} from '@aws-sdk/client-sns';
import type {
  AssumeRoleCommandInput,
  AssumeRoleCommandOutput,
  GetCallerIdentityCommandInput,
  GetCallerIdentityCommandOutput,
} from '@aws-sdk/client-sts';

/** Every AWS call that the audit may make, under its permission's name, with what goes in and comes out. */
export interface Calls {
  'account:ListRegions': [ListRegionsCommandInput, ListRegionsCommandOutput];
  'cloudtrail:DescribeTrails': [DescribeTrailsCommandInput, DescribeTrailsCommandOutput];
  'cloudtrail:GetEventSelectors': [GetEventSelectorsCommandInput, GetEventSelectorsCommandOutput];
  'cloudtrail:GetTrailStatus': [GetTrailStatusCommandInput, GetTrailStatusCommandOutput];
  'cloudtrail:LookupEvents': [LookupEventsCommandInput, LookupEventsCommandOutput];
  'cloudwatch:DescribeAlarmHistory': [DescribeAlarmHistoryCommandInput, DescribeAlarmHistoryCommandOutput];
  'cloudwatch:DescribeAlarms': [DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput];
  'cloudwatch:GetAlarmMuteRule': [GetAlarmMuteRuleCommandInput, GetAlarmMuteRuleCommandOutput];
  'cloudwatch:ListAlarmMuteRules': [ListAlarmMuteRulesCommandInput, ListAlarmMuteRulesCommandOutput];
  'events:ListRules': [ListRulesCommandInput, ListRulesCommandOutput];
  'events:ListTargetsByRule': [ListTargetsByRuleCommandInput, ListTargetsByRuleCommandOutput];
  'kms:DescribeKey': [DescribeKeyCommandInput, DescribeKeyCommandOutput];
  'kms:GetKeyPolicy': [GetKeyPolicyCommandInput, GetKeyPolicyCommandOutput];
  'logs:DescribeLogGroups': [DescribeLogGroupsCommandInput, DescribeLogGroupsCommandOutput];
  'logs:DescribeMetricFilters': [DescribeMetricFiltersCommandInput, DescribeMetricFiltersCommandOutput];
  'logs:DescribeSubscriptionFilters': [
    DescribeSubscriptionFiltersCommandInput,
    DescribeSubscriptionFiltersCommandOutput,
  ];
  'logs:GetTransformer': [GetTransformerCommandInput, GetTransformerCommandOutput];
  'logs:TestMetricFilter': [TestMetricFilterCommandInput, TestMetricFilterCommandOutput];
  'organizations:DescribeOrganization': [DescribeOrganizationCommandInput, DescribeOrganizationCommandOutput];
  'organizations:ListAccounts': [ListAccountsCommandInput, ListAccountsCommandOutput];
  'securityhub:DescribeHub': [DescribeHubCommandInput, DescribeHubCommandOutput];
  'sns:GetSubscriptionAttributes': [GetSubscriptionAttributesCommandInput, GetSubscriptionAttributesCommandOutput];
  'sns:GetTopicAttributes': [GetTopicAttributesCommandInput, GetTopicAttributesCommandOutput];
  'sns:ListSubscriptionsByTopic': [ListSubscriptionsByTopicCommandInput, ListSubscriptionsByTopicCommandOutput];
  'sts:AssumeRole': [AssumeRoleCommandInput, AssumeRoleCommandOutput];
  'sts:GetCallerIdentity': [GetCallerIdentityCommandInput, GetCallerIdentityCommandOutput];
}

export type CallName = keyof Calls;

/** An AWS error as the audit reads it: the code that the service gave, its sentence, the HTTP status. */
export interface CallError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** The way to one account's APIs, as one caller. */
export interface Door {
  /**
   * Makes one call in `region`.
   * @throws CallError as the service refused it
   */
  call<Name extends CallName>(name: Name, region: string, input: Calls[Name][0]): Promise<Calls[Name][1]>;
}
