import {
  CreateTrailCommand,
  type EventSelector,
  PutEventSelectorsCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  DisableAlarmActionsCommand,
  PutAlarmMuteRuleCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import {
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  PutMetricFilterCommand,
  type PutMetricFilterCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateTopicCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { logGroupOf } from '../../src/audit/collect/arn.ts';
import type { Scenario } from '../../src/audit/state.ts';
import { parseArn } from '../../src/base/scope.ts';
import { awsClients } from '../clients/aws-clients.ts';

/** Builds the state of a scenario through an engine's own API, as its owner would. */
export async function buildState(endpoint: string, { state }: Scenario): Promise<void> {
  const clientsIn = new Map<string, ReturnType<typeof awsClients>>();
  const at = (account: string, region: string): ReturnType<typeof awsClients> => {
    const key = `${account}/${region}`;
    const known =
      clientsIn.get(key) ??
      awsClients(endpoint, { region, credentials: { accessKeyId: account, secretAccessKey: 'any' } });
    clientsIn.set(key, known);
    return known;
  };
  const gone: (() => Promise<unknown>)[] = [];
  const groups = new Set<string>();
  const makeGroup = async (account: string, region: string, name: string): Promise<void> => {
    const key = `${account} ${region} ${name}`;
    if (groups.has(key)) return;
    groups.add(key);
    await at(account, region).logs.send(new CreateLogGroupCommand({ logGroupName: name }));
  };
  for (const { account, region, logGroupName } of state.logGroups) await makeGroup(account, region, logGroupName);
  for (const trail of state.trails) {
    const { Name, TrailARN, HomeRegion = 'us-east-1', CloudWatchLogsLogGroupArn, ...rest } = trail.describe;
    const account = parseArn(TrailARN)!.account;
    const { cloudtrail, logs } = at(account, HomeRegion);
    const target = logGroupOf(CloudWatchLogsLogGroupArn);
    if (target && !groups.has(`${target.account} ${target.region} ${target.name}`)) {
      // CreateTrail wants the group to be there: it is deleted afterwards.
      await makeGroup(target.account, target.region, target.name);
      gone.push(() => logs.send(new DeleteLogGroupCommand({ logGroupName: target.name })));
    }
    const { IsMultiRegionTrail, CloudWatchLogsRoleArn } = rest;
    await cloudtrail.send(
      new CreateTrailCommand({
        Name,
        S3BucketName: 'trail-bucket',
        IsMultiRegionTrail,
        CloudWatchLogsLogGroupArn,
        CloudWatchLogsRoleArn,
      }),
    );
    if (trail.EventSelectors) {
      const EventSelectors = trail.EventSelectors as EventSelector[];
      await cloudtrail.send(new PutEventSelectorsCommand({ TrailName: Name, EventSelectors }));
    }
    if (trail.status?.IsLogging) await cloudtrail.send(new StartLoggingCommand({ Name }));
  }
  for (const { account, region, ...filter } of state.metricFilters) {
    await at(account, region).logs.send(new PutMetricFilterCommand(filter as PutMetricFilterCommandInput));
  }
  for (const { account, TopicArn, Policy } of state.topics) {
    const { region, resource } = parseArn(TopicArn)!;
    const { sns } = at(account, region);
    await sns.send(new CreateTopicCommand({ Name: resource }));
    const AttributeValue = JSON.stringify(withResource(Policy, TopicArn));
    if (Policy) await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }));
  }
  for (const { TopicArn, SubscriptionArn, Protocol, Endpoint, FilterPolicy } of state.subscriptions) {
    const { account, region } = parseArn(TopicArn)!;
    const { sns, sqs } = at(account, region);
    const isConfirmed = SubscriptionArn.startsWith('arn:');
    // A mail wants a click; a queue of the same account is confirmed at once.
    if (isConfirmed) await sqs.send(new CreateQueueCommand({ QueueName: 'audit' }));
    const target = isConfirmed
      ? { Protocol: 'sqs', Endpoint: `arn:aws:sqs:${region}:${account}:audit` }
      : { Protocol, Endpoint };
    const made = await sns.send(new SubscribeCommand({ TopicArn, ...target, ReturnSubscriptionArn: true }));
    if (FilterPolicy) {
      const AttributeValue = JSON.stringify(FilterPolicy);
      const change = { SubscriptionArn: made.SubscriptionArn, AttributeName: 'FilterPolicy', AttributeValue };
      await sns.send(new SetSubscriptionAttributesCommand(change));
    }
  }
  for (const alarm of state.alarms) {
    const { account, region, type, StateValue: _state, stateHours: _hours, ...rest } = alarm;
    const { cloudwatch } = at(account, region);
    if (type === 'metric') await cloudwatch.send(new PutMetricAlarmCommand(rest as PutMetricAlarmCommandInput));
    else {
      const { AlarmName, AlarmRule, ActionsEnabled, AlarmActions } = rest;
      await putMissingChildren(AlarmRule ?? '', state, cloudwatch);
      await cloudwatch.send(
        new PutCompositeAlarmCommand({ AlarmName, AlarmRule: AlarmRule!, ActionsEnabled, AlarmActions }),
      );
    }
    if (!alarm.ActionsEnabled) await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: [alarm.AlarmName] }));
  }
  for (const { account, region, Name, Rule, MuteTargets } of state.muteRules) {
    await at(account, region).cloudwatch.send(new PutAlarmMuteRuleCommand({ Name, Rule: Rule as never, MuteTargets }));
  }
  for (const step of gone) await step();
}

/** A composite alarm's rule may name alarms that the state leaves out; the API wants them to be there. */
async function putMissingChildren(
  rule: string,
  state: Scenario['state'],
  cloudwatch: ReturnType<typeof awsClients>['cloudwatch'],
): Promise<void> {
  for (const [, name] of rule.matchAll(/ALARM\("([^"]+)"\)/g)) {
    if (state.alarms.some(({ AlarmName }) => AlarmName === name)) continue;
    const quiet = {
      MetricName: 'none',
      Namespace: 'none',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
    } as const;
    const never = { Threshold: 1, ComparisonOperator: 'GreaterThanThreshold', ActionsEnabled: false } as const;
    await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: name, ...quiet, ...never }));
  }
}

/** A topic's policy must name the topic; the scenarios write a star. */
function withResource(policy: Record<string, unknown> | undefined, topic: string): unknown {
  const statements = (policy?.Statement ?? []) as Record<string, unknown>[];
  return {
    Version: '2012-10-17',
    ...policy,
    Statement: statements.map((statement) => ({ ...statement, Resource: topic })),
  };
}
