import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timedHappeningOf } from '../happening.ts';
import { SessionBook, type SessionEvent } from './session-book.ts';

const START = Date.parse('2024-06-01T09:00:00Z');

/** A call of root `minutes` after nine, with credentials issued at `issued` minutes. */
function event(minutes: number, issued: number | undefined, account = '111122223333'): SessionEvent {
  const time = (after: number): string => new Date(START + after * 60_000).toISOString().replace('.000', '');
  const record = {
    eventTime: time(minutes),
    eventName: 'ListUsers',
    eventSource: 'iam.amazonaws.com',
    eventID: `${account} ${minutes} ${issued}`,
    sourceIPAddress: '203.0.113.7',
    userIdentity: {
      type: 'Root',
      accountId: account,
      accessKeyId: `ASIA${issued}`,
      ...(issued === undefined ? {} : { sessionContext: { attributes: { creationDate: time(issued) } } }),
    },
  };
  return { happening: timedHappeningOf(record, 0), rules: [minutes % 2], purpose: 'why' };
}

const told = (events: readonly SessionEvent[]): string[] => {
  const book = new SessionBook();
  for (const each of events) book.add(each);
  return book
    .close()
    .sessions.map(({ state, rules }) => `${state.account} ${state.firstAt} ${state.events} ${[...rules]}`);
};

describe('a book of sessions', () => {
  const events = [event(0, 0), event(10, 0), event(90, 0), event(100, 95), event(101, 95), event(5, 5, '999988887777')];

  it('joins events by account and sign-in, in whatever order they come', () => {
    expect(told(events)).toHaveLength(3);
    fc.assert(
      fc.property(fc.shuffledSubarray(events, { minLength: events.length }), (shuffled) => {
        expect(told(shuffled).sort()).toEqual(told(events).sort());
      }),
    );
  });

  it('counts rules, purposes and access keys in each', () => {
    const book = new SessionBook();
    for (const each of events) book.add(each);
    const { sessions, total } = book.close();
    expect(total).toBe(3);
    expect([...sessions[0]!.rules]).toEqual([[0, 3]]);
    expect([...sessions[0]!.purposes]).toEqual([['why', 3]]);
    expect([...sessions[0]!.accessKeys]).toEqual(['ASIA0']);
  });
});
