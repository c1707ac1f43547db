import { describe, expect, it } from 'vitest';
import { NoticeWorld } from '../../../../test/chain/notice-world.ts';
import { eachStore } from '../../../../test/stores.ts';
import { setSubscriptionAttribute } from '../subscriptions.ts';

const HOOK = 'https://example.com/hook';

eachStore((open) => {
  describe('a subscription with a filter policy', () => {
    it('gets only what passes, from the moment the policy changes', async () => {
      const world = new NoticeWorld(await open());
      await world.topic();
      const high = { severity: { type: 'String', value: 'high' } };
      await world.subscribe('https', `${HOOK}/all`);
      const made = await world.subscribe('https', `${HOOK}/high`, { FilterPolicy: '{"severity":["high"]}' });
      await world.store.write(({ db }) => db.deleteFrom('deliveries').execute().then());
      const receivers = async (message: string, attributes = {}) => {
        const id = await world.say(message, { attributes });
        const all = await world.deliveries();
        return all.filter((row) => row.message_id === id).map(({ endpoint }) => endpoint.slice(HOOK.length + 1));
      };
      expect(await receivers('quiet')).toEqual(['all']);
      expect(await receivers('loud', high)).toEqual(['all', 'high']);
      await setSubscriptionAttribute(world.ctx, made.arn, 'FilterPolicyScope', 'MessageBody');
      expect(await receivers('loud', high)).toEqual(['all']);
      expect(await receivers('{"severity":"high"}')).toEqual(['all', 'high']);
      await setSubscriptionAttribute(world.ctx, made.arn, 'FilterPolicy', '{"NewStateValue":["ALARM"]}');
      expect(await receivers('{"severity":"high"}')).toEqual(['all']);
      expect(await receivers('{"AlarmName":"root-used","NewStateValue":"ALARM"}')).toEqual(['all', 'high']);
      await setSubscriptionAttribute(world.ctx, made.arn, 'FilterPolicy', '{}');
      expect(await receivers('anything')).toEqual(['all', 'high']);
    });

    it('matches the default where a message has a text per protocol, so that mails are filtered by an alarm JSON', async () => {
      const world = new NoticeWorld(await open());
      await world.topic();
      await world.subscribe('email', 'a@example.com', { FilterPolicy: '{"a":[1]}', FilterPolicyScope: 'MessageBody' });
      await world.store.write(({ db }) => db.deleteFrom('deliveries').execute().then());
      await world.say(JSON.stringify({ default: 'no json', email: '{"a":1}' }), { structure: 'json' });
      const passed = await world.say(JSON.stringify({ default: '{"a":1}', email: 'no json' }), { structure: 'json' });
      expect(await world.deliveries()).toMatchObject([{ message_id: passed }]);
    });

    it('is one of at most two hundred on a topic', async () => {
      const world = new NoticeWorld(await open());
      await world.topic();
      for (let n = 0; n < 200; n += 1) await world.ask('https', `${HOOK}/${n}`, { FilterPolicy: '{"a":[1]}' });
      await expect(world.ask('https', `${HOOK}/more`, { FilterPolicy: '{"a":[1]}' })).rejects.toMatchObject({
        code: 'FilterPolicyLimitExceededException',
      });
      const { arn } = await world.ask('https', `${HOOK}/more`);
      await expect(setSubscriptionAttribute(world.ctx, arn, 'FilterPolicy', '{"a":[1]}')).rejects.toMatchObject({
        code: 'FilterPolicyLimitExceededException',
      });
    });
  });
});
