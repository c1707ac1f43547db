import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventSummary, happeningOf, timedHappeningOf } from './happening.ts';

const signIn = (over: object = {}) => ({
  eventVersion: '1.08',
  userIdentity: {
    type: 'Root',
    principalId: '111122223333',
    arn: 'arn:aws:iam::111122223333:root',
    accountId: '111122223333',
    accessKeyId: '',
  },
  eventTime: '2025-03-01T09:15:02Z',
  eventSource: 'signin.amazonaws.com',
  eventName: 'ConsoleLogin',
  awsRegion: 'us-east-1',
  sourceIPAddress: '203.0.113.7',
  userAgent:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36',
  requestParameters: null,
  responseElements: { ConsoleLogin: 'Success' },
  additionalEventData: { MFAUsed: 'No' },
  eventID: '5a1c0f0e-0000-4000-8000-000000000001',
  readOnly: false,
  eventType: 'AwsConsoleSignIn',
  recipientAccountId: '111122223333',
  ...over,
});

const call = (identity: object, over: object = {}) => ({
  userIdentity: identity,
  eventTime: '2025-03-01T09:16:40Z',
  eventSource: 'iam.amazonaws.com',
  eventName: 'CreateUser',
  ...over,
});

describe('happening', () => {
  it('tells a console sign-in', () => {
    expect(happeningOf(signIn())).toEqual({
      time: Date.UTC(2025, 2, 1, 9, 15, 2),
      account: '111122223333',
      principal: { kind: 'root', name: 'root', key: 'root', arn: 'arn:aws:iam::111122223333:root' },
      action: 'signed in to the console',
      result: 'success',
      failed: false,
      refused: false,
      signIn: true,
      sourceAddress: '203.0.113.7',
      userAgent: 'Chrome 120 on macOS',
      mfa: 'no',
      region: 'us-east-1',
      eventId: '5a1c0f0e-0000-4000-8000-000000000001',
      createdAt: undefined,
      accessKeyId: undefined,
      centralRootAccess: false,
      readOnly: false,
    });
  });

  it('says of a failed sign-in that somebody tried and failed', () => {
    const failed = happeningOf(
      signIn({ responseElements: { ConsoleLogin: 'Failure' }, errorMessage: 'Failed authentication' }),
    );
    expect(failed).toMatchObject({ failed: true, result: 'tried and failed', action: 'sign in to the console' });
    expect(happeningOf(signIn({ responseElements: { ConsoleLogin: 'Failure' } })).failed).toBe(true);
  });

  it.each([
    ['Yes', 'yes'],
    ['YES', 'yes'],
    ['No', 'no'],
    ['', 'unknown'],
    [undefined, 'unknown'],
    [{}, 'unknown'],
  ])('reads MFAUsed %j as %s', (MFAUsed, mfa) => {
    expect(happeningOf(signIn({ additionalEventData: { MFAUsed } })).mfa).toBe(mfa);
  });

  it('takes MFA and creation time of a call from its session', () => {
    const attributes = { creationDate: '2025-03-01T09:15:02Z', mfaAuthenticated: 'true' };
    const happening = happeningOf(call({ type: 'Root', accessKeyId: 'ASIAX', sessionContext: { attributes } }));
    expect(happening).toMatchObject({ mfa: 'yes', createdAt: Date.UTC(2025, 2, 1, 9, 15, 2), accessKeyId: 'ASIAX' });
    expect(happeningOf(call({ type: 'Root', accessKeyId: 'AKIAX' }))).toMatchObject({ mfa: 'unknown' });
  });

  it('knows central root access', () => {
    expect(happeningOf(call({ type: 'Root', sessionContext: { assumedRoot: 'true' } })).centralRootAccess).toBe(true);
    expect(happeningOf(call({ type: 'Root', sessionContext: { assumedRoot: 'false' } })).centralRootAccess).toBe(false);
  });

  it.each([
    [{}, 'iam CreateUser', 'success'],
    [{ errorCode: 'AccessDenied', errorMessage: 'no' }, 'iam CreateUser', 'failed: AccessDenied'],
    [{ errorMessage: 'went wrong' }, 'iam CreateUser', 'failed: went wrong'],
    [{ eventSource: 'monitoring.amazonaws.com', eventName: 'DeleteAlarms' }, 'cloudwatch DeleteAlarms', 'success'],
    [{ eventSource: 'lambda.amazonaws.com', eventName: 'ListFunctions20150331' }, 'lambda ListFunctions', 'success'],
    [{ eventSource: 'ec2.amazonaws.com.cn', eventName: 'RunInstances' }, 'ec2 RunInstances', 'success'],
    [{ eventSource: undefined, eventName: 7 }, 'an unnamed action', 'success'],
    [
      { eventSource: 'signin.amazonaws.com', eventName: 'CheckMfa', responseElements: { CheckMfa: 'Failure' } },
      'signin CheckMfa',
      'failed: refused',
    ],
  ])('%j is %s, %s', (over, action, result) => {
    expect(happeningOf(call({ type: 'Root' }, over))).toMatchObject({ action, result, failed: result !== 'success' });
  });

  it.each([
    ['AccessDenied', true],
    ['Client.UnauthorizedOperation', true],
    ['NoSuchBucketPolicy', false],
    [undefined, false],
  ])('knows whether %s is a refusal', (errorCode, refused) => {
    expect(happeningOf(call({ type: 'Root' }, { errorCode })).refused).toBe(refused);
  });

  it('takes the given moment where a record tells none', () => {
    expect(timedHappeningOf(signIn({ eventTime: 'yesterday' }), 5).time).toBe(5);
    expect(timedHappeningOf(signIn(), 5).time).toBe(Date.UTC(2025, 2, 1, 9, 15, 2));
  });

  it('summarises for messages', () => {
    expect(eventSummary(happeningOf(signIn()))).toEqual({
      time: '2025-03-01T09:15:02.000Z',
      account: '111122223333',
      principal: 'root',
      action: 'signed in to the console',
      result: 'success',
      sourceAddress: '203.0.113.7',
      userAgent: 'Chrome 120 on macOS',
      mfa: 'no',
      region: 'us-east-1',
      eventId: '5a1c0f0e-0000-4000-8000-000000000001',
    });
    expect(eventSummary(happeningOf(null))).toEqual({
      time: null,
      account: '',
      principal: 'somebody unknown',
      action: 'an unnamed action',
      result: 'success',
      sourceAddress: '',
      userAgent: '',
      mfa: 'unknown',
      region: '',
      eventId: '',
    });
  });

  it('keeps texts to one bounded line, whatever a record holds', () => {
    const names = Object.keys(signIn());
    const record = fc.dictionary(
      fc.constantFrom(...names, '__proto__', 'constructor'),
      fc.oneof(
        fc.anything(),
        fc.string({ unit: 'binary', maxLength: 3000 }),
        fc.object({
          key: fc.constantFrom('type', 'arn', 'accountId', 'sessionContext', 'userName', 'principalId', 'invokedBy'),
        }),
      ),
    );
    fc.assert(
      fc.property(record, (hostile) => {
        for (const text of Object.values(eventSummary(happeningOf(hostile)))) {
          expect((text ?? '').length).toBeLessThanOrEqual(300);
          expect(text ?? '').not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        }
      }),
    );
  });

  it('keeps forged lines and direction marks out of texts', () => {
    const forged = happeningOf(signIn({ sourceIPAddress: '203.0.113.7\r\nBcc: x@example.org \u202e' }));
    expect(forged.sourceAddress).toBe('203.0.113.7 Bcc: x@example.org');
  });
});
