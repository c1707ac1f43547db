import { arnOf, parseArn } from '../../base/scope.ts';
import { type DrillContext, ownName, refusalText } from './drill-context.ts';

/** A queue of the drill's own that is subscribed to a topic for as long as the drill lasts. */
export interface TemporarySubscriber {
  readonly queueArn: string;
  /** Whether the ring of an alarm has come, which is looked for once. */
  heard(alarm: string): Promise<true | undefined>;
  /** Takes subscription and queue away; answers what could not be, with the command that does. */
  close(): Promise<readonly string[]>;
}

/** The most that SQS takes in one name. */
const LONGEST_NAME = 80;
/** Long enough that an answer is no burden, short enough for ends of drills. */
const POLL_SECONDS = 1;

/**
 * Makes the queue and subscribes it; of an own account's queue no confirmation is asked.
 * Rejects as AWS refused it, with nothing left behind, or with what was left in the message.
 */
export async function subscribeForNow(ctx: DrillContext, topicArn: string): Promise<TemporarySubscriber> {
  const { call, account } = ctx;
  const region = parseArn(topicArn)?.region ?? '';
  const QueueName = ownName(ctx).slice(0, LONGEST_NAME);
  const queueArn = arnOf('sqs', { account, region }, QueueName);
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
      },
    ],
  });
  // What comes late need not be kept: the queue is gone by then, or forgotten.
  const Attributes = { Policy, MessageRetentionPeriod: '3600' };
  const { QueueUrl = '' } = await call('sqs:CreateQueue', region, { QueueName, Attributes });
  let SubscriptionArn: string | undefined;
  const close = async (): Promise<string[]> => {
    const left: string[] = [];
    const attempt = async (what: string, fix: string, act: () => Promise<unknown>): Promise<void> => {
      try {
        await act();
      } catch (error) {
        left.push(`${what} was not removed (${refusalText(error)}): ${fix}`);
      }
    };
    const arn = SubscriptionArn;
    if (arn?.startsWith('arn:')) {
      const fix = `aws --region ${region} sns unsubscribe --subscription-arn ${arn}`;
      await attempt(`subscription ${arn}`, fix, () => call('sns:Unsubscribe', region, { SubscriptionArn: arn }));
    }
    const fix = `aws --region ${region} sqs delete-queue --queue-url ${QueueUrl}`;
    await attempt(`queue ${QueueName}`, fix, () => call('sqs:DeleteQueue', region, { QueueUrl }));
    return left;
  };
  try {
    const wish = { TopicArn: topicArn, Protocol: 'sqs', Endpoint: queueArn, ReturnSubscriptionArn: true };
    ({ SubscriptionArn } = await call('sns:Subscribe', region, wish));
  } catch (error) {
    const left = await close();
    throw left.length > 0
      ? Object.assign(error as Error, { message: `${(error as Error).message}; ${left.join('; ')}` })
      : error;
  }
  return {
    queueArn,
    async heard(alarm) {
      const wish = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: POLL_SECONDS };
      const { Messages = [] } = await call('sqs:ReceiveMessage', region, wish);
      return Messages.some(({ Body = '' }) => isRingOf(Body, alarm)) ? true : undefined;
    },
    close,
  };
}

function isRingOf(body: string, alarm: string): boolean {
  try {
    const { Message } = JSON.parse(body) as { Message: string };
    const { AlarmName, NewStateValue } = JSON.parse(Message) as { AlarmName?: string; NewStateValue?: string };
    return AlarmName === alarm && NewStateValue === 'ALARM';
  } catch {
    return false;
  }
}
