import { expect, it } from 'vitest';
import { NoticeWorld, OWNER, TOPIC } from '../../../test/chain/notice-world.ts';
import { eachStore } from '../../../test/stores.ts';
import { subscribe } from './subscribe.ts';

const SLACK = 'https://hooks.slack.com/services/T000/B000/XXXX';
const messages = (world: NoticeWorld) => world.store.read.selectFrom('messages').select('kind').execute();

eachStore((open) => {
  it('confirms the webhook of a chat at once, since it cannot answer, and lets nobody leave by a link', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    expect(await world.ask('https', SLACK)).toMatchObject({ status: 'confirmed', authenticated: true });
    expect(await messages(world)).toEqual([]);
  });

  it('asks every other address, and the webhook too where somebody else subscribes it', async () => {
    const allow = JSON.stringify({
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sns:Subscribe', Resource: TOPIC }],
    });
    const world = new NoticeWorld(await open());
    await world.topic({ Policy: allow });
    expect(await world.ask('https', 'https://example.com/hook')).toMatchObject({ status: 'pending' });
    const other = { ...OWNER, account: '444455556666' };
    const asked = await subscribe(world.ctx, other, {
      topicArn: TOPIC,
      protocol: 'https',
      endpoint: SLACK,
      principal: 'arn:aws:iam::444455556666:root',
    });
    expect(asked).toMatchObject({ status: 'pending', owner: other.account });
    expect(await messages(world)).toHaveLength(2);
  });

  it('confirms any address where the tag of the topic names a format, one that waits already too', async () => {
    const world = new NoticeWorld(await open());
    await world.topic({}, { 'trailbell:channel': 'sns' });
    expect(await world.ask('https', SLACK)).toMatchObject({ status: 'pending' });
    await world.store.write(async ({ db }) => {
      await db.updateTable('topics').set({ tags: '{"trailbell:channel":"teams"}' }).execute();
    });
    expect(await world.ask('https', SLACK)).toMatchObject({ status: 'confirmed' });
    expect(await world.ask('http', 'http://example.com/')).toMatchObject({ status: 'confirmed' });
  });

  it('wants the key of PagerDuty in its address', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    const address = 'https://events.pagerduty.com/v2/enqueue';
    await expect(world.ask('https', address)).rejects.toThrow('PagerDuty needs its integration key');
    expect(await world.ask('https', `${address}?routing_key=${'k'.repeat(32)}`)).toMatchObject({ status: 'confirmed' });
  });
});
