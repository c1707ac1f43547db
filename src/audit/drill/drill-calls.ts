import type {
  GetMetricStatisticsCommandInput,
  GetMetricStatisticsCommandOutput,
  PutMetricDataCommandInput,
  PutMetricDataCommandOutput,
  SetAlarmStateCommandInput,
  SetAlarmStateCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import type {
  CreateLogStreamCommandInput,
  CreateLogStreamCommandOutput,
  DeleteLogStreamCommandInput,
  DeleteLogStreamCommandOutput,
  FilterLogEventsCommandInput,
  FilterLogEventsCommandOutput,
  PutLogEventsCommandInput,
  PutLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type {
  SubscribeCommandInput,
  SubscribeCommandOutput,
  UnsubscribeCommandInput,
  UnsubscribeCommandOutput,
} from '@aws-sdk/client-sns';
import type {
  CreateQueueCommandInput,
  CreateQueueCommandOutput,
  DeleteQueueCommandInput,
  DeleteQueueCommandOutput,
  ReceiveMessageCommandInput,
  ReceiveMessageCommandOutput,
} from '@aws-sdk/client-sqs';
import type { Calls } from '../collect/calls.ts';

/** Every AWS call that a drill makes besides those of an audit, with what goes in and comes out. */
export interface DrillCalls
  extends Pick<
    Calls,
    | 'cloudwatch:DescribeAlarmHistory'
    | 'cloudwatch:DescribeAlarms'
    | 'logs:TestMetricFilter'
    | 'sts:AssumeRole'
    | 'sts:GetCallerIdentity'
  > {
  'cloudwatch:GetMetricStatistics': [GetMetricStatisticsCommandInput, GetMetricStatisticsCommandOutput];
  'cloudwatch:PutMetricData': [PutMetricDataCommandInput, PutMetricDataCommandOutput];
  'cloudwatch:SetAlarmState': [SetAlarmStateCommandInput, SetAlarmStateCommandOutput];
  'logs:CreateLogStream': [CreateLogStreamCommandInput, CreateLogStreamCommandOutput];
  'logs:DeleteLogStream': [DeleteLogStreamCommandInput, DeleteLogStreamCommandOutput];
  'logs:FilterLogEvents': [FilterLogEventsCommandInput, FilterLogEventsCommandOutput];
  'logs:PutLogEvents': [PutLogEventsCommandInput, PutLogEventsCommandOutput];
  'sns:Subscribe': [SubscribeCommandInput, SubscribeCommandOutput];
  'sns:Unsubscribe': [UnsubscribeCommandInput, UnsubscribeCommandOutput];
  'sqs:CreateQueue': [CreateQueueCommandInput, CreateQueueCommandOutput];
  'sqs:DeleteQueue': [DeleteQueueCommandInput, DeleteQueueCommandOutput];
  'sqs:ReceiveMessage': [ReceiveMessageCommandInput, ReceiveMessageCommandOutput];
}

export type DrillCallName = keyof DrillCalls;

/** Makes one call in a region. Rejects as the service refused it, `name` being its code. */
export type DrillCall = <Name extends DrillCallName>(
  name: Name,
  region: string,
  input: DrillCalls[Name][0],
) => Promise<DrillCalls[Name][1]>;
