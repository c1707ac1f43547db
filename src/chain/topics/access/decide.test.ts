import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Topic } from '../topic.ts';
import { decide } from './decide.ts';
import { glob } from './glob.ts';
import { mayRing } from './permitted-topic.ts';
import { readTopicPolicy } from './topic-policy.ts';

const ARN = 'arn:aws:sns:eu-west-1:111122223333:security';
const OTHER = '444455556666';

function topicWith(...statements: object[]): Topic {
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  return {
    id: 1,
    account: '111122223333',
    region: 'eu-west-1',
    name: 'security',
    arn: ARN,
    attributes: statements.length === 0 ? {} : { Policy },
    tags: {},
    createdAt: 0,
  };
}

const ask = (topic: Topic) =>
  decide(topic, {
    action: 'Publish',
    principal: { account: OTHER, arn: `arn:aws:iam::${OTHER}:user/x` },
    keys: new Map([
      ['aws:sourceowner', OTHER],
      ['aws:sourcearn', undefined],
    ]),
  }).allowed;

const ALLOW = { Effect: 'Allow', Principal: { AWS: OTHER }, Action: 'SNS:Publish', Resource: ARN };

describe('a topic policy', () => {
  it('lets nobody else in by default', () => {
    expect(ask(topicWith())).toBe(false);
  });

  it.each([
    [{}, true],
    [{ Principal: '*' }, true],
    [{ Principal: { AWS: `arn:aws:iam::${OTHER}:root` } }, true],
    [{ Principal: { AWS: ['111122223333', `arn:aws:iam::${OTHER}:user/x`] } }, true],
    [{ Principal: { AWS: '777788889999' } }, false],
    [{ Principal: { Service: 'cloudwatch.amazonaws.com' } }, false],
    [{ Action: ['sns:Subscribe', 'sns:pub*'] }, true],
    [{ Action: 'SNS:Subscribe' }, false],
    [{ Action: 'SQS:*' }, false],
    [{ Resource: 'arn:aws:sns:*:111122223333:sec*' }, true],
    [{ Resource: `${ARN}2` }, false],
    [{ Condition: { StringEquals: { 'AWS:SourceOwner': OTHER } } }, true],
    [{ Condition: { StringEquals: { 'AWS:SourceOwner': '111122223333' } } }, false],
    [{ Condition: { StringNotEquals: { 'aws:SourceOwner': [OTHER] } } }, false],
    [{ Condition: { ArnLike: { 'aws:SourceArn': 'arn:*' } } }, false],
    [{ Condition: { ArnLikeIfExists: { 'aws:SourceArn': 'arn:*' } } }, true],
    [{ Condition: { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } } }, false],
    [{ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }, false],
    [{ Principal: undefined, NotPrincipal: { AWS: '777788889999' } }, false],
    [{ Action: undefined, NotAction: 'SNS:Subscribe' }, false],
  ])('with %j allows a publisher of another account: %s', (change, allowed) => {
    expect(ask(topicWith({ ...ALLOW, ...change }))).toBe(allowed);
  });

  it('that denies wins, also where it is not understood in full', () => {
    const deny = { ...ALLOW, Effect: 'Deny' };
    expect(ask(topicWith(ALLOW, deny))).toBe(false);
    expect(ask(topicWith(ALLOW, { ...deny, Condition: { DateLessThan: { 'aws:CurrentTime': '2030' } } }))).toBe(false);
    expect(ask(topicWith(ALLOW, { ...deny, Action: 'SNS:Subscribe', Condition: { Odd: {} } }))).toBe(true);
  });

  it('lets an alarm of another account ring when it names its account or ARN', () => {
    const alarm = { account: OTHER, arn: `arn:aws:cloudwatch:eu-west-1:${OTHER}:alarm:root` };
    const service = { ...ALLOW, Principal: { Service: 'cloudwatch.amazonaws.com' } };
    const where = (Condition: object) => mayRing(topicWith({ ...service, Condition }), alarm);
    expect(where({ StringEquals: { 'aws:SourceAccount': OTHER } })).toBe(true);
    expect(where({ ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:*:444455556666:alarm:*' } })).toBe(true);
    expect(where({ StringEquals: { 'aws:SourceAccount': '777788889999' } })).toBe(false);
    expect(mayRing(topicWith(), alarm)).toBe(false);
    expect(mayRing(topicWith(), { ...alarm, account: '111122223333' })).toBe(true);
  });

  it.each([
    ['no json', 'Error: null'],
    ['{"Version":"1999","Statement":[]}', 'Unsupported policy Version'],
    ['{"Statement":["x"]}', 'Statement must be an object'],
    ['{"Statement":[{"Effect":"Maybe"}]}', 'Statement Effect is invalid'],
    ['{"Statement":[{"Effect":"Deny","Principal":"*"}]}', 'Statement must have Action'],
    [JSON.stringify({ Statement: Array(101).fill(ALLOW) }), 'Too many statements'],
    [`{"Id":"${'x'.repeat(30_720)}"}`, 'Policy is too long'],
  ])('is refused: %.60s', (text, message) => {
    expect(() => readTopicPolicy(text)).toThrow(message);
  });
});

describe('a pattern in a policy', () => {
  const naive = (pattern: string, text: string): boolean => {
    if (pattern === '') return text === '';
    if (pattern[0] === '*') return naive(pattern.slice(1), text) || (text !== '' && naive(pattern, text.slice(1)));
    return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && naive(pattern.slice(1), text.slice(1));
  };
  const word = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 8 });

  it('fits what a naive reading fits', () => {
    fc.assert(
      fc.property(word('ab*?'), word('ab'), (pattern, text) => glob(pattern, text) === naive(pattern, text)),
      { numRuns: 2_000 },
    );
  });
});
