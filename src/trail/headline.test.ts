import { describe, expect, it } from 'vitest';
import { timedHappeningOf } from './happening.ts';
import { headline, sessionSummary } from './headline.ts';
import { mergeHappening, newSession, type SessionState } from './session-state.ts';

const NINE = Date.UTC(2025, 2, 1, 9);
const ROOT = { type: 'Root', accountId: '111122223333', arn: 'arn:aws:iam::111122223333:root' };
const ALICE = { type: 'IAMUser', accountId: '111122223333', userName: 'alice' };

/** A record of `seconds` after nine; later members win. */
const record = (seconds: number, ...more: object[]): object =>
  Object.assign(
    {
      userIdentity: ROOT,
      eventTime: new Date(NINE + seconds * 1000).toISOString(),
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateUser',
      awsRegion: 'us-east-1',
      sourceIPAddress: '203.0.113.7',
    },
    ...more,
  );

const login = (MFAUsed?: string) => ({
  eventSource: 'signin.amazonaws.com',
  eventName: 'ConsoleLogin',
  additionalEventData: { MFAUsed },
  responseElements: { ConsoleLogin: 'Success' },
});

const failure = {
  ...login('No'),
  responseElements: { ConsoleLogin: 'Failure' },
  errorMessage: 'Failed authentication',
};

const denied = { errorCode: 'AccessDenied' };
const missing = { errorCode: 'NoSuchBucketPolicy' };
const as = (userIdentity: object) => ({ userIdentity });
const from = (sourceIPAddress: string | undefined) => ({ sourceIPAddress });

function session(...records: object[]): SessionState {
  const [first, ...rest] = records.map((one) => timedHappeningOf(one, NINE));
  return rest.reduce(mergeHappening, newSession(first!, 's1'));
}

const calls = (count: number, seconds: number, ...more: object[]): object[] =>
  Array.from({ length: count }, (_, n) => record(Math.round((n * seconds) / (count - 1)), ...more));

const say = (...records: object[]): string | undefined => headline([session(...records)], 1);

describe('headline', () => {
  it.each<[string, object[]]>([
    [
      'Root of 1111-2222-3333 signed in to the console from 203.0.113.7 without MFA, then made 110 calls in 41 minutes',
      [record(0, login('No')), ...calls(110, 41 * 60)],
    ],
    ['Root of 1111-2222-3333 signed in to the console from 203.0.113.7 without MFA', [record(0, login('No'))]],
    ['Root of 1111-2222-3333 signed in to the console from 203.0.113.7 with MFA', [record(0, login('Yes'))]],
    ['Root of 1111-2222-3333 signed in to the console from 203.0.113.7', [record(0, login())]],
    [
      'Root of 1111-2222-3333 signed in to the console 2 times from 203.0.113.7 with MFA',
      [record(0, login('Yes')), record(9, login('Yes'))],
    ],
    [
      'Root of 1111-2222-3333 signed in to the console from 203.0.113.7 with MFA, then called iam CreateUser',
      [record(0, login('Yes')), record(9)],
    ],
    [
      'Root of 1111-2222-3333 signed in to the console from 203.0.113.7 with MFA (1 failed attempt to sign in)',
      [record(0, failure), record(9, login('Yes'))],
    ],
    [
      'Somebody tried to sign in to the console as root of 1111-2222-3333 from 203.0.113.7 and failed',
      [record(0, failure)],
    ],
    [
      'Somebody tried 3 times to sign in to the console as IAM user alice of 1111-2222-3333 from 203.0.113.7 and failed',
      [0, 1, 2].map((seconds) => record(seconds, failure, as(ALICE))),
    ],
    [
      'Somebody tried to sign in to the console as an unknown IAM user of 1111-2222-3333 from 203.0.113.7 and failed',
      [record(0, failure, as({ ...ALICE, userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' }))],
    ],
  ])('of sign-ins: %s', (sentence, records) => {
    expect(say(...records)).toBe(sentence);
  });

  it.each<[string, object[]]>([
    ['Root of 1111-2222-3333 called iam CreateUser from 203.0.113.7', [record(0)]],
    ['Root of 1111-2222-3333 called iam CreateUser from 203.0.113.7 and was refused', [record(0, denied)]],
    ['Root of 1111-2222-3333 called iam CreateUser from 203.0.113.7 and failed', [record(0, missing)]],
    ['Root of 1111-2222-3333 made 3 calls from 203.0.113.7 in 2 minutes', calls(3, 120)],
    ['Root of 1111-2222-3333 made 3 calls from 203.0.113.7 within a second', calls(3, 0)],
    ['Root of 1111-2222-3333 made 2 calls from 203.0.113.7 in 59 seconds', calls(2, 59)],
    ['Root of 1111-2222-3333 made 2 calls from 203.0.113.7 in 1 minute', calls(2, 60)],
    ['Root of 1111-2222-3333 made 2 calls from 203.0.113.7 in 11 hours', calls(2, 11 * 3600)],
    ['Root of 1111-2222-3333 made 2 calls from 203.0.113.7 in 3 days', calls(2, 72 * 3600)],
    [
      'Root of 1111-2222-3333 made 4 calls from 203.0.113.7 in 1 minute, 2 of them refused',
      [...calls(2, 60), ...calls(2, 60, denied)],
    ],
    [
      'Root of 1111-2222-3333 made 3 calls from 203.0.113.7 in 1 minute, 2 of them failed',
      [record(0), record(9, denied), record(60, missing)],
    ],
    ['Root of 1111-2222-3333 made 2 calls from 203.0.113.7 in 1 minute, all refused', calls(2, 60, denied)],
    [
      'Root of 1111-2222-3333 made 2 calls from 203.0.113.7 in 1 minute (2 failed attempts to sign in)',
      [...calls(2, 60), record(1, failure), record(2, failure)],
    ],
    [
      'Root of 1111-2222-3333 made 3 calls from 203.0.113.7 and 1 other address in 9 seconds',
      [record(0), record(5, from('198.51.100.9')), record(9, from('s3.amazonaws.com'))],
    ],
    [
      'Root of 1111-2222-3333 made 20 calls from 203.0.113.1 and many other addresses in 19 seconds',
      Array.from({ length: 20 }, (_, n) => record(n, from(`203.0.113.${n + 1}`))),
    ],
    ['Root of 1111-2222-3333 called iam CreateUser from 2001:db8::7', [record(0, from('2001:db8::7'))]],
    [
      'Root of 1111-2222-3333 called iam CreateUser through autoscaling.amazonaws.com',
      [record(0, from('autoscaling.amazonaws.com'))],
    ],
    ['Root of 1111-2222-3333 called iam CreateUser from inside AWS', [record(0, from('AWS Internal'))]],
    ['Root of 1111-2222-3333 called iam CreateUser', [record(0, from(undefined))]],
  ])('of calls: %s', (sentence, records) => {
    expect(say(...records)).toBe(sentence);
  });

  it.each<[string, object]>([
    [
      'Central root access to 1111-2222-3333 called iam CreateUser from 203.0.113.7',
      as({ ...ROOT, sessionContext: { assumedRoot: 'true' } }),
    ],
    [
      'IAM user alice of 1111-2222-3333 called cloudtrail DeleteTrail from 203.0.113.7',
      { ...as(ALICE), eventSource: 'cloudtrail.amazonaws.com', eventName: 'DeleteTrail' },
    ],
    [
      'Role deploy (session ci) of 1111-2222-3333 called iam CreateUser from 203.0.113.7',
      as({ type: 'AssumedRole', arn: 'arn:aws:sts::111122223333:assumed-role/deploy/ci' }),
    ],
    [
      'Federated user bob of 1111-2222-3333 called iam CreateUser from 203.0.113.7',
      as({ type: 'FederatedUser', accountId: '111122223333', principalId: '111122223333:bob' }),
    ],
    [
      'lambda.amazonaws.com in 1111-2222-3333 called iam CreateUser',
      {
        ...as({ type: 'AWSService', invokedBy: 'lambda.amazonaws.com' }),
        ...from('lambda.amazonaws.com'),
        recipientAccountId: '111122223333',
      },
    ],
    [
      'Account 4444-5555-6666 called iam CreateUser from 203.0.113.7',
      as({ type: 'AWSAccount', accountId: '444455556666' }),
    ],
    [
      'Unknown principal x in 1111-2222-3333 called iam CreateUser from 203.0.113.7',
      as({ type: 'Unknown', accountId: '111122223333', userName: 'x' }),
    ],
    ['Somebody unknown in an unknown account called iam CreateUser from 203.0.113.7', as({})],
  ])('of others: %s', (sentence, more) => {
    expect(say(record(0, more))).toBe(sentence);
  });

  it('counts further sessions, also those it was not given', () => {
    const one = session(record(0));
    const start = 'Root of 1111-2222-3333 called iam CreateUser from 203.0.113.7';
    expect(headline([one], 3)).toBe(`${start}, and 2 more sign-in sessions`);
    expect(headline([one, one], 2)).toBe(`${start}, and 1 more sign-in session`);
    expect(headline([one, one, one], 0)).toBe(`${start}, and 2 more sign-in sessions`);
    expect(headline([], 0)).toBeUndefined();
  });
});

describe('session summary', () => {
  it('tells a session in JSON', () => {
    const records = [record(0, login('No')), record(60, denied), record(90), record(120, { eventName: 'DeleteUser' })];
    expect(sessionSummary(session(...records))).toEqual({
      id: 's1',
      account: '111122223333',
      principal: 'root',
      started: '2025-03-01T09:00:00.000Z',
      ended: '2025-03-01T09:02:00.000Z',
      events: 4,
      failures: 1,
      signedIn: { at: '2025-03-01T09:00:00.000Z', mfa: 'no', address: '203.0.113.7' },
      triedAndFailed: 0,
      centralRootAccess: false,
      addresses: ['203.0.113.7'],
      regions: ['us-east-1'],
      topActions: [
        { action: 'iam CreateUser', count: 2 },
        { action: 'iam DeleteUser', count: 1 },
      ],
      sentence:
        'Root of 1111-2222-3333 signed in to the console from 203.0.113.7 without MFA, then made 3 calls in 2 minutes, 1 of them refused',
    });
  });

  it('says so where nobody signed in', () => {
    expect(sessionSummary(session(record(0, failure)))).toMatchObject({ signedIn: null, triedAndFailed: 1 });
  });
});
