import { expect, it } from 'vitest';
import { AlarmsWorld, ROOT, START } from '../../../test/chain/alarms-world.ts';
import { eachStore } from '../../../test/stores.ts';
import { sweepAlarmHistory } from './history-retention.ts';

const DAY = 86_400_000;

eachStore((open) => {
  it('keeps alarm history for thirty days, or as long as was asked', async () => {
    const world = new AlarmsWorld(await open());
    await world.put(ROOT);
    const kept = () => world.history('ConfigurationUpdate');
    const [created] = await kept();
    expect(created).toBeDefined();
    const at = (day: number) => ({
      ...world.context,
      clock: { ...world.clock, now: () => START + day * DAY } as never,
    });
    expect(await sweepAlarmHistory(at(29))).toBe(false);
    await sweepAlarmHistory(at(399), 400);
    expect(await kept()).toEqual([created]);
    await sweepAlarmHistory(at(31));
    expect(await kept()).toEqual([]);
    await world.stop();
  });
});
