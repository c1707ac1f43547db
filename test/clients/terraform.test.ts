import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  ListTagsForResourceCommand as ListAlarmTags,
  PutMetricAlarmCommand,
  type PutMetricAlarmInput,
  TagResourceCommand as TagAlarm,
  UntagResourceCommand as UntagAlarm,
} from '@aws-sdk/client-cloudwatch';
import {
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteMetricFilterCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeMetricFiltersCommand,
  ListTagsForResourceCommand as ListGroupTags,
  PutMetricFilterCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand as TagGroup,
  UntagResourceCommand as UntagGroup,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListTagsForResourceCommand as ListTopicTags,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
  TagResourceCommand as TagTopic,
  UnsubscribeCommand,
  UntagResourceCommand as UntagTopic,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueueTagsCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { ROOT_USAGE_PATTERN } from '../engine/root-sign-in.ts';
import { startEngine } from '../engine/start.ts';
import { type AwsClients, awsClients, refusal } from './aws-clients.ts';

// The calls that Terraform's AWS provider makes for a resource, made by the SDK in its stead. The
// provider speaks CBOR to CloudWatch. What it would keep in its state is read twice: a difference
// between the readings would be a plan that never comes to rest.

async function start(): Promise<AwsClients> {
  const engine = await startEngine();
  const clients = awsClients(engine.url, { cloudwatch: 'cbor' });
  // The provider first asks who it is; the account becomes part of the ARNs it makes itself.
  expect((await clients.sts.send(new GetCallerIdentityCommand({}))).Account).toBe('111122223333');
  return clients;
}

/** Reads twice what the provider would keep, and gives it. */
async function readTwice<T>(read: () => Promise<T>): Promise<T> {
  const state = await read();
  expect(await read()).toEqual(state);
  return state;
}

const json = (text: string | undefined): unknown => JSON.parse(text ?? 'null');

describe("the call sequence of Terraform's", () => {
  it('aws_cloudwatch_log_group', async () => {
    const { logs } = await start();
    const name = 'CloudTrail/logs';
    const read = async () => {
      // The provider asks by prefix and looks for the very name.
      const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
      const group = logGroups.find(({ logGroupName }) => logGroupName === name);
      if (!group) return undefined;
      const resourceArn = group.arn?.replace(/:\*$/, '');
      const { tags } = await logs.send(new ListGroupTags({ resourceArn }));
      const { kmsKeyId, logGroupClass, retentionInDays } = group;
      return { arn: resourceArn, kmsKeyId, logGroupClass, retentionInDays, tags };
    };

    await logs.send(new CreateLogGroupCommand({ logGroupName: `${name}-other`, logGroupClass: 'STANDARD' }));
    await logs.send(
      new CreateLogGroupCommand({ logGroupName: name, logGroupClass: 'STANDARD', tags: { team: 'red', old: '' } }),
    );
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays: 365 }));
    const arn = `arn:aws:logs:us-east-1:111122223333:log-group:${name}`;
    const made = { arn, kmsKeyId: undefined, logGroupClass: 'STANDARD' };
    expect(await readTwice(read)).toEqual({ ...made, retentionInDays: 365, tags: { team: 'red', old: '' } });

    await logs.send(new DeleteRetentionPolicyCommand({ logGroupName: name }));
    await logs.send(new UntagGroup({ resourceArn: arn, tagKeys: ['old'] }));
    await logs.send(new TagGroup({ resourceArn: arn, tags: { team: 'blue' } }));
    expect(await readTwice(read)).toEqual({ ...made, retentionInDays: undefined, tags: { team: 'blue' } });
    const never = logs.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays: 0 }));
    expect(await refusal(never)).toBe('InvalidParameterException');

    const again = logs.send(new CreateLogGroupCommand({ logGroupName: name }));
    expect(await refusal(again)).toBe('ResourceAlreadyExistsException');
    await logs.send(new DeleteLogGroupCommand({ logGroupName: name }));
    expect(await read()).toBeUndefined();
    const gone = logs.send(new DeleteLogGroupCommand({ logGroupName: name }));
    expect(await refusal(gone)).toBe('ResourceNotFoundException');
    expect(await refusal(logs.send(new ListGroupTags({ resourceArn: arn })))).toBe('ResourceNotFoundException');
  });

  it('aws_cloudwatch_log_metric_filter', async () => {
    const { logs } = await start();
    const logGroupName = 'CloudTrail/logs';
    const filterName = 'root-usage';
    const read = async () => {
      const { metricFilters = [] } = await logs.send(
        new DescribeMetricFiltersCommand({ logGroupName, filterNamePrefix: filterName }),
      );
      const { creationTime: _, ...kept } = metricFilters.find((filter) => filter.filterName === filterName) ?? {};
      return kept;
    };
    expect(await refusal(read())).toBe('ResourceNotFoundException');
    await logs.send(new CreateLogGroupCommand({ logGroupName }));

    // The provider's default unit is None, and it wants to read it back.
    const transformation = { metricName: 'root-usage', metricNamespace: 'CISBenchmark', metricValue: '1' };
    const filter = { logGroupName, filterName, filterPattern: ROOT_USAGE_PATTERN };
    const first = [{ ...transformation, unit: 'None', defaultValue: 0 } as const];
    await logs.send(new PutMetricFilterCommand({ ...filter, metricTransformations: first }));
    expect(await readTwice(read)).toEqual({ ...filter, metricTransformations: first, applyOnTransformedLogs: false });

    const second = [{ ...transformation, unit: 'Count', dimensions: { region: '$.awsRegion' } } as const];
    const changed = { ...filter, filterPattern: '{ $.userIdentity.type = "Root" }' };
    await logs.send(new PutMetricFilterCommand({ ...changed, metricTransformations: second }));
    expect(await readTwice(read)).toEqual({ ...changed, metricTransformations: second, applyOnTransformedLogs: false });

    await logs.send(new DeleteMetricFilterCommand({ logGroupName, filterName }));
    expect(await read()).toEqual({});
    const gone = logs.send(new DeleteMetricFilterCommand({ logGroupName, filterName }));
    expect(await refusal(gone)).toBe('ResourceNotFoundException');
  });

  it('aws_cloudwatch_metric_alarm', async () => {
    const { cloudwatch } = await start();
    const AlarmName = 'root-usage';
    const read = async () => {
      const { MetricAlarms = [] } = await cloudwatch.send(
        new DescribeAlarmsCommand({ AlarmNames: [AlarmName], AlarmTypes: ['MetricAlarm'] }),
      );
      const [alarm] = MetricAlarms;
      if (!alarm) return undefined;
      const { Tags } = await cloudwatch.send(new ListAlarmTags({ ResourceARN: alarm.AlarmArn }));
      // State and times are nothing that the provider keeps.
      const isKept = (key: string): boolean => !/^State|Timestamp$/.test(key);
      return { ...Object.fromEntries(Object.entries(alarm).filter(([key]) => isKept(key))), Tags };
    };
    const base = {
      AlarmName,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      MetricName: 'root-usage',
      Namespace: 'CISBenchmark',
      Period: 300,
      Statistic: 'Sum',
      Threshold: 1,
    } as const satisfies PutMetricAlarmInput;
    // What the provider sends for settings that are left out.
    const defaults = { ActionsEnabled: true, TreatMissingData: 'missing' };
    const AlarmActions = ['arn:aws:sns:us-east-1:111122223333:bell'];
    const none = { OKActions: [], AlarmActions: [], InsufficientDataActions: [], Dimensions: [] };
    const AlarmArn = `arn:aws:cloudwatch:us-east-1:111122223333:alarm:${AlarmName}`;

    expect(await read()).toBeUndefined();
    const Tags = [{ Key: 'trailbell:ring', Value: 'every-session' }];
    await cloudwatch.send(new PutMetricAlarmCommand({ ...base, ...defaults, AlarmActions, Tags }));
    expect(await readTwice(read)).toEqual({ ...none, ...base, ...defaults, AlarmActions, AlarmArn, Tags });

    const { Statistic: _, ...percentile } = { ...base, ExtendedStatistic: 'p99.9', Threshold: 0.1, Period: 60 };
    const changed = {
      ...percentile,
      ActionsEnabled: false,
      TreatMissingData: 'notBreaching',
      AlarmDescription: 'Slow',
      DatapointsToAlarm: 2,
      EvaluationPeriods: 3,
      EvaluateLowSampleCountPercentile: 'ignore',
      Dimensions: [{ Name: 'host', Value: 'a' }],
      OKActions: AlarmActions,
      Unit: 'Seconds',
    } satisfies PutMetricAlarmInput;
    await cloudwatch.send(new PutMetricAlarmCommand(changed));
    await cloudwatch.send(new UntagAlarm({ ResourceARN: AlarmArn, TagKeys: ['trailbell:ring'] }));
    await cloudwatch.send(new TagAlarm({ ResourceARN: AlarmArn, Tags: [{ Key: 'team', Value: 'red' }] }));
    const team = [{ Key: 'team', Value: 'red' }];
    expect(await readTwice(read)).toEqual({ ...none, ...changed, AlarmArn, Tags: team });

    // Back to what it was: nothing of the change may linger.
    await cloudwatch.send(new PutMetricAlarmCommand({ ...base, ...defaults }));
    expect(await readTwice(read)).toEqual({ ...none, ...base, ...defaults, AlarmArn, Tags: team });

    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [AlarmName] }));
    expect(await read()).toBeUndefined();
    const gone = cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [AlarmName] }));
    // As recorded on AWS: names that are not there are skipped.
    expect(await refusal(gone)).toBe('accepted');
    expect(await refusal(cloudwatch.send(new ListAlarmTags({ ResourceARN: AlarmArn })))).toBe(
      'ResourceNotFoundException',
    );
  });

  it('aws_sns_topic and aws_sns_topic_policy', async () => {
    const { sns } = await start();
    const TopicArn = 'arn:aws:sns:us-east-1:111122223333:bell';
    const read = async () => {
      const { Attributes = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
      const { Tags } = await sns.send(new ListTopicTags({ ResourceArn: TopicArn }));
      return { attributes: Attributes, Tags };
    };
    const set = (AttributeName: string, AttributeValue: string) =>
      sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue }));

    expect(await refusal(read())).toBe('NotFoundException');
    const Tags = [{ Key: 'team', Value: 'red' }];
    expect((await sns.send(new CreateTopicCommand({ Name: 'bell', Tags }))).TopicArn).toBe(TopicArn);
    // As on AWS a topic has a policy from the start; it lets the owner's account do everything.
    const unset = await readTwice(read);
    expect(unset).toMatchObject({ attributes: { DisplayName: '', Owner: '111122223333' }, Tags });
    expect(json(unset.attributes.Policy)).toMatchObject({ Id: '__default_policy_ID' });

    const retries = { minDelayTarget: 20, maxDelayTarget: 20, numRetries: 3, backoffFunction: 'linear' };
    const delivery = { http: { defaultHealthyRetryPolicy: retries, disableSubscriptionOverrides: false } };
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Sid: 'cw', Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: TopicArn }],
    };
    const attributes = {
      DisplayName: 'Bell',
      DeliveryPolicy: JSON.stringify(delivery, undefined, 2),
      Policy: JSON.stringify(policy),
      HTTPSuccessFeedbackSampleRate: '100',
      HTTPFailureFeedbackRoleArn: 'arn:aws:iam::111122223333:role/feedback',
      SignatureVersion: '2',
      TracingConfig: 'PassThrough',
    };
    for (const [name, value] of Object.entries(attributes)) await set(name, value);
    const { DeliveryPolicy, Policy, ...others } = attributes;
    const state = (await readTwice(read)).attributes;
    expect(state).toMatchObject(others);
    expect([json(state.DeliveryPolicy), json(state.Policy)]).toEqual([json(DeliveryPolicy), json(Policy)]);

    await set('DeliveryPolicy', '');
    await set('DisplayName', '');
    await sns.send(new UntagTopic({ ResourceArn: TopicArn, TagKeys: ['team'] }));
    await sns.send(new TagTopic({ ResourceArn: TopicArn, Tags: [{ Key: 'n', Value: '1' }] }));
    const bare = await readTwice(read);
    expect(bare).toMatchObject({ attributes: { DisplayName: '' }, Tags: [{ Key: 'n', Value: '1' }] });
    expect(bare.attributes).not.toHaveProperty('DeliveryPolicy');

    await sns.send(new DeleteTopicCommand({ TopicArn }));
    expect(await refusal(read())).toBe('NotFoundException');
    expect(await refusal(sns.send(new DeleteTopicCommand({ TopicArn })))).toBe('accepted');
  });

  it('aws_sns_topic_subscription', async () => {
    const { sns, sqs } = await start();
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'bell' }));
    await sqs.send(new CreateQueueCommand({ QueueName: 'bell' }));
    const queue = 'arn:aws:sqs:us-east-1:111122223333:bell';
    const read = async (SubscriptionArn?: string) =>
      (await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))).Attributes;
    const set = (SubscriptionArn: string | undefined, AttributeName: string, AttributeValue?: string) =>
      sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
    const subscribe = async (Protocol: string, Endpoint: string, Attributes = {}) => {
      const wish = { TopicArn, Protocol, Endpoint, Attributes, ReturnSubscriptionArn: true };
      return (await sns.send(new SubscribeCommand(wish))).SubscriptionArn;
    };

    // The provider waits until a queue's subscription is confirmed.
    const RedrivePolicy = `{ "deadLetterTargetArn": "${queue}" }`;
    const toQueue = await subscribe('sqs', queue, { RawMessageDelivery: 'true', RedrivePolicy });
    const queued = await readTwice(() => read(toQueue));
    expect(queued).toMatchObject({
      SubscriptionArn: toQueue,
      TopicArn,
      Protocol: 'sqs',
      Endpoint: queue,
      Owner: '111122223333',
      PendingConfirmation: 'false',
      ConfirmationWasAuthenticated: 'true',
      RawMessageDelivery: 'true',
    });
    expect(json(queued?.RedrivePolicy)).toEqual(json(RedrivePolicy));
    await set(toQueue, 'RawMessageDelivery', 'false');
    // Nothing at all takes a redrive policy away, an empty object a filter policy.
    await set(toQueue, 'RedrivePolicy');
    await set(toQueue, 'FilterPolicy', '{}');
    const changed = await readTwice(() => read(toQueue));
    expect(changed).toMatchObject({ RawMessageDelivery: 'false' });
    expect(changed).not.toHaveProperty('RedrivePolicy');
    expect(changed).not.toHaveProperty('FilterPolicy');

    const healthyRetryPolicy = { minDelayTarget: 10, maxDelayTarget: 30, numRetries: 5 };
    const DeliveryPolicy = JSON.stringify({ healthyRetryPolicy }, undefined, '\t');
    const toHook = await subscribe('https', 'https://hook.example.com/bell', { DeliveryPolicy });
    const pending = await readTwice(() => read(toHook));
    expect(pending).toMatchObject({ PendingConfirmation: 'true', Endpoint: 'https://hook.example.com/bell' });
    expect(json(pending?.DeliveryPolicy)).toEqual(json(DeliveryPolicy));
    await set(
      toHook,
      'DeliveryPolicy',
      JSON.stringify({ healthyRetryPolicy: { ...healthyRetryPolicy, numRetries: 7 } }),
    );
    const retried = await readTwice(() => read(toHook));
    expect(json(retried?.DeliveryPolicy)).toMatchObject({ healthyRetryPolicy: { numRetries: 7 } });

    for (const SubscriptionArn of [toQueue, toHook]) {
      await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
      expect(await refusal(read(SubscriptionArn))).toBe('NotFoundException');
    }
  });

  it('aws_sqs_queue and aws_sqs_queue_policy', async () => {
    const { sqs } = await start();
    const dead = 'arn:aws:sqs:us-east-1:111122223333:bell-dead';
    await sqs.send(new CreateQueueCommand({ QueueName: 'bell-dead' }));
    // The provider sends every number, its own defaults included.
    const numbers = {
      DelaySeconds: '0',
      MaximumMessageSize: '262144',
      MessageRetentionPeriod: '345600',
      ReceiveMessageWaitTimeSeconds: '0',
      VisibilityTimeout: '30',
      KmsDataKeyReusePeriodSeconds: '300',
    };
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead, maxReceiveCount: 5 });
    const made = await sqs.send(
      new CreateQueueCommand({
        QueueName: 'bell',
        Attributes: { ...numbers, RedrivePolicy },
        tags: { team: 'red', old: '' },
      }),
    );
    const { QueueUrl } = made;
    expect(new URL(QueueUrl ?? '').pathname).toBe('/111122223333/bell');
    const read = async () => {
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
      const { Tags } = await sqs.send(new ListQueueTagsCommand({ QueueUrl }));
      return { ...Attributes, Tags };
    };
    const state = await readTwice(read);
    expect(state).toMatchObject({
      ...numbers,
      QueueArn: 'arn:aws:sqs:us-east-1:111122223333:bell',
      SqsManagedSseEnabled: 'true',
      Tags: { team: 'red', old: '' },
    });
    expect(json(state.RedrivePolicy)).toEqual(json(RedrivePolicy));

    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage' }],
    };
    await sqs.send(
      new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: JSON.stringify(policy, null, 2) } }),
    );
    await sqs.send(
      new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '60', RedrivePolicy: '' } }),
    );
    await sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['old'] }));
    await sqs.send(new TagQueueCommand({ QueueUrl, Tags: { team: 'blue' } }));
    const changed = await readTwice(read);
    expect(changed).toMatchObject({ ...numbers, VisibilityTimeout: '60', Tags: { team: 'blue' } });
    expect(changed).not.toHaveProperty('RedrivePolicy');
    expect(json(changed.Policy)).toEqual(policy);

    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: '' } }));
    expect(await readTwice(read)).not.toHaveProperty('Policy');
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    // The provider compares the code that Query clients see; the SDK shows it as `Code`.
    await expect(read()).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
      Code: 'AWS.SimpleQueueService.NonExistentQueue',
    });
  });
});
