import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rootGrantOf } from './root-grant.ts';

/** As AWS writes it into the trail of the management account. */
const assumeRoot = (more: object = {}) => ({
  eventVersion: '1.08',
  userIdentity: {
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLE000000007:ops',
    arn: 'arn:aws:sts::900080007000:assumed-role/RootTasks/ops',
    accountId: '900080007000',
    accessKeyId: 'ASIAEXAMPLE00000007B',
    sessionContext: { sessionIssuer: { type: 'Role', userName: 'RootTasks', accountId: '900080007000' } },
  },
  eventTime: '2025-03-01T08:29:58Z',
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRoot',
  sourceIPAddress: '198.51.100.9',
  requestParameters: {
    targetPrincipal: '100020003000',
    taskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy' },
  },
  responseElements: { credentials: { accessKeyId: 'ASIAEXAMPLE000000007', expiration: 'Mar 1, 2025, 8:45:00 AM' } },
  recipientAccountId: '900080007000',
  ...more,
});

describe('a grant of central root access', () => {
  it('names who asked, for which account and what, and the key he was given', () => {
    expect(rootGrantOf(assumeRoot())).toEqual({
      accessKeyId: 'ASIAEXAMPLE000000007',
      principal: 'role RootTasks (session ops)',
      account: '900080007000',
      arn: 'arn:aws:sts::900080007000:assumed-role/RootTasks/ops',
      address: '198.51.100.9',
      target: '100020003000',
      task: 'S3UnlockBucketPolicy',
      at: Date.UTC(2025, 2, 1, 8, 29, 58),
    });
  });

  it('takes the target as an ARN and the policy as a text too', () => {
    const requestParameters = {
      targetPrincipal: 'arn:aws:iam::100020003000:root',
      taskPolicyArn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials',
    };
    expect(rootGrantOf(assumeRoot({ requestParameters }))).toMatchObject({
      target: '100020003000',
      task: 'IAMAuditRootUserCredentials',
    });
  });

  it.each([
    [{ eventName: 'AssumeRole' }],
    [{ eventSource: 'evil.example' }],
    [{ responseElements: null, errorCode: 'AccessDenied' }],
    [{ responseElements: { credentials: { accessKeyId: 7 } } }],
  ])('is none in %j', (more) => expect(rootGrantOf(assumeRoot(more))).toBeUndefined());

  it('is read from records of any shape', () => {
    fc.assert(
      fc.property(fc.object({ maxDepth: 4 }), (shape) => {
        const record = assumeRoot({ userIdentity: shape, requestParameters: shape, sourceIPAddress: shape });
        expect(rootGrantOf(record)?.accessKeyId).toBe('ASIAEXAMPLE000000007');
        expect(rootGrantOf(shape)).toBeUndefined();
      }),
    );
  });
});
