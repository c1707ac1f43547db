import { arnOf } from '../../base/scope.ts';
import { type AccountState, readScenario, type Scenario, type ScenarioInput } from '../state.ts';
import { callOf, type Step } from './step.ts';

type Input = Readonly<Record<string, unknown>>;

/**
 * The state as it would be after a step, as far as the judge looks at it; so a plan is judged before
 * anything is done. A new subscription counts as confirmed, and a trail as delivering: the plan says that
 * both are still to be proved.
 */
export function after(scenario: Scenario, step: Step): Scenario {
  const state = structuredClone(scenario.state);
  const effect = EFFECTS[callOf(step)];
  if (!effect) throw new Error(`${callOf(step)} has no effect that is known`);
  effect(state, step, step.input);
  return readScenario({ ...scenario, state } as ScenarioInput);
}

const EFFECTS: Readonly<Record<string, (state: AccountState, step: Step, input: Input) => void>> = {
  'cloudtrail:CreateTrail'(state, { scope }, input) {
    state.trails.push({
      describe: {
        ...(input as object),
        Name: String(input.Name),
        TrailARN: arnOf('cloudtrail', scope, `trail/${input.Name}`),
        HomeRegion: scope.region,
      },
      status: { IsLogging: false },
      EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true, ExcludeManagementEventSources: [] }],
    });
  },

  'cloudtrail:UpdateTrail'(state, { scope }, { Name, ...more }) {
    const trail = trailNamed(state, scope, Name);
    Object.assign(trail.describe, more);
    // What was wrong with the former log group says nothing of the new one.
    if (trail.status && more.CloudWatchLogsLogGroupArn) trail.status = { IsLogging: trail.status.IsLogging };
  },

  'cloudtrail:StartLogging'(state, { scope }, { Name }) {
    const trail = trailNamed(state, scope, Name);
    trail.status = { ...trail.status, IsLogging: true };
    delete trail.status.hoursSinceCloudWatchLogsDelivery;
  },

  'cloudtrail:PutEventSelectors'(state, { scope }, { TrailName, ...selectors }) {
    const trail = trailNamed(state, scope, TrailName);
    delete trail.EventSelectors;
    delete trail.AdvancedEventSelectors;
    Object.assign(trail, selectors);
  },

  'logs:CreateLogGroup'(state, { scope }, { logGroupName }) {
    state.logGroups.push({ ...scope, logGroupName: String(logGroupName), logGroupClass: 'STANDARD' });
    for (const { describe, status } of state.trails) {
      if (!status || !describe.CloudWatchLogsLogGroupArn?.includes(`log-group:${logGroupName}:`)) continue;
      delete status.LatestCloudWatchLogsDeliveryError;
      delete status.hoursSinceCloudWatchLogsDelivery;
    }
  },

  'logs:PutMetricFilter'(state, { scope }, input) {
    const filter = { ...scope, ...input } as AccountState['metricFilters'][number];
    const isSame = (one: typeof filter): boolean =>
      one.account === scope.account &&
      one.region === scope.region &&
      one.logGroupName === filter.logGroupName &&
      one.filterName === filter.filterName;
    state.metricFilters = [...state.metricFilters.filter((one) => !isSame(one)), filter];
  },

  'cloudwatch:PutMetricAlarm'(state, { scope }, input) {
    const alarm = { ...scope, type: 'metric', StateValue: 'OK', ...input } as AccountState['alarms'][number];
    const isSame = (one: typeof alarm): boolean =>
      one.account === scope.account && one.region === scope.region && one.AlarmName === alarm.AlarmName;
    state.alarms = [...state.alarms.filter((one) => !isSame(one)), alarm];
  },

  'cloudwatch:DeleteAlarmMuteRule'(state, { scope }, { AlarmMuteRuleName }) {
    state.muteRules = state.muteRules.filter(
      (one) => one.account !== scope.account || one.region !== scope.region || one.Name !== AlarmMuteRuleName,
    );
  },

  'sns:CreateTopic'(state, { scope }, { Name }) {
    const TopicArn = arnOf('sns', scope, String(Name));
    const Statement = [
      {
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['SNS:Publish', 'SNS:Subscribe'],
        Resource: TopicArn,
        Condition: { StringEquals: { 'AWS:SourceOwner': scope.account } },
      },
    ];
    state.topics.push({ account: scope.account, TopicArn, Policy: { Version: '2008-10-17', Statement } });
  },

  'sns:SetTopicAttributes'(state, _step, { TopicArn, AttributeName, AttributeValue }) {
    const topic = state.topics.find((one) => one.TopicArn === TopicArn);
    if (!topic) throw new Error(`there is no topic ${TopicArn}`);
    if (AttributeName === 'Policy') topic.Policy = JSON.parse(String(AttributeValue)) as Record<string, unknown>;
    else delete topic.KmsMasterKeyId;
  },

  'sns:Subscribe'(state, _step, { TopicArn, Protocol, Endpoint }) {
    const same = state.subscriptions.find(
      (one) => one.TopicArn === TopicArn && one.Protocol === Protocol && one.Endpoint === Endpoint,
    );
    const SubscriptionArn = `${TopicArn}:00000000-0000-4000-8000-000000000000`;
    if (same) same.SubscriptionArn = SubscriptionArn;
    else {
      const [arn, protocol, endpoint] = [String(TopicArn), String(Protocol), String(Endpoint)];
      state.subscriptions.push({ TopicArn: arn, Protocol: protocol, Endpoint: endpoint, SubscriptionArn });
    }
  },

  'sns:SetSubscriptionAttributes'(state, _step, { SubscriptionArn }) {
    const subscription = state.subscriptions.find((one) => one.SubscriptionArn === SubscriptionArn);
    if (subscription) delete subscription.FilterPolicy;
  },
};

/** Trails of several accounts may share a name. */
function trailNamed({ trails }: AccountState, scope: Step['scope'], name: unknown): AccountState['trails'][number] {
  const arn = arnOf('cloudtrail', scope, `trail/${name}`);
  const trail = trails.find(({ describe }) => describe.TrailARN === arn);
  if (!trail) throw new Error(`there is no trail ${name}`);
  return trail;
}
