import { describe, expect, it } from 'vitest';
import { timedHappeningOf } from './happening.ts';
import { automationFinder, type KnownAutomation, knownPhrase } from './known-automation.ts';
import { mergeHappening, newSession, type SessionState } from './session-state.ts';

const NOON = Date.UTC(2026, 2, 4, 12);
const record = (eventName: string, sourceIPAddress = '203.0.113.7', more: object = {}) => ({
  eventSource: 's3.amazonaws.com',
  eventName,
  eventTime: '2026-03-04T12:00:00Z',
  sourceIPAddress,
  userIdentity: { type: 'Root', accountId: '111122223333', arn: 'arn:aws:iam::111122223333:root' },
  ...more,
});
const session = (...records: object[]): SessionState =>
  records
    .map((each) => timedHappeningOf(each, NOON))
    .slice(1)
    .reduce(mergeHappening, newSession(timedHappeningOf(records[0], NOON), 'id'));

const inventory: KnownAutomation = {
  name: 'inventory',
  owner: 'ops@example.com',
  expires: '2026-12-31',
  account: '111122223333',
  principal: 'root',
  addresses: ['203.0.113.0/24'],
  actions: ['s3 GetBucketPolicy', 's3 ListBuckets'],
};
const label = (state: SessionState, entry: Partial<KnownAutomation> = {}, now = NOON) =>
  automationFinder([{ ...inventory, ...entry }])(state, now);

describe('known automation', () => {
  it('is told by name, owner and expiry', () => {
    const found = label(session(record('ListBuckets'), record('GetBucketPolicy', '203.0.113.9')));
    expect(found).toEqual({ name: 'inventory', owner: 'ops@example.com', expires: '2026-12-31', expired: false });
    expect(knownPhrase(found!)).toBe(' (known automation: inventory of ops@example.com, until 2026-12-31)');
  });

  it('is known to the end of its last day, and said to have been known afterwards', () => {
    const state = session(record('ListBuckets'));
    expect(label(state, { expires: '2026-03-04' })?.expired).toBe(false);
    const later = label(state, { expires: '2026-03-03' });
    expect(later?.expired).toBe(true);
    expect(knownPhrase(later!)).toContain('was known until 2026-03-03 only');
  });

  it.each([
    ['from elsewhere', session(record('ListBuckets', '198.51.100.1'))],
    ['from elsewhere too', session(record('ListBuckets'), record('ListBuckets', '198.51.100.1'))],
    ['from nowhere known', session(record('ListBuckets', 'cloudformation.amazonaws.com'))],
    ['doing something else', session(record('ListBuckets'), record('PutBucketPolicy'))],
    [
      'in another account',
      session(record('ListBuckets', '203.0.113.7', { userIdentity: { type: 'Root', accountId: '444455556666' } })),
    ],
    [
      'signing in',
      session(
        record('ListBuckets'),
        record('ConsoleLogin', '203.0.113.7', {
          eventSource: 'signin.amazonaws.com',
          responseElements: { ConsoleLogin: 'Success' },
        }),
      ),
    ],
    ['doing more than is remembered', session(...Array.from({ length: 40 }, (_, i) => record(`Call${i}`)))],
  ])('is nothing that comes %s', (_, state) => expect(label(state)).toBeUndefined());

  it('goes by each of its conditions alone, a name with a star by its beginning', () => {
    const state = session(record('ListBuckets', '198.51.100.1'));
    const free = { account: undefined, principal: undefined, addresses: undefined, actions: undefined };
    expect(label(state, { ...free, principal: 'ro*' })).toBeDefined();
    expect(label(state, { ...free, principal: 'ro' })).toBeUndefined();
    expect(label(state, { ...free, actions: ['s3 ListBuckets'] })).toBeDefined();
    expect(label(state, { ...free, addresses: ['::ffff:198.51.100.0/120', '198.51.100.1'] })).toBeDefined();
  });
});
