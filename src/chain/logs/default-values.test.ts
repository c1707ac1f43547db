import { expect, it } from 'vitest';
import { LogsWorld, MINUTE, NOON } from '../../../test/chain/logs-world.ts';
import { eachStore } from '../../../test/stores.ts';
import { publishDefaultValues } from './default-values.ts';

/** Values and minutes after noon of what has been published under a name. */
const published = (world: LogsWorld, name: string): [number, number][] =>
  world.samples.filter((sample) => sample.name === name).map(({ value, at }) => [value, (at - NOON) / MINUTE]);

async function publish(world: LogsWorld): Promise<void> {
  while (await publishDefaultValues(world.context, world.recordSamples));
}

eachStore((open) => {
  it('are published once for a minute with events of which none counted, when it is over', async () => {
    const world = new LogsWorld(await open());
    await world.makeGroup();
    await world.putFilter('errors', 'ERROR', { defaultValue: 0 });
    await world.put(['fine']);
    await world.put(['fine too'], { at: NOON + 1000 });
    await publish(world);
    expect(published(world, 'errors')).toEqual([]);
    await world.clock.advance(MINUTE);
    await publish(world);
    await publish(world);
    expect(published(world, 'errors')).toEqual([[0, 0]]);
    await world.clock.advance(10 * MINUTE);
    await publish(world);
    expect(published(world, 'errors')).toEqual([[0, 0]]);
  });

  it('are not published beside a match, whichever batch brings it', async () => {
    const world = new LogsWorld(await open());
    await world.makeGroup();
    await world.putFilter('errors', 'ERROR', { defaultValue: 0 });
    await world.put(['fine']);
    await world.put(['ERROR']);
    await world.clock.advance(MINUTE);
    await publish(world);
    expect(published(world, 'errors')).toEqual([[1, 0]]);
  });

  it('go only into minutes of the events, not older than the filter, with its default', async () => {
    const world = new LogsWorld(await open());
    await world.makeGroup();
    await world.put(['before the filter']);
    await world.clock.advance(10 * MINUTE);
    await world.putFilter('errors', 'ERROR', { defaultValue: 2.5 });
    await world.putFilter('without', 'ERROR');
    await world.put([], { events: [3, 4, 7].map((minute) => ({ at: NOON + minute * MINUTE, message: 'fine' })) });
    await world.clock.advance(MINUTE);
    await publish(world);
    expect(published(world, 'errors').sort()).toEqual([
      [2.5, 3],
      [2.5, 4],
      [2.5, 7],
    ]);
    expect(published(world, 'without')).toEqual([]);
  });

  it('are published once, although more of the same minute arrives later, from whichever filter', async () => {
    const world = new LogsWorld(await open(), 'real');
    await world.makeGroup();
    await world.putFilter('one', 'ERROR', { metricName: 'shared', defaultValue: 0 });
    await world.putFilter('two', 'FATAL', { metricName: 'shared', defaultValue: 0 });
    for (let minute = 0; minute < 3; minute += 1) {
      await world.put(['fine'], { at: NOON });
      await world.clock.advance(MINUTE);
      await publish(world);
    }
    expect(published(world, 'shared')).toEqual([[0, 0]]);
    await world.put(['ERROR'], { at: NOON });
    expect(await world.store.read.selectFrom('datapoints').select(['at', 'count', 'sum']).execute()).toEqual([
      { at: NOON, count: 2, sum: 1 },
    ]);
  });
});
