import { describe, expect, it } from 'vitest';
import { accountOf, accountPhrase, principalOf, principalPhrase } from './principal.ts';

const of = (userIdentity: unknown, over: object = {}) => principalOf({ userIdentity, ...over });
const phrase = (userIdentity: unknown) => principalPhrase(of(userIdentity));

const account = '111122223333';
const roleIssuer = {
  sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${account}:role/ops/deploy`, userName: 'deploy' },
};

describe('principal', () => {
  it.each([
    ['root', { type: 'Root', arn: `arn:aws:iam::${account}:root`, userName: 'the-alias' }],
    ['root', { arn: `arn:aws-cn:iam::${account}:root` }],
    ['IAM user alice', { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/people/alice`, userName: 'alice' }],
    ['IAM user alice', { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/people/alice` }],
    ['IAM user Root', { type: 'IAMUser', userName: 'Root' }],
    ['an unknown IAM user', { type: 'IAMUser', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' }],
    ['IAM user test', { type: 'User', arn: 'arn:aws:iam::444444444444:user/test', userName: 'test' }],
    [
      'role deploy (session ci)',
      { type: 'AssumedRole', principalId: 'AROAX:ci', arn: `arn:aws:sts::${account}:assumed-role/deploy/ci` },
    ],
    ['role deploy (session ci)', { type: 'AssumedRole', principalId: 'AROAX:ci', sessionContext: roleIssuer }],
    ['role deploy', { type: 'AssumedRole', arn: `arn:aws:sts::${account}:assumed-role/deploy` }],
    ['role deploy', { type: 'Role', arn: `arn:aws:iam::${account}:role/ops/deploy` }],
    ['federated user bob', { type: 'FederatedUser', arn: `arn:aws:sts::${account}:federated-user/bob` }],
    ['federated user bob', { type: 'FederatedUser', principalId: `${account}:bob` }],
    [
      'federated user bob, federated by root',
      { type: 'FederatedUser', principalId: `${account}:bob`, sessionContext: { sessionIssuer: { type: 'Root' } } },
    ],
    ['federated user carol', { type: 'SAMLUser', userName: 'carol' }],
    ['lambda.amazonaws.com', { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' }],
    ['secretsmanager.amazonaws.com', { accountId: account, invokedBy: 'secretsmanager.amazonaws.com' }],
    ['account 1111-2222-3333', { type: 'AWSAccount', accountId: account, principalId: 'AIDAX' }],
    ['unknown principal x', { type: 'Unknown', userName: 'x' }],
    ['somebody unknown', {}],
    ['somebody unknown', null],
    ['somebody unknown', { type: '__proto__', arn: 5, userName: {} }],
    ['somebody unknown', { type: 'constructor' }],
  ])('%s', (words, identity) => {
    expect(phrase(identity)).toBe(words);
  });

  it('has one key for a sign-in and the calls after it', () => {
    const arn = `arn:aws:sts::${account}:assumed-role/deploy/ci`;
    expect(of({ type: 'AssumedRole', principalId: 'AROAX:ci', arn, sessionContext: roleIssuer }).key).toBe(
      of({ type: 'AssumedRole', arn, userName: 'ci' }).key,
    );
    expect(of({ type: 'IAMUser', principalId: 'AIDAX', userName: 'alice' }).key).toBe('user:alice');
    expect(of({ type: 'IAMUser', arn: `arn:aws:iam::${account}:user/alice` }).key).toBe('user:alice');
    expect(of({ type: 'IAMUser', userName: 'root' }).key).not.toBe(of({ type: 'Root' }).key);
  });

  it('takes the account from identity, ARN or recipient, in this order', () => {
    const arn = 'arn:aws:iam::222222222222:user/a';
    expect(accountOf({ userIdentity: { accountId: account, arn }, recipientAccountId: '333333333333' })).toBe(account);
    expect(accountOf({ userIdentity: { accountId: '...', arn } })).toBe('222222222222');
    expect(accountOf({ userIdentity: { type: 'AWSService' }, recipientAccountId: '333333333333' })).toBe(
      '333333333333',
    );
    expect(accountOf({ userIdentity: { accountId: '12345' } })).toBe('12345');
    expect(accountOf(undefined)).toBe('');
  });

  it('writes account ids as people read them', () => {
    expect(accountPhrase(account)).toBe('1111-2222-3333');
    expect(accountPhrase('12345')).toBe('12345');
    expect(accountPhrase('')).toBe('an unknown account');
  });
});
