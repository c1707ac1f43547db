import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyPolicyLetsCloudWatch } from './key-policy.ts';

const ACCOUNT = '111122223333';
const policy = (...statements: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const use = {
  Effect: 'Allow',
  Principal: { Service: 'cloudwatch.amazonaws.com' },
  Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
  Resource: '*',
};
const root = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' };

it.each([
  ['CloudWatch is allowed', policy(root, use), true],
  ['the account alone is allowed', policy(root), false],
  ['one action is missing', policy({ ...use, Action: 'kms:Decrypt' }), false],
  ['everything is allowed to everybody', policy({ ...use, Principal: '*', Action: 'kms:*' }), true],
  ['it is denied again', policy(use, { ...use, Effect: 'Deny', Action: 'kms:*' }), false],
  ['the source account fits', policy({ ...use, Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } } }), true],
  [
    'the source account is another',
    policy({ ...use, Condition: { StringEquals: { 'aws:SourceAccount': '1' } } }),
    false,
  ],
  [
    'all alarms are the source',
    policy({ ...use, Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:cloudwatch:*:${ACCOUNT}:alarm:*` } } }),
    true,
  ],
  [
    'one alarm is the source',
    policy({
      ...use,
      Condition: { ArnEquals: { 'aws:SourceArn': `arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:a` } },
    }),
    undefined,
  ],
  ['a condition is strange', policy({ ...use, Condition: { Bool: { 'aws:ViaAWSService': 'true' } } }), undefined],
  ['it is no document', 'none', undefined],
])('a key whose policy says that %s', (_case, text, verdict) => {
  expect(keyPolicyLetsCloudWatch(text, ACCOUNT)).toBe(verdict);
});

it('any document gets an answer', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      keyPolicyLetsCloudWatch(JSON.stringify(value), ACCOUNT);
      keyPolicyLetsCloudWatch(JSON.stringify({ Statement: value }), ACCOUNT);
      keyPolicyLetsCloudWatch(JSON.stringify({ Statement: [{ ...use, Condition: value }] }), ACCOUNT);
    }),
  );
});
