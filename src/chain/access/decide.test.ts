import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyOf, readTopicPolicy } from '../topics/access/topic-policy.ts';
import { decide } from './decide.ts';
import { glob } from './glob.ts';

const ARN = 'arn:aws:sns:eu-west-1:111122223333:security';
const OTHER = '444455556666';

const statementsOf = (...statements: object[]) => {
  const attributes: Record<string, string> =
    statements.length === 0 ? {} : { Policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }) };
  return policyOf({ arn: ARN, account: '111122223333', attributes }).Statement;
};

const ask = (...statements: object[]) =>
  decide(statementsOf(...statements), {
    action: 'sns:Publish',
    resource: ARN,
    principal: { account: OTHER, arn: `arn:aws:iam::${OTHER}:user/x` },
    keys: new Map([
      ['aws:sourceowner', OTHER],
      ['aws:sourcearn', undefined],
    ]),
  }).allowed;

const ALLOW = { Effect: 'Allow', Principal: { AWS: OTHER }, Action: 'SNS:Publish', Resource: ARN };

describe('a topic policy', () => {
  it('lets nobody else in by default', () => {
    expect(ask()).toBe(false);
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
    expect(ask({ ...ALLOW, ...change })).toBe(allowed);
  });

  it('that denies wins, also where it is not understood in full', () => {
    const deny = { ...ALLOW, Effect: 'Deny' };
    expect(ask(ALLOW, deny)).toBe(false);
    expect(ask(ALLOW, { ...deny, Condition: { DateLessThan: { 'aws:CurrentTime': '2030' } } })).toBe(false);
    expect(ask(ALLOW, { ...deny, Action: 'SNS:Subscribe', Condition: { Odd: {} } })).toBe(true);
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
