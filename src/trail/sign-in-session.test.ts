import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimedHappening } from './happening.ts';
import { timedHappeningOf } from './happening.ts';
import { LISTED, mergeHappening, newSession, type SessionState } from './session-state.ts';
import { candidateKeys, joinSession } from './sign-in-session.ts';

const NINE = Date.UTC(2025, 2, 1, 9);
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOME = '203.0.113.7';

interface Act {
  readonly at: number;
  readonly created?: number;
  readonly from?: string;
  readonly name?: string;
  readonly user?: string;
  readonly more?: object;
}

/** A record's facts; times are milliseconds after nine. */
function act({ at, created, from = HOME, name = 'CreateUser', user, more }: Act): TimedHappening {
  const iso = (time: number): string => new Date(NINE + time).toISOString();
  const attributes = created === undefined ? undefined : { creationDate: iso(created), mfaAuthenticated: 'false' };
  return timedHappeningOf(
    {
      userIdentity: {
        type: user ? 'IAMUser' : 'Root',
        userName: user,
        accountId: '111122223333',
        sessionContext: attributes && { attributes, ...more },
      },
      eventTime: iso(at),
      eventName: name,
      eventSource: 'iam.amazonaws.com',
      awsRegion: 'us-east-1',
      sourceIPAddress: from,
      ...(name === 'ConsoleLogin' && { additionalEventData: { MFAUsed: 'No' } }),
      ...more,
    },
    NINE,
  );
}

const signIn = (at: number, more: Partial<Act> = {}): TimedHappening => act({ at, name: 'ConsoleLogin', ...more });
const failedSignIn = (at: number): TimedHappening => signIn(at, { more: { errorMessage: 'Failed authentication' } });
const billing = (at: number): TimedHappening => act({ at, name: 'ViewBill' });

/** Sessions as a store would keep them: found by the candidate keys alone. */
function sessionsOf(happenings: readonly TimedHappening[]): SessionState[] {
  const sessions: SessionState[] = [];
  for (const happening of happenings) {
    const keys = candidateKeys(happening);
    const candidates = sessions.filter(
      (session) =>
        session.account === keys.account &&
        session.principal.key === keys.principalKey &&
        ((session.createdAt !== null && session.createdAt === keys.createdAt) ||
          ((session.createdAt ?? session.firstAt) <= keys.to && session.lastAt >= keys.from)),
    );
    const joined = joinSession(happening, candidates);
    expect(joinSession(happening, sessions.toReversed())).toBe(joined);
    if (joined) sessions[sessions.indexOf(joined)] = mergeHappening(joined, happening);
    else sessions.push(newSession(happening, `s${sessions.length}`));
  }
  return sessions;
}

const sizes = (...happenings: TimedHappening[]): number[] => sessionsOf(happenings).map(({ events }) => events);

/** What a session holds, whatever its id, in the order of time. */
const facts = (sessions: readonly SessionState[]) =>
  sessions
    .map(({ id, ...rest }) => rest)
    .sort((one, other) => one.firstAt - other.firstAt || (one.principal.key < other.principal.key ? -1 : 1));

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}

describe('sign-in session', () => {
  it('is one for all calls with the same creation time, however long, from wherever, with whatever key', () => {
    const created = 0;
    const calls = [
      act({ at: 10 * SECOND, created }),
      act({ at: 660 * MINUTE, created, from: '198.51.100.9' }),
      act({ at: 20 * SECOND, created, from: 'cloudformation.amazonaws.com' }),
    ];
    expect(sizes(...calls)).toEqual([3]);
  });

  it('is another for another creation time, principal, account or kind of root access', () => {
    expect(
      sizes(
        act({ at: MINUTE, created: 0 }),
        act({ at: MINUTE, created: 30 * SECOND }),
        act({ at: MINUTE, created: 0, user: 'alice' }),
        act({ at: MINUTE, created: 0, more: { assumedRoot: 'true' } }),
        { ...act({ at: MINUTE, created: 0 }), account: '444455556666' },
      ),
    ).toEqual([1, 1, 1, 1, 1]);
  });

  it.each([
    [-6, 2],
    [-1, 1],
    [60, 1],
    [61, 2],
  ])('created %d s after a sign-in makes %d of the two', (seconds, expected) => {
    const created = seconds * SECOND;
    const both = [signIn(0), act({ at: 40 * MINUTE, created })];
    expect(sessionsOf(both)).toHaveLength(expected);
    expect(sessionsOf(both.toReversed())).toHaveLength(expected);
  });

  it('that began with a sign-in takes the creation time of its calls', () => {
    const [session] = sessionsOf([signIn(0), act({ at: MINUTE, created: 4 * SECOND })]);
    expect(session).toMatchObject({
      createdAt: NINE + 4 * SECOND,
      firstAt: NINE,
      lastAt: NINE + MINUTE,
      events: 2,
      calls: 1,
      signIns: 1,
      signedIn: { at: NINE, mfa: 'no', address: HOME },
    });
  });

  it('takes in a sign-in when the first call came through a service, which hides the address', () => {
    const created = 3 * SECOND;
    expect(
      sizes(
        signIn(0),
        act({ at: MINUTE, created, from: 'cloudformation.amazonaws.com' }),
        act({ at: MINUTE, created }),
      ),
    ).toEqual([3]);
  });

  it('does not take in what came from another address, without a creation time', () => {
    expect(sizes(signIn(0), act({ at: MINUTE, created: SECOND, from: '198.51.100.9' }))).toEqual([1, 1]);
    expect(sizes(act({ at: MINUTE, created: SECOND }), signIn(0, { from: '198.51.100.9' }))).toEqual([1, 1]);
    expect(sizes(act({ at: 0 }), act({ at: SECOND, from: '198.51.100.9' }))).toEqual([1, 1]);
  });

  it('does not take in what somebody else did at the same address', () => {
    expect(sizes(signIn(0), signIn(SECOND, { user: 'alice' }), act({ at: MINUTE, created: 2 * SECOND }))).toEqual([
      2, 1,
    ]);
  });

  it('without creation time ends with half an hour of silence', () => {
    const half = 30 * MINUTE;
    expect(sizes(billing(0), billing(half), billing(2 * half))).toEqual([3]);
    expect(sizes(billing(0), billing(half + SECOND))).toEqual([1, 1]);
    expect(sizes(billing(half + SECOND), billing(0))).toEqual([1, 1]);
  });

  it('takes in events without creation time for half an hour after its last call', () => {
    const calls = [act({ at: MINUTE, created: 0 }), act({ at: 50 * MINUTE, created: 0 })];
    expect(sizes(...calls, billing(80 * MINUTE))).toEqual([3]);
    expect(sizes(...calls, billing(81 * MINUTE))).toEqual([2, 1]);
    expect(sizes(...calls, billing(-2 * MINUTE))).toEqual([2, 1]);
  });

  it('is found by its keys also where clocks differ, and not by a creation time that cannot be', () => {
    expect(sizes(act({ at: 0, created: 1 }), billing(30 * MINUTE + 1))).toEqual([2]);
    expect(sizes(act({ at: 0, created: 180 * MINUTE }), billing(190 * MINUTE))).toEqual([1, 1]);
  });

  it('is not the one before when somebody signs in again', () => {
    const first = [signIn(0), act({ at: 10 * MINUTE, created: SECOND })];
    const again = [signIn(20 * MINUTE), act({ at: 21 * MINUTE, created: 20 * MINUTE + 2 * SECOND })];
    expect(sizes(...first, ...again)).toEqual([2, 2]);
    expect(sizes(...first, ...again.toReversed())).toEqual([2, 2]);
  });

  it('is the same in whatever order its records arrive', () => {
    const created = 4 * SECOND;
    const arrivals = [
      signIn(0),
      act({ at: 6 * SECOND, created }),
      act({ at: 19 * MINUTE, created, more: { errorCode: 'AccessDenied' } }),
      act({ at: 20 * MINUTE, created, name: 'DeleteUser' }),
    ];
    const failedBefore = [failedSignIn(-20 * SECOND), billing(10 * MINUTE), ...arrivals];
    const throughService = [act({ at: 9 * MINUTE, created, from: 'cloudformation.amazonaws.com' }), ...arrivals];
    for (const happenings of [failedBefore, throughService]) {
      const expected = facts(sessionsOf(happenings));
      expect(expected).toHaveLength(1);
      expect(expected[0]).toMatchObject({ events: happenings.length, failures: 1, refusals: 1, signIns: 1 });
      for (const order of permutations(happenings)) expect(facts(sessionsOf(order))).toEqual(expected);
    }
  });

  it('keeps apart in any order what belongs apart', () => {
    const day = ['', 'alice', 'bob'].flatMap((user) =>
      [0, 180].flatMap((minutes) => {
        const at = minutes * MINUTE;
        const created = at + 5 * SECOND;
        const calls = [1, 7, 12].map((later) => act({ at: at + later * MINUTE, created, user }));
        return [signIn(at, { user }), ...calls, act({ at: at + 15 * MINUTE, user, name: 'ViewBill' })];
      }),
    );
    const expected = facts(sessionsOf(day));
    expect(expected.map(({ events }) => events)).toEqual([5, 5, 5, 5, 5, 5]);
    fc.assert(
      fc.property(fc.shuffledSubarray(day, { minLength: day.length }), (order) => {
        expect(facts(sessionsOf(order))).toEqual(expected);
      }),
    );
  });

  it('holds every event once and stays bounded, whatever arrives', () => {
    const anyAct = fc.record(
      {
        at: fc.integer({ min: 0, max: 200 * MINUTE }),
        created: fc.integer({ min: -48 * 60 * MINUTE, max: 200 * MINUTE }),
        from: fc.constantFrom(HOME, '198.51.100.9', 'ec2.amazonaws.com', 'AWS Internal', ''),
        name: fc.constantFrom('ConsoleLogin', 'ViewBill', '__proto__', 'CreateUser'),
      },
      { requiredKeys: ['at'] },
    );
    fc.assert(
      fc.property(fc.array(anyAct, { maxLength: 30 }), (acts) => {
        const sessions = sessionsOf(acts.map((one) => act(one as Act)));
        expect(sessions.reduce((sum, { events }) => sum + events, 0)).toBe(acts.length);
        for (const session of sessions) {
          expect(JSON.parse(JSON.stringify(session))).toEqual(session);
          expect(session.calls + session.signIns + session.triedAndFailed).toBe(session.events);
        }
      }),
    );
  });

  it('keeps bounded lists', () => {
    const many = Array.from({ length: 100 }, (_, n) =>
      act({ at: n, created: 0, from: `203.0.113.${n}`, name: `Do${n}`, more: { awsRegion: `r-${n}` } }),
    );
    const [session] = sessionsOf([...many, ...many.slice(0, 1)]);
    expect(session?.addresses).toHaveLength(LISTED);
    expect(session?.regions).toHaveLength(LISTED);
    expect(session?.topActions.length).toBeLessThan(50);
    expect(session?.topActions[0]).toEqual(['iam Do0', 2]);
    expect(session?.events).toBe(101);
  });
});
