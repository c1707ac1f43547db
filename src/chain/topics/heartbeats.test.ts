import { describe, expect, it } from 'vitest';
import { NoticeWorld, OWNER, ScriptedChannel, TOPIC } from '../../../test/chain/notice-world.ts';
import { eachStore } from '../../../test/stores.ts';
import { HEARTBEAT_TAG, Heartbeats, heartbeatOf, heartbeatTagProblem } from './heartbeats.ts';
import { tagTopic } from './topics.ts';

const HOUR = 3_600_000;

async function beating(world: NoticeWorld) {
  const heart = new Heartbeats(world.ctx, world.publish);
  heart.start();
  const pass = async (time: number) => {
    await world.clock.advance(time);
    await heart.idle();
    await world.pass(0);
  };
  await pass(0);
  return { heart, pass };
}

eachStore((open) => {
  describe('a heartbeat', () => {
    it('comes at once and then every so often, through restarts, until its tag is gone', async () => {
      const world = new NoticeWorld(await open());
      await world.topic({}, { [HEARTBEAT_TAG]: '24h' });
      await world.subscribe('https', 'https://example.com/hook');
      await world.store.write(({ db }) => db.deleteFrom('deliveries').execute().then());
      const channel = new ScriptedChannel();
      world.start(channel);
      const first = await beating(world);
      expect(channel.seen).toHaveLength(1);
      expect(channel.seen[0]?.message).toMatchObject({ subject: 'Heartbeat of security' });
      expect(channel.texts()[0]).toContain('The next one comes at 2026-03-05T12:00:00Z');
      for (let hour = 0; hour < 23; hour += 1) await first.pass(HOUR);
      expect(channel.seen).toHaveLength(1);
      await first.heart.stop();
      await world.clock.advance(50 * HOUR);
      const second = await beating(world);
      // Of those that were missed only one is made up for, and the rhythm stays.
      expect(channel.seen).toHaveLength(2);
      expect(channel.texts()[1]).toContain('2026-03-08T12:00:00Z');
      await tagTopic(world.ctx, OWNER, TOPIC, { remove: [HEARTBEAT_TAG] });
      for (let hour = 0; hour < 80; hour += 1) await second.pass(HOUR);
      expect(channel.seen).toHaveLength(2);
      await tagTopic(world.ctx, OWNER, TOPIC, { set: [{ Key: HEARTBEAT_TAG, Value: '1h' }] });
      await second.pass(0);
      expect(channel.seen).toHaveLength(3);
      await second.heart.stop();
      await world.worker?.stop();
    });
  });
});

describe('the tag of a heartbeat', () => {
  it.each([
    ['1m', 60_000],
    ['24h', 24 * HOUR],
    ['30d', 30 * 24 * HOUR],
  ])('%s is understood', (value, expected) => {
    expect(heartbeatOf({ [HEARTBEAT_TAG]: value })).toBe(expected);
    expect(heartbeatTagProblem({ [HEARTBEAT_TAG]: value })).toBeUndefined();
  });

  it.each(['', '0m', '31d', 'daily', '24 h'])('"%s" is ignored, and said to be', (value) => {
    expect(heartbeatOf({ [HEARTBEAT_TAG]: value })).toBeUndefined();
    expect(heartbeatTagProblem({ [HEARTBEAT_TAG]: value })).toContain('is ignored');
  });
});
