import { describe, expect, it } from 'vitest';
import { takesFromTopic } from './queue-policy.ts';

const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:jobs';
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:security';
const FOREIGN = 'arn:aws:sns:eu-west-1:444455556666:security';
/** What AWS's guides tell people to put on a queue. */
const GUIDE = {
  Effect: 'Allow',
  Principal: { Service: 'sns.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource: QUEUE,
};
const from = (SourceArn: string) => ({ Condition: { ArnEquals: { 'aws:SourceArn': SourceArn } } });

const queueWith = (...Statement: object[]) => ({
  arn: QUEUE,
  account: '111122223333',
  attributes: Statement.length === 0 ? {} : { Policy: JSON.stringify({ Statement }) },
});

describe('a queue', () => {
  it('without a policy takes from topics of its own account, and from no others', () => {
    expect(takesFromTopic(queueWith(), TOPIC)).toBe(true);
    expect(takesFromTopic(queueWith(), FOREIGN)).toBe(false);
  });

  it.each<[string, object, boolean, boolean]>([
    ["names its account's topic", { ...GUIDE, ...from(TOPIC) }, true, false],
    ["names another account's topic", { ...GUIDE, ...from(FOREIGN) }, false, true],
    [
      'asks everybody for the topic, as older guides do',
      { ...GUIDE, Principal: { AWS: '*' }, ...from(TOPIC) },
      true,
      false,
    ],
    ['asks a list of all for the topic', { ...GUIDE, Principal: { AWS: ['*'] }, ...from(FOREIGN) }, false, true],
    [
      'names an account',
      { ...GUIDE, Condition: { StringEquals: { 'aws:SourceAccount': '444455556666' } } },
      false,
      true,
    ],
    ['lets SNS in whoever publishes', GUIDE, true, true],
    ['lets S3 in', { ...GUIDE, Principal: { Service: 's3.amazonaws.com' } }, false, false],
    ['only lets an account in', { ...GUIDE, Principal: { AWS: '444455556666' } }, false, false],
    ['lets SNS receive', { ...GUIDE, Action: 'sqs:ReceiveMessage' }, false, false],
    ['is for another queue', { ...GUIDE, Resource: `${QUEUE}-2` }, false, false],
    [
      'says what is not understood',
      { ...GUIDE, Condition: { DateLessThan: { 'aws:CurrentTime': '2030' } } },
      true,
      false,
    ],
  ])('whose policy %s takes from it', (_says, statement, own, foreign) => {
    const queue = queueWith(statement);
    expect([takesFromTopic(queue, TOPIC), takesFromTopic(queue, FOREIGN)]).toEqual([own, foreign]);
  });

  it('takes nothing that is denied', () => {
    const deny = { ...GUIDE, Effect: 'Deny', Principal: '*', ...from(TOPIC) };
    expect(takesFromTopic(queueWith(GUIDE, deny), TOPIC)).toBe(false);
    expect(takesFromTopic(queueWith(GUIDE, deny), FOREIGN)).toBe(true);
  });

  it('with a policy that an earlier version took unread takes from its own account', () => {
    const queue = { ...queueWith(), attributes: { Policy: '[]' } };
    expect([takesFromTopic(queue, TOPIC), takesFromTopic(queue, FOREIGN)]).toEqual([true, false]);
  });
});
