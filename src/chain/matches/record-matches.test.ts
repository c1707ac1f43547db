import { expect, it } from 'vitest';
import { LogsWorld, MINUTE, NOON } from '../../../test/chain/logs-world.ts';
import { eachStore } from '../../../test/stores.ts';
import type { SessionState } from '../../trail/session-state.ts';
import { endRun } from './history-runs.ts';
import { MATCHES_PER_MINUTE } from './match-store.ts';

/** A call by root, from the console session that began at `createdAt`. */
const call = (createdAt: number, more: object = {}): string =>
  JSON.stringify({
    eventSource: 'ec2.amazonaws.com',
    eventName: 'DescribeInstances',
    sourceIPAddress: '203.0.113.7',
    userIdentity: {
      type: 'Root',
      accountId: '111122223333',
      arn: 'arn:aws:iam::111122223333:root',
      sessionContext: { attributes: { creationDate: new Date(createdAt).toISOString(), mfaAuthenticated: 'false' } },
    },
    ...more,
  });

const matches = (world: LogsWorld) => world.store.read.selectFrom('matches').selectAll().orderBy('id').execute();
const sessions = (world: LogsWorld) =>
  world.store.read.selectFrom('sessions').selectAll().orderBy('first_at').execute();
const activity = (world: LogsWorld) =>
  world.store.read.selectFrom('session_activity').selectAll().orderBy('metric_id').orderBy('first_at').execute();
const runs = (world: LogsWorld) => world.store.read.selectFrom('history_runs').selectAll().orderBy('run').execute();

async function rootWorld(world: LogsWorld): Promise<LogsWorld> {
  await world.makeGroup();
  await world.putFilter('root', '{ $.userIdentity.type = "Root" }');
  await world.putFilter('again', '{ $.userIdentity.type = "R*" }');
  return world;
}

eachStore((open) => {
  it('joins each event to its session once, however many filters counted it', async () => {
    const world = await rootWorld(new LogsWorld(await open()));
    await world.put([call(NOON), call(NOON)], { at: NOON + 1000 });
    await world.put([call(NOON), call(NOON + 5000)], { at: NOON + 60_000 });
    const kept = await sessions(world);
    expect(kept.map((row) => [row.account, row.principal, row.created_at, row.first_at, row.last_at])).toEqual([
      ['111122223333', 'root', NOON, NOON + 1000, NOON + 60_000],
      ['111122223333', 'root', NOON + 5000, NOON + 60_000, NOON + 60_000],
    ]);
    expect(kept.map(({ facts }) => (JSON.parse(facts) as SessionState).events)).toEqual([3, 1]);
    expect((await activity(world)).map(({ metric_id, events }) => [metric_id, events])).toEqual([
      [1, 3],
      [1, 1],
      [2, 3],
      [2, 1],
    ]);
    const rows = await matches(world);
    expect(rows).toHaveLength(8);
    expect(new Set(rows.map(({ session_id }) => session_id))).toEqual(new Set(kept.map(({ id }) => id)));
    expect(rows[0]).toMatchObject({ minute: NOON, event_at: NOON + 1000, message: call(NOON), history: 0, run: null });
  });

  it('keeps plain text as a match without a session', async () => {
    const world = new LogsWorld(await open());
    await world.makeGroup();
    await world.putFilter('errors', 'ERROR');
    await world.put(['ERROR \0', '{"eventName":"ERROR"}']);
    expect((await matches(world)).map(({ message, session_id }) => [message, session_id])).toEqual([
      ['ERROR \ufffd', null],
      ['{"eventName":"ERROR"}', null],
    ]);
    expect(await sessions(world)).toEqual([]);
  });

  it('bounds the matches of a minute, but neither the count nor the sessions shown', async () => {
    const world = await rootWorld(new LogsWorld(await open()));
    const many = Array.from({ length: MATCHES_PER_MINUTE + 50 }, () => call(NOON));
    await world.put(many);
    await world.put([...many, call(NOON + 1)], { at: NOON + 1 });
    const [filter] = await world.store.read.selectFrom('metric_filters').select('id').execute();
    const kept = (await matches(world)).filter(({ filter_id }) => filter_id === filter?.id);
    expect(kept).toHaveLength(MATCHES_PER_MINUTE + 1);
    expect((await activity(world)).map(({ events }) => events)).toEqual([500, 1, 500, 1]);
    await world.put([call(NOON)], { at: NOON + MINUTE });
    expect((await matches(world)).at(-1)?.minute).toBe(NOON + MINUTE);
  });

  it('notes history by run and metric, and puts its announcement off while more arrives', async () => {
    const world = await rootWorld(new LogsWorld(await open()));
    const old = NOON - 61 * MINUTE;
    await world.put([call(old)], { at: old, door: 'own', run: 'archive' });
    await world.put([call(NOON)], { run: 'archive' });
    await world.clock.advance(1000);
    await world.put([call(old)], { at: old - 5 * MINUTE, door: 'own', run: 'archive' });
    expect((await matches(world)).map(({ history, run }) => [history, run])).toEqual([
      [1, 'archive'],
      [1, 'archive'],
      [0, null],
      [0, null],
      [1, 'archive'],
      [1, 'archive'],
    ]);
    const row = { run: 'archive', first_event_at: old - 5 * MINUTE, last_event_at: old, last_arrival_at: NOON + 1000 };
    expect(await runs(world)).toEqual([
      { ...row, metric_id: 1, due_at: NOON + 6000 },
      { ...row, metric_id: 2, due_at: NOON + 6000 },
    ]);
    let woken = 0;
    world.context.signals.on('alarms', () => {
      woken += 1;
    });
    await world.clock.advance(500);
    await world.store.write((tx) => endRun(world.context, tx, 'archive'));
    expect((await runs(world)).map(({ due_at }) => due_at)).toEqual([NOON + 1500, NOON + 1500]);
    expect(woken).toBe(1);
  });

  it('gives history without a run a run of its own, until it is quiet', async () => {
    const world = await rootWorld(new LogsWorld(await open()));
    const old = NOON - 2 * 60 * MINUTE;
    await world.put([call(old)], { at: old });
    await world.clock.advance(4999);
    await world.put([call(old)], { at: old });
    expect(new Set((await runs(world)).map(({ run }) => run)).size).toBe(1);
    await world.clock.advance(5000);
    await world.put([call(old)], { at: old });
    expect(new Set((await runs(world)).map(({ run }) => run)).size).toBe(2);
  });

  it('survives records of any shape', async () => {
    const world = new LogsWorld(await open());
    await world.makeGroup();
    await world.putFilter('all', '');
    const hostile = [
      '{"eventName":"x","eventSource":"\\u0000","userIdentity":null}',
      '{"eventName":"\\ud800","userIdentity":{"type":"Root","accountId":"\\u0000\\u0001","arn":5}}',
      '{"eventName":"x","userIdentity":{"type":"IAMUser","userName":"\\u0000","sessionContext":{"attributes":{"creationDate":"9999999-01-01T00:00:00Z"}}}}',
      '{"eventName":"x","userIdentity":{"__proto__":{"type":"Root"}},"sourceIPAddress":{"a":1}}',
      `{"eventName":"${'x'.repeat(100_000)}","userIdentity":{"userName":"${'y'.repeat(100_000)}"}}`,
      '[]',
      '{',
    ];
    await world.put(hostile);
    expect(await matches(world)).toHaveLength(hostile.length);
  });
});
