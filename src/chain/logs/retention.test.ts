import { expect, it } from 'vitest';
import { GROUP, LogsWorld, NOON, SCOPE, STREAM } from '../../../test/chain/logs-world.ts';
import { eachStore } from '../../../test/stores.ts';
import { deleteLogGroup, getLogGroup, setRetention } from './log-groups.ts';
import { deleteLogStream, getLogStream } from './log-streams.ts';
import { sweepRetention } from './retention.ts';
import { retentionOf } from './retention-rule.ts';

const DAY = 86_400_000;

async function sweep(world: LogsWorld): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) if (!(await sweepRetention(world.context, world.clock.now()))) return;
  throw new Error('the sweep never ends');
}

async function keepFor(world: LogsWorld, days: number): Promise<void> {
  await world.store.write(async (tx) => setRetention(tx, await getLogGroup(tx.db, SCOPE, GROUP), days));
}

const chunks = async (world: LogsWorld): Promise<number> =>
  (await world.store.read.selectFrom('log_chunks').select('id').execute()).length;

eachStore((open) => {
  it('removes events when their days are over, and not before', async () => {
    const world = new LogsWorld(await open());
    await world.makeGroup();
    await keepFor(world, 1);
    await world.put(['first'], { at: NOON - DAY / 2 });
    await world.put(['second']);
    await world.clock.advance(DAY / 2);
    await sweep(world);
    expect(await world.readAll()).toHaveLength(2);
    await world.clock.advance(1);
    await sweep(world);
    expect((await world.readAll()).map(({ message }) => message)).toEqual(['second']);
    expect((await getLogGroup(world.store.read, SCOPE, GROUP)).stored_bytes).toBe(6 + 26);
    await world.clock.advance(DAY);
    await sweep(world);
    expect(await chunks(world)).toBe(0);
  });

  it('hides expired events from readers before they are swept', async () => {
    const world = new LogsWorld(await open());
    await world.makeGroup();
    await world.put(['first'], { at: NOON - 1 });
    await world.put(['second']);
    const retention = retentionOf(1, NOON + DAY);
    expect((await world.readAll({ retention })).map(({ message }) => message)).toEqual(['second']);
  });

  it('counts the days of imported history from its arrival', async () => {
    const world = new LogsWorld(await open());
    await world.makeGroup();
    await keepFor(world, 1);
    await world.put(['history'], { at: NOON - 700 * DAY, door: 'own' });
    await sweep(world);
    expect(await world.readAll({ retention: retentionOf(1, world.clock.now()) })).toHaveLength(1);
    await world.clock.advance(DAY + 1);
    expect(await world.readAll({ retention: retentionOf(1, world.clock.now()) })).toEqual([]);
    await sweep(world);
    expect(await chunks(world)).toBe(0);
  });

  it('keeps for ever without retention', async () => {
    const world = new LogsWorld(await open());
    await world.makeGroup();
    await world.put(['kept']);
    await world.clock.advance(4000 * DAY);
    await sweep(world);
    expect(await world.readAll()).toHaveLength(1);
  });

  it('hides and then removes the events of deleted streams and groups', async () => {
    const world = new LogsWorld(await open());
    await world.makeGroup();
    await world.put(['gone']);
    await world.put(['stays'], { stream: 'two', door: 'own' });
    const group = await getLogGroup(world.store.read, SCOPE, GROUP);
    const stream = await getLogStream(world.store.read, group, STREAM);
    await world.store.write((tx) => deleteLogStream(tx, group, stream));
    expect((await world.readAll()).map(({ message }) => message)).toEqual(['stays']);
    expect((await getLogGroup(world.store.read, SCOPE, GROUP)).stored_bytes).toBe(5 + 26);
    await sweep(world);
    expect(await chunks(world)).toBe(1);
    await world.store.write((tx) => deleteLogGroup(tx, group));
    await sweep(world);
    expect(await chunks(world)).toBe(0);
    expect(await world.store.read.selectFrom('settings').selectAll().where('key', 'like', 'doomed%').execute()).toEqual(
      [],
    );
  });
});
