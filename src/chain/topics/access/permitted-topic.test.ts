import { describe, expect, it } from 'vitest';
import { ringRefusal } from './permitted-topic.ts';

const ARN = 'arn:aws:sns:eu-west-1:111122223333:security';
const OTHER = '444455556666';
const SERVICE = {
  Effect: 'Allow',
  Principal: { Service: 'cloudwatch.amazonaws.com' },
  Action: 'SNS:Publish',
  Resource: ARN,
};

const alarmOf = (account: string) => ({ account, arn: `arn:aws:cloudwatch:eu-west-1:${account}:alarm:root` });
const topicWith = (attributes: Record<string, string>) => ({ arn: ARN, account: '111122223333', attributes });
const policed = (...Statement: object[]) => topicWith({ Policy: JSON.stringify({ Statement }) });
const refused = (account: string) =>
  `Resource: arn:aws:cloudwatch:eu-west-1:${account}:alarm:root is not authorized to perform: SNS:Publish on resource: ${ARN}`;

describe('a topic', () => {
  it('takes the rings of its own account by default, and of no other', () => {
    expect(ringRefusal(topicWith({}), alarmOf('111122223333'))).toBeUndefined();
    expect(ringRefusal(topicWith({}), alarmOf(OTHER))).toBe(refused(OTHER));
  });

  it('takes those of another account when its policy names that account or the alarm', () => {
    const where = (Condition: object) => ringRefusal(policed({ ...SERVICE, Condition }), alarmOf(OTHER));
    expect(where({ StringEquals: { 'aws:SourceAccount': OTHER } })).toBeUndefined();
    expect(where({ ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:*:444455556666:alarm:*' } })).toBeUndefined();
    expect(where({ StringEquals: { 'aws:SourceAccount': '777788889999' } })).toBe(refused(OTHER));
  });

  it.each<[string, object, boolean]>([
    ['only lets an account publish', { ...SERVICE, Principal: { AWS: '111122223333' } }, false],
    ['only lets EventBridge publish', { ...SERVICE, Principal: { Service: 'events.amazonaws.com' } }, false],
    ['lets CloudWatch publish', SERVICE, true],
    ['lets CloudWatch subscribe', { ...SERVICE, Action: 'SNS:Subscribe' }, false],
    ['names another alarm', { ...SERVICE, Condition: { ArnEquals: { 'aws:SourceArn': `${ARN}x` } } }, false],
    ['says what is not understood', { ...SERVICE, Condition: { DateLessThan: { 'aws:CurrentTime': '2030' } } }, true],
  ])('whose policy %s takes rings of its own account: %j %s', (_says, statement, takes) => {
    const refusal = ringRefusal(policed(statement), alarmOf('111122223333'));
    expect(refusal).toBe(takes ? undefined : refused('111122223333'));
  });

  it('is refused by a denial, whatever else is allowed', () => {
    const denied = policed(SERVICE, { ...SERVICE, Effect: 'Deny', Principal: '*' });
    expect(ringRefusal(denied, alarmOf('111122223333'))).toBe(refused('111122223333'));
  });

  it('encrypted with the key that AWS manages takes none, as on AWS', () => {
    const words = 'CloudWatch Alarms does not have authorization to access the SNS topic encryption key.';
    expect(ringRefusal(topicWith({ KmsMasterKeyId: 'alias/aws/sns' }), alarmOf('111122223333'))).toBe(words);
    expect(ringRefusal(topicWith({ KmsMasterKeyId: 'alias/ours' }), alarmOf('111122223333'))).toBeUndefined();
  });
});
