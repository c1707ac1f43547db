import { expect, it } from 'vitest';
import { NOON, NoticeWorld, ScriptedChannel } from '../../../../test/chain/notice-world.ts';
import { eachStore } from '../../../../test/stores.ts';

eachStore((open) => {
  it('keeps a delivery from coming sooner than its receiver asked, and no earlier than the timetable', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    await world.subscribe('http', 'http://example.com/');
    const channel = new ScriptedChannel();
    const waits = [60_000, 1];
    channel.answer = () => {
      const waitMs = waits.shift();
      if (waitMs === undefined) return { result: 'delivered' };
      return { result: 'retry', reason: 'throttled', text: 'The endpoint answered 429', waitMs };
    };
    world.start(channel);
    await world.say('hello');
    await world.pass(0);
    const notice = async () => (await world.deliveries()).find(({ status }) => status === 'waiting');
    expect((await notice())?.due_at).toBe(NOON + 60_000);
    await world.pass(60_000);
    expect((await notice())?.due_at).toBeGreaterThan(NOON + 60_000 + 1_500);
    await world.worker?.stop();
  });
});
