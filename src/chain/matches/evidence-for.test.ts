import { expect, it } from 'vitest';
import { LogsWorld, MINUTE, NOON } from '../../../test/chain/logs-world.ts';
import { eachStore } from '../../../test/stores.ts';
import type { Evidence } from '../alarms/evidence.ts';
import { evidenceFor } from './evidence-for.ts';
import type { ToldEvent } from './told-event.ts';

const ROOT = { type: 'Root', accountId: '111122223333', arn: 'arn:aws:iam::111122223333:root' };

const signIn = (time: number, failed = false): string =>
  JSON.stringify({
    userIdentity: ROOT,
    eventTime: new Date(time).toISOString(),
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.7',
    userAgent: 'Mozilla/5.0 (Macintosh; Mac OS X) Chrome/120.0 Safari/537',
    additionalEventData: { MFAUsed: 'No' },
    responseElements: { ConsoleLogin: failed ? 'Failure' : 'Success' },
    eventID: `login-${time}`,
  });

const call = (time: number, createdAt: number, sourceIPAddress = '203.0.113.7'): string =>
  JSON.stringify({
    userIdentity: {
      ...ROOT,
      sessionContext: { attributes: { creationDate: new Date(createdAt).toISOString(), mfaAuthenticated: 'false' } },
    },
    eventTime: new Date(time).toISOString(),
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateUser',
    awsRegion: 'us-east-1',
    sourceIPAddress,
    eventID: `call-${time}`,
  });

async function rootWorld(world: LogsWorld): Promise<LogsWorld> {
  await world.makeGroup();
  await world.putFilter('root', '{ $.userIdentity.type = "Root" }');
  return world;
}

const metricId = async (world: LogsWorld): Promise<number> =>
  (await world.store.read.selectFrom('metrics').select('id').executeTakeFirstOrThrow()).id;

const ask = async (world: LogsWorld, query: object = {}) =>
  evidenceFor(world.store.read, {
    metricIds: [await metricId(world)],
    from: NOON,
    until: NOON + 60 * MINUTE,
    ...query,
  });

const eventsOf = (evidence: Evidence | undefined): ToldEvent[] => (evidence?.detail.events ?? []) as never;

eachStore((open) => {
  it('tells who did what, in a sentence, sessions and events', async () => {
    const world = await rootWorld(new LogsWorld(await open(), 'real'));
    const events = [
      { at: NOON, message: signIn(NOON) },
      { at: NOON + MINUTE, message: call(NOON + MINUTE, NOON + 1000) },
      { at: NOON + 42 * MINUTE, message: call(NOON + 42 * MINUTE, NOON + 1000) },
    ];
    await world.put([], { events });
    const evidence = await ask(world);
    const sentence =
      'Root of 1111-2222-3333 signed in to the console from 203.0.113.7 without MFA, then made 2 calls in 42 minutes';
    expect(evidence?.headline).toBe(sentence);
    expect(evidence?.detail).toMatchObject({
      total: 3,
      sessionTotal: 1,
      sessions: [{ account: '111122223333', principal: 'root', events: 3, sentence }],
    });
    expect(eventsOf(evidence)[0]).toEqual({
      time: new Date(NOON).toISOString(),
      account: '111122223333',
      principal: 'root',
      action: 'signed in to the console',
      result: 'success',
      sourceAddress: '203.0.113.7',
      userAgent: 'Chrome 120 on macOS',
      mfa: 'no',
      region: 'us-east-1',
      eventId: `login-${NOON}`,
    });
    expect(evidence?.sessions).toHaveLength(1);
    expect(evidence?.text.split('\n')).toEqual([
      sentence,
      '',
      '2026-03-01 12:00:00  signed in to the console, success, root of 111122223333, from 203.0.113.7, MFA no, us-east-1',
      expect.stringContaining('2026-03-01 12:01:00  iam CreateUser'),
      expect.stringContaining('2026-03-01 12:42:00  iam CreateUser'),
    ]);
  });

  it('says tried and failed of a failed sign-in', async () => {
    const world = await rootWorld(new LogsWorld(await open(), 'real'));
    await world.put([signIn(NOON, true)]);
    const evidence = await ask(world);
    expect(evidence?.headline).toContain('Somebody tried to sign in to the console as root of 1111-2222-3333');
    expect(evidence?.detail.events).toMatchObject([{ result: 'tried and failed' }]);
  });

  it('keeps to the window, to sessions and to an intake run', async () => {
    const world = await rootWorld(new LogsWorld(await open(), 'real'));
    const old = NOON - 5 * 60 * MINUTE;
    await world.put([call(old, old)], { at: old, door: 'own', run: 'archive' });
    await world.put([call(old, old - 1)], { at: old + 1, door: 'own', run: 'other' });
    await world.put([call(NOON, NOON)]);
    await world.put([call(NOON, NOON + 1, '198.51.100.1')]);
    expect((await ask(world))?.detail).toMatchObject({ total: 2, sessionTotal: 2 });
    expect((await ask(world, { until: NOON }))?.detail).toBeUndefined();
    const past = await ask(world, { from: 0, until: NOON, run: 'archive' });
    expect(past?.detail).toMatchObject({ total: 1, sessionTotal: 1 });
    const [session = ''] = (await ask(world))?.sessions ?? [];
    const one = await ask(world, { sessions: [session] });
    expect(one?.sessions).toEqual([session]);
    expect(one?.detail).toMatchObject({ total: 1 });
    expect(await ask(world, { sessions: [] })).toBeUndefined();
  });

  it('shows 20 events and sessions and counts all, also where not all matches are kept', async () => {
    const world = await rootWorld(new LogsWorld(await open(), 'real'));
    const many = Array.from({ length: 300 }, (_, index) => ({
      at: NOON,
      message: call(NOON, NOON - (index % 25) * 1000),
    }));
    await world.put([], { events: many });
    const evidence = await ask(world);
    expect(evidence?.detail).toMatchObject({ total: 300, sessionTotal: 25 });
    expect(evidence?.detail.events).toHaveLength(20);
    expect(evidence?.detail.sessions).toHaveLength(20);
    expect(evidence?.sessions).toHaveLength(25);
    expect(evidence?.headline).toContain('and 24 more sign-in sessions');
    expect(evidence?.text).toContain('… and 280 more');
  });

  it('tells plain log events as they are, cut to a bound', async () => {
    const world = new LogsWorld(await open(), 'real');
    await world.makeGroup();
    await world.putFilter('errors', 'ERROR');
    await world.put([`ERROR disk full ${'x'.repeat(5000)}`, 'ERROR again']);
    const evidence = await ask(world);
    expect(evidence?.headline).toMatch(/^2 log events matched, the first: ERROR disk full x+…$/);
    expect(evidence?.detail).toMatchObject({ total: 2, sessionTotal: 0, sessions: [] });
    expect(eventsOf(evidence)[0]?.message?.length).toBe(1000);
    expect(evidence?.sessions).toEqual([]);
  });

  it('tells of all the metrics that an expression reads, and of an event that several counted once', async () => {
    const world = new LogsWorld(await open(), 'real');
    await world.makeGroup();
    await world.putFilter('logins', '{ $.eventName = "ConsoleLogin" }');
    await world.putFilter('root', '{ $.userIdentity.type = "Root" && $.eventName != "ConsoleLogin" }');
    await world.putFilter('users', '{ $.eventName = "CreateUser" }');
    await world.put([], {
      events: [
        { at: NOON, message: signIn(NOON) },
        { at: NOON + MINUTE, message: call(NOON + MINUTE, NOON + 1000) },
        { at: NOON + 2 * MINUTE, message: call(NOON + 2 * MINUTE, NOON + 1000) },
      ],
    });
    const metrics = await world.store.read.selectFrom('metrics').select(['id', 'name']).execute();
    const tell = async (names: readonly string[], query: object = {}) => {
      const metricIds = metrics.filter(({ name }) => names.includes(name)).map(({ id }) => id);
      return evidenceFor(world.store.read, { metricIds, from: NOON, until: NOON + 60 * MINUTE, ...query });
    };
    const who = 'Root of 1111-2222-3333';
    const signedIn = `${who} signed in to the console from 203.0.113.7 without MFA`;
    expect((await tell(['logins']))?.headline).toBe(signedIn);
    expect((await tell(['root']))?.headline).toBe(`${who} made 2 calls from 203.0.113.7 in 1 minute`);
    for (const names of [
      ['logins', 'root'],
      ['logins', 'root', 'users'],
    ]) {
      const all = await tell(names);
      expect(all?.headline).toBe(`${signedIn}, then made 2 calls in 2 minutes`);
      expect(all?.detail).toMatchObject({ total: 3, sessionTotal: 1, sessions: [{ events: 3 }] });
      expect(eventsOf(all)).toHaveLength(3);
      expect((await tell(names, { sessions: all?.sessions }))?.detail).toMatchObject({ total: 3 });
    }
    expect(await tell([])).toBeUndefined();
  });

  it('knows nothing of a metric without matches', async () => {
    const world = await rootWorld(new LogsWorld(await open(), 'real'));
    expect(await evidenceFor(world.store.read, { metricIds: [5], from: 0, until: NOON })).toBeUndefined();
  });
});
