import { expect, it } from 'vitest';
import { LogsWorld, MINUTE, NOON } from '../../../test/chain/logs-world.ts';
import { sqliteStore } from '../../../test/stores.ts';
import { DefaultValueStage } from './default-value-stage.ts';

const open = sqliteStore();

it('publishes when the minute is over, until it is stopped', async () => {
  const world = new LogsWorld(await open());
  await world.makeGroup();
  await world.putFilter('errors', 'ERROR', { defaultValue: 0 });
  const stage = new DefaultValueStage(world.context, world.recordSamples);
  const settled = async () => {
    await stage.stop();
    return world.samples.map(({ at }) => (at - NOON) / MINUTE);
  };
  stage.start();
  await world.put(['fine']);
  await world.clock.advance(MINUTE);
  expect(await settled()).toEqual([0]);
  await world.put(['fine']);
  await world.clock.advance(5 * MINUTE);
  expect(await settled()).toEqual([0]);
});
