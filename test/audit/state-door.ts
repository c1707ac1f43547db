import { logGroupOf } from '../../src/audit/collect/arn.ts';
import type { CallName, Calls, Door } from '../../src/audit/collect/calls.ts';
import type { Scenario } from '../../src/audit/state.ts';
import { parseArn } from '../../src/base/scope.ts';
import { compilePattern } from '../../src/pattern/index.ts';

/** An error as AWS's SDK throws it. */
export function awsError(name: string, message: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

const metadata = { $metadata: {} };
const HOUR = 3_600_000;

/**
 * Answers the audit's calls as AWS would for the state of a scenario: for the caller of one account,
 * with the scenario's rights. Resources of other accounts are denied, as AWS denies them.
 */
export function stateDoor(scenario: Scenario, account: string, now: number): Door {
  const { state, deniedCalls } = scenario;
  const here = <Item extends { account: string; region: string }>(items: readonly Item[], region: string): Item[] =>
    items.filter((item) => item.account === account && item.region === region);
  const denied = (name: CallName): Error =>
    awsError(
      'AccessDeniedException',
      `User: arn:aws:iam::${account}:user/a is not authorized to perform: ${name} because no identity-based policy allows the ${name} action`,
    );
  const trailNamed = (arn: string | undefined) => {
    const trail = state.trails.find(({ describe }) => describe.TrailARN === arn);
    if (!trail) throw awsError('TrailNotFoundException', `Unknown trail: ${arn}`);
    return trail;
  };
  const topicNamed = (arn: string | undefined, name: CallName) => {
    const owner = parseArn(arn ?? '')?.account;
    if (owner !== account) throw awsError('AuthorizationErrorException', denied(name).message, 403);
    const topic = state.topics.find(({ TopicArn }) => TopicArn === arn);
    if (!topic) throw awsError('NotFoundException', 'Topic does not exist', 404);
    return topic;
  };
  const groupNamed = (name: string | undefined, region: string) => {
    if (!here(state.logGroups, region).some(({ logGroupName }) => logGroupName === name))
      throw awsError('ResourceNotFoundException', 'The specified log group does not exist.');
  };
  const since = (hours: number): Date => new Date(now - hours * HOUR);

  const answers: { [Name in CallName]?: (input: Calls[Name][0], region: string) => object } = {
    'sts:GetCallerIdentity': () => ({ Account: account, Arn: `arn:aws:iam::${account}:user/a`, UserId: 'a' }),
    'account:ListRegions': () => ({
      Regions: (state.enabledRegions ?? ['us-east-1', 'eu-west-1']).map((RegionName) => ({
        RegionName,
        RegionOptStatus: 'ENABLED_BY_DEFAULT',
      })),
    }),
    'cloudtrail:DescribeTrails': (_input, region) => ({
      trailList: state.trails
        .map(({ describe }) => describe)
        .filter(({ IsMultiRegionTrail, HomeRegion }) => IsMultiRegionTrail || HomeRegion === region),
    }),
    'cloudtrail:GetTrailStatus': ({ Name }, region) => {
      const { status, describe } = trailNamed(Name);
      if (describe.HomeRegion !== region) throw awsError('TrailNotFoundException', `not a trail of ${region}`);
      const { hoursSinceCloudWatchLogsDelivery: hours, ...rest } = status ?? {};
      return { ...rest, ...(hours !== undefined && { LatestCloudWatchLogsDeliveryTime: since(hours) }) };
    },
    'cloudtrail:GetEventSelectors': ({ TrailName }) => {
      const { EventSelectors, AdvancedEventSelectors } = trailNamed(TrailName);
      return { EventSelectors, AdvancedEventSelectors };
    },
    'logs:DescribeLogGroups': ({ logGroupNamePrefix = '' }, region) => ({
      logGroups: here(state.logGroups, region).filter(({ logGroupName }) =>
        logGroupName.startsWith(logGroupNamePrefix),
      ),
    }),
    'logs:DescribeMetricFilters': ({ logGroupName, nextToken }, region) => {
      groupNamed(logGroupName, region);
      const all = here(state.metricFilters, region).filter((filter) => filter.logGroupName === logGroupName);
      // Pages of one: a collector that forgets the token sees too little.
      const at = Number(nextToken ?? 0);
      return { metricFilters: all.slice(at, at + 1), ...(at + 1 < all.length && { nextToken: String(at + 1) }) };
    },
    'logs:DescribeSubscriptionFilters': ({ logGroupName }, region) => ({
      subscriptionFilters: here(state.subscriptionFilters, region).filter((one) => one.logGroupName === logGroupName),
    }),
    'logs:GetTransformer': () => ({ transformerConfig: [] }),
    'logs:TestMetricFilter': ({ filterPattern = '', logEventMessages = [] }) => {
      const pattern = compilePattern(filterPattern);
      return {
        matches: logEventMessages
          .filter((message) => pattern.matches(message))
          .map((eventMessage) => ({ eventMessage })),
      };
    },
    'cloudwatch:DescribeAlarms': ({ NextToken }, region) => {
      const all = here(state.alarms, region);
      const at = Number(NextToken ?? 0);
      const page = all.slice(at, at + 1);
      const dated = page.map(({ stateHours, ...alarm }) => ({
        ...alarm,
        ...(stateHours !== undefined && { StateTransitionedTimestamp: since(stateHours) }),
      }));
      return {
        MetricAlarms: dated.filter(({ type }) => type === 'metric'),
        CompositeAlarms: dated.filter(({ type }) => type === 'composite'),
        ...(at + 1 < all.length && { NextToken: String(at + 1) }),
      };
    },
    'cloudwatch:ListAlarmMuteRules': (_input, region) => ({
      AlarmMuteRuleSummaries: here(state.muteRules, region).map(({ Name, Status }) => ({
        AlarmMuteRuleArn: `arn:aws:cloudwatch:${region}:${account}:alarm-mute-rule:${Name}`,
        Status,
      })),
    }),
    'cloudwatch:GetAlarmMuteRule': ({ AlarmMuteRuleName }, region) => {
      const rule = here(state.muteRules, region).find(({ Name }) => Name === AlarmMuteRuleName);
      if (!rule) throw awsError('ResourceNotFoundException', 'no such rule', 404);
      const { StartDate, ExpireDate, ...rest } = rule;
      return {
        ...rest,
        ...(StartDate && { StartDate: new Date(StartDate) }),
        ...(ExpireDate && { ExpireDate: new Date(ExpireDate) }),
      };
    },
    'sns:GetTopicAttributes': ({ TopicArn }) => {
      const { Policy, KmsMasterKeyId } = topicNamed(TopicArn, 'sns:GetTopicAttributes');
      return { Attributes: { TopicArn, Policy: JSON.stringify(Policy), ...(KmsMasterKeyId && { KmsMasterKeyId }) } };
    },
    'sns:ListSubscriptionsByTopic': ({ TopicArn }) => {
      topicNamed(TopicArn, 'sns:ListSubscriptionsByTopic');
      return { Subscriptions: state.subscriptions.filter((subscription) => subscription.TopicArn === TopicArn) };
    },
    'sns:GetSubscriptionAttributes': ({ SubscriptionArn }) => {
      const found = state.subscriptions.find((subscription) => subscription.SubscriptionArn === SubscriptionArn);
      if (!found) throw awsError('NotFoundException', 'Subscription does not exist', 404);
      const { FilterPolicy, FilterPolicyScope } = found;
      return { Attributes: { ...(FilterPolicy && { FilterPolicy: JSON.stringify(FilterPolicy), FilterPolicyScope }) } };
    },
    'events:ListRules': (_input, region) => ({
      Rules: here(state.eventBridgeRules, region).map(({ Targets: _targets, EventPattern, ...rule }) => ({
        ...rule,
        EventPattern: JSON.stringify(EventPattern),
      })),
    }),
    'events:ListTargetsByRule': ({ Rule }, region) => ({
      Targets: here(state.eventBridgeRules, region)
        .filter(({ Name }) => Name === Rule)
        .flatMap(({ Targets }) => Targets.map((Arn, index) => ({ Id: String(index), Arn }))),
    }),
    'securityhub:DescribeHub': (_input, region) => {
      const hub = state.securityHub?.[region];
      if (!hub)
        throw awsError('InvalidAccessException', `Account ${account} is not subscribed to AWS Security Hub`, 401);
      return hub;
    },
  };

  return {
    async call<Name extends CallName>(name: Name, region: string, input: Calls[Name][0]): Promise<Calls[Name][1]> {
      if (deniedCalls.some((call) => call === name || call.startsWith(`${name}@${account}`))) throw denied(name);
      const answer = answers[name];
      if (!answer) throw awsError('UnknownOperationException', `${name} is not answered here`, 404);
      return { ...metadata, ...answer(input as never, region) } as unknown as Calls[Name][1];
    },
  };
}

/** Accounts that a scenario's caller can enter: those it may read. */
export const enterable = ({ readableAccounts }: Scenario): readonly string[] => readableAccounts;

/** Accounts that own the log groups of the scenario's trails. */
export const chainOwners = ({ state }: Scenario): string[] =>
  state.trails.flatMap(({ describe }) => logGroupOf(describe.CloudWatchLogsLogGroupArn)?.account ?? []);
