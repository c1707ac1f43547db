import { describe, expect, it } from 'vitest';
import { timedHappeningOf } from '../happening.ts';
import { SessionBook } from '../search/session-book.ts';
import { purposeOf } from './purpose.ts';
import { type DiaryEntry, lastUseSentence, rootDiary } from './root-diary.ts';
import { ROOT_TASKS } from './root-tasks.ts';

const ACCOUNT = '111122223333';
const DAY = 86_400_000;
const START = Date.parse('2024-06-01T09:00:00Z');

type Deed = readonly [name: string, source?: string, more?: object];

const record = (day: number, n: number, [eventName, source = 'iam', more = {}]: Deed): object => ({
  eventVersion: '1.08',
  eventTime: new Date(START + day * DAY + n * 60_000).toISOString(),
  eventName,
  eventSource: `${source}.amazonaws.com`,
  eventID: `${day} ${n}`,
  eventType: eventName === 'ConsoleLogin' ? 'AwsConsoleSignIn' : 'AwsApiCall',
  sourceIPAddress: '203.0.113.7',
  userIdentity: { type: 'Root', accountId: ACCOUNT, accessKeyId: `ASIA${day}` },
  ...more,
});

/** A diary of days, each with its deeds. */
function diary(...days: (readonly Deed[])[]) {
  const book = new SessionBook();
  days.forEach((deeds, day) => {
    deeds.forEach((deed, n) => {
      const made = record(day, n, deed);
      book.add({ happening: timedHappeningOf(made, 0), rules: [0], purpose: purposeOf(made) });
    });
  });
  const now = START + days.length * DAY;
  return rootDiary(book.close().sessions, now, (key) => (key === 'ASIA0' ? 'role RootTasks' : undefined));
}

const verdictOf = (...deeds: readonly Deed[]) => {
  const [{ verdict, reasons }] = diary(deeds).entries as unknown as [DiaryEntry];
  return `${verdict}: ${reasons.join('; ')}`;
};

const LOGIN: Deed = ['ConsoleLogin', 'signin', { responseElements: { ConsoleLogin: 'Success' } }];

describe('a session of root', () => {
  it('needs root for what only root can do, whatever else it did', () => {
    const mfaDelete: Deed = [
      'PutBucketVersioning',
      's3',
      { requestParameters: { VersioningConfiguration: { MfaDelete: 'Enabled' } } },
    ];
    expect(verdictOf(LOGIN, mfaDelete, ['ListBuckets', 's3'])).toBe(
      'needs root: switched MFA delete of a bucket; 1 call that any administrator can make',
    );
    expect(verdictOf(['PasswordUpdated', 'signin', { eventType: 'AwsConsoleSignIn' }])).toContain(
      'needs root: changed the password',
    );
    expect(verdictOf(['CreateAccessKey', 'iam', { requestParameters: null }])).toContain(
      'needs root: made or changed an access key',
    );
  });

  it('is possible by central root access for what AssumeRoot allows', () => {
    expect(verdictOf(LOGIN, ['DeleteBucketPolicy', 's3'])).toContain(
      'possible by central root access: changed the policy of a bucket',
    );
    expect(verdictOf(['DeactivateMFADevice', 'iam', { requestParameters: { userName: 'AWS ROOT USER' } }])).toContain(
      'removed credentials of root',
    );
    expect(verdictOf(['SetQueueAttributes', 'sqs', { requestParameters: { attributes: { Policy: '{}' } } }])).toContain(
      'policy of a queue',
    );
  });

  it('has no need for root for everyday calls, of whomever else', () => {
    expect(verdictOf(LOGIN, ['ListUsers'], ['DescribeInstances', 'ec2'])).toBe(
      'no need for root: 2 calls that any administrator can make',
    );
    expect(
      verdictOf([
        'PutBucketVersioning',
        's3',
        { requestParameters: { VersioningConfiguration: { Status: 'Enabled' } } },
      ]),
    ).toContain('no need');
    expect(verdictOf(['CreateAccessKey', 'iam', { requestParameters: { userName: 'alice' } }])).toContain('no need');
    expect(
      verdictOf(['SetQueueAttributes', 'sqs', { requestParameters: { attributes: { DelaySeconds: '1' } } }]),
    ).toContain('no need');
    const [entry] = diary([['ListUsers'], ['DescribeInstances', 'ec2']]).entries;
    expect(entry?.instead).toEqual(['a role, by IAM Identity Center, with the rights for ec2 and iam']);
  });

  it('is unknown where the records do not tell', () => {
    expect(verdictOf(LOGIN)).toBe('unknown: signed in, and left no other record');
    expect(verdictOf(['ConsoleLogin', 'signin', { responseElements: { ConsoleLogin: 'Failure' } }])).toBe(
      'unknown: nobody got in',
    );
    expect(verdictOf(['BillingPage', 'billingconsole', { eventType: 'AwsConsoleAction' }])).toContain(
      'unknown: opened 1 page',
    );
    expect(verdictOf(['AttachUserPolicy'])).toContain('unknown: gave rights');
  });

  it('by central root access says so, and who took it', () => {
    const userIdentity = {
      type: 'Root',
      accountId: ACCOUNT,
      accessKeyId: 'ASIA0',
      sessionContext: { assumedRoot: 'true', attributes: { creationDate: '2024-06-01T08:59:00Z' } },
    };
    const [entry] = diary([['ListMFADevices', 'iam', { userIdentity }]]).entries;
    expect(entry).toMatchObject({
      verdict: 'possible by central root access',
      behind: 'role RootTasks',
      headline: expect.stringContaining('Central root access to 1111-2222-3333'),
    });
  });
});

describe('the diary', () => {
  it('says when root was last used', () => {
    const { accounts, daysSince, entries } = diary([LOGIN], [], [], [['ListUsers']], [], []);
    expect(entries).toHaveLength(2);
    expect(daysSince).toBe(3);
    expect(accounts).toEqual([expect.objectContaining({ account: ACCOUNT, sessions: 2, daysSince: 3 })]);
    expect(lastUseSentence(diary([LOGIN], [], []))).toBe(
      'Root of 1111-2222-3333 was last used on 2024-06-01, 3 days ago.',
    );
    expect(lastUseSentence(diary())).toBe('Root was not used in what was searched.');
  });

  it('has a list of tasks whose words fit sentences', () => {
    expect(new Set(ROOT_TASKS.map(({ id }) => id)).size).toBe(ROOT_TASKS.length);
    for (const { deed, advice } of ROOT_TASKS) expect(`${deed}${advice}`).not.toMatch(/^[A-Z]|[.;]$/);
  });
});
