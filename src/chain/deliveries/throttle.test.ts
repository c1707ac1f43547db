import { describe, expect, it } from 'vitest';
import { NoticeWorld, ScriptedChannel } from '../../../test/chain/notice-world.ts';
import { sqliteStore } from '../../../test/stores.ts';
import { setSubscriptionAttribute } from '../topics/subscriptions.ts';
import { Paces } from './paces.ts';

const open = sqliteStore();
const throttled = (perSecond: number) => JSON.stringify({ throttlePolicy: { maxReceivesPerSecond: perSecond } });

describe('a throttle policy', () => {
  it('holds its subscription to so many in a second, and delays no other', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    const slow = await world.subscribe('https', 'https://slow.example.com', { DeliveryPolicy: throttled(4) });
    await world.subscribe('https', 'https://free.example.com');
    await world.store.write(({ db }) => db.deleteFrom('deliveries').execute().then());
    const channel = new ScriptedChannel();
    const at: Record<string, number[]> = { slow: [], free: [] };
    const start = world.clock.now();
    channel.answer = ({ subscription }) => {
      at[subscription.endpoint.slice(8, 12)]?.push(world.clock.now() - start);
      return { result: 'delivered' };
    };
    world.start(channel);
    for (let n = 0; n < 9; n += 1) await world.say(`${n}`);
    await world.pass(0);
    expect(at.free).toHaveLength(9);
    expect(at.slow).toHaveLength(1);
    for (let step = 0; step < 10; step += 1) await world.pass(100);
    expect(at.slow?.length).toBeGreaterThanOrEqual(4);
    // No more than four in whatever second.
    const crowded = at.slow?.filter((time, n) => n >= 4 && time - at.slow![n - 4]! < 1_000);
    expect(crowded).toEqual([]);
    await setSubscriptionAttribute(world.ctx, slow.arn, 'DeliveryPolicy', '');
    for (let step = 0; step < 5; step += 1) await world.pass(100);
    expect(at.slow).toHaveLength(9);
    await world.worker?.stop();
  });
});

describe('paces', () => {
  it('say when the next may go, and nothing of what is not throttled', () => {
    const paces = new Paces();
    paces.set('a', 3);
    paces.set('b', undefined);
    expect([paces.take('a', 0), paces.take('a', 0), paces.take('b', 0), paces.take('b', 0)]).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect([paces.waiting(333), paces.nextAt(333), paces.waiting(334)]).toEqual([['a'], 334, []]);
    expect(paces.take('a', 334)).toBe(true);
    paces.set('a', undefined);
    expect(paces.take('a', 334)).toBe(true);
  });
});
