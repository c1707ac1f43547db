import { describe, expect, it } from 'vitest';
import { failing, NoticeWorld, OWNER, ScriptedChannel, TOPIC } from '../../../test/chain/notice-world.ts';
import { eachStore, sqliteStore } from '../../../test/stores.ts';
import type { Outcome } from '../channels/channel.ts';
import { createQueue } from '../queues/manage.ts';
import { receiveFromQueue } from '../queues/receive.ts';
import { setTopicAttribute } from '../topics/topics.ts';
import { unsubscribe } from '../topics/unsubscribe.ts';
import { requeue } from './requeue.ts';
import { sweepDeliveries } from './sweep.ts';

const HOOK = 'https://example.com/hook';
const SECOND = 1_000;
const HOUR = 3_600_000;

/** A confirmed subscriber and a channel, with the confirmation out of the way. */
async function subscribed(world: NoticeWorld, attributes: Record<string, string> = {}) {
  const subscription = await world.subscribe('https', HOOK, attributes);
  const channel = new ScriptedChannel();
  await world.store.write(async ({ db }) => {
    await db.deleteFrom('deliveries').execute();
  });
  return { channel, subscription };
}

eachStore((open) => {
  describe('the outbox', () => {
    it('delivers a message to every confirmed subscription, once', async () => {
      const world = new NoticeWorld(await open());
      await world.topic();
      for (const n of [1, 2, 3]) await world.subscribe('https', `${HOOK}/${n}`);
      await world.ask('https', `${HOOK}/unconfirmed`);
      const channel = new ScriptedChannel();
      world.start(channel);
      await world.pass(0);
      const before = channel.seen.length;
      const messageId = await world.say('hello');
      await world.pass(0);
      const told = channel.seen.slice(before);
      expect(told.map(({ subscription }) => subscription.endpoint).sort()).toEqual(
        [1, 2, 3].map((n) => `${HOOK}/${n}`),
      );
      expect(new Set(told.map(({ message }) => message.id))).toEqual(new Set([messageId]));
      expect(new Set(told.map(({ deliveryId }) => deliveryId)).size).toBe(3);
      await world.pass(HOUR);
      expect(channel.seen).toHaveLength(before + 3);
      await world.worker?.stop();
    });

    it('tries again under the same id until it gets through', async () => {
      const world = new NoticeWorld(await open());
      await world.topic();
      const { channel } = await subscribed(world);
      let left = 3;
      channel.answer = () => (left-- > 0 ? failing() : { result: 'delivered' });
      world.start(channel);
      await world.say('hello');
      await world.pass(0);
      expect(await world.deliveries()).toMatchObject([
        { status: 'waiting', attempts: 1, reason: 'server-error', error: 'The endpoint answered 500' },
      ]);
      for (const pause of [2, 3, 5]) await world.pass(pause * SECOND);
      expect(channel.seen).toHaveLength(4);
      expect(new Set(channel.seen.map(({ deliveryId, message }) => `${deliveryId} ${message.id}`)).size).toBe(1);
      expect(await world.deliveries()).toMatchObject([{ status: 'delivered', attempts: 4, reason: null, error: null }]);
      await world.worker?.stop();
    });

    it('goes on after a restart where it stopped', async () => {
      const world = new NoticeWorld(await open());
      await world.topic();
      const { channel } = await subscribed(world);
      channel.answer = () => failing();
      const first = world.start(channel);
      await world.say('hello');
      await world.pass(0);
      await first.stop();
      await world.pass(HOUR);
      expect(channel.seen).toHaveLength(1);
      channel.answer = () => ({ result: 'delivered' });
      world.start(channel);
      await world.pass(0);
      expect(channel.texts()).toEqual(['hello', 'hello']);
      expect(await world.deliveries()).toMatchObject([{ status: 'delivered', attempts: 2 }]);
      await world.worker?.stop();
    });

    it('repeats an attempt that a death cut off before it was recorded, under the same id', async () => {
      const store = await open();
      const killed = new NoticeWorld(store, {
        reach: (point) => {
          if (point === 'between-delivery-and-record') throw new Error('the process dies here');
        },
      });
      await killed.topic();
      const { channel } = await subscribed(killed);
      killed.start(channel);
      await killed.say('hello');
      while (channel.seen.length === 0) await killed.clock.advance(0);
      const reborn = new NoticeWorld(store);
      reborn.start(channel);
      await reborn.pass(0);
      expect(channel.seen).toHaveLength(2);
      expect(channel.seen[0]?.deliveryId).toBe(channel.seen[1]?.deliveryId);
      expect(await reborn.deliveries()).toMatchObject([{ status: 'delivered', attempts: 1 }]);
      await reborn.worker?.stop();
    });

    it('gives up at once where there is no hope, and keeps the dead letter with its reason', async () => {
      const world = new NoticeWorld(await open());
      const queue = await createQueue(world.ctx, { ...OWNER, name: 'dead' });
      await world.topic();
      const redrive = JSON.stringify({ deadLetterTargetArn: queue.arn });
      const { channel } = await subscribed(world, { RedrivePolicy: redrive });
      channel.answer = () => ({ result: 'giveUp', reason: 'rejected', text: 'The endpoint answered 404' });
      world.start(channel);
      await world.say('hello');
      await world.pass(0);
      expect(await world.deliveries()).toMatchObject([
        { status: 'dead', attempts: 1, reason: 'rejected', error: 'The endpoint answered 404' },
      ]);
      const letters = await receiveFromQueue(world.ctx, OWNER, 'dead', {
        most: 10,
        signal: new AbortController().signal,
      });
      expect(letters.map(({ body }) => body)).toEqual(['dead: hello']);
      expect(world.logged).toContain('a message could not be delivered and is given up');
      await world.worker?.stop();
    });

    it('keeps a dead letter here where the policy of its queue does not take it', async () => {
      const world = new NoticeWorld(await open());
      const Policy = JSON.stringify({
        Statement: [{ Effect: 'Allow', Principal: { AWS: '444455556666' }, Action: '*' }],
      });
      const queue = await createQueue(world.ctx, { ...OWNER, name: 'dead', attributes: { Policy } });
      await world.topic();
      const { channel } = await subscribed(world, {
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queue.arn }),
      });
      channel.answer = () => ({ result: 'giveUp', reason: 'rejected', text: 'no' });
      world.start(channel);
      await world.say('hello');
      await world.pass(0);
      expect(await world.deliveries()).toMatchObject([{ status: 'dead', reason: 'rejected' }]);
      expect(
        await receiveFromQueue(world.ctx, OWNER, 'dead', { most: 1, signal: new AbortController().signal }),
      ).toEqual([]);
      await world.worker?.stop();
    });

    it('gives a dead delivery another chance when asked, under its own id', async () => {
      const world = new NoticeWorld(await open());
      await world.topic();
      const { channel } = await subscribed(world);
      channel.answer = () => ({ result: 'giveUp', reason: 'rejected', text: 'no' });
      world.start(channel);
      await world.say('hello');
      await world.pass(30 * HOUR);
      const [dead] = await world.deliveries();
      expect(await requeue(world.ctx, { deliveryId: 'unknown' })).toBe(0);
      let left = 1;
      channel.answer = () => (left-- > 0 ? failing() : { result: 'delivered' });
      expect(await requeue(world.ctx, { deliveryId: dead!.uuid })).toBe(1);
      await world.pass(0);
      await world.pass(2 * SECOND);
      expect(await world.deliveries()).toMatchObject([{ uuid: dead!.uuid, status: 'delivered' }]);
      expect(await requeue(world.ctx, { deliveryId: dead!.uuid })).toBe(0);
      await world.worker?.stop();
    });

    it('puts a message into a queue in the commit that records it', async () => {
      const world = new NoticeWorld(await open());
      await world.topic();
      const { channel } = await subscribed(world);
      channel.answer = () => ({
        result: 'delivered',
        along: async ({ db }) => {
          await db.insertInto('settings').values({ key: 'along', value: '1' }).execute();
        },
      });
      world.start(channel);
      await world.say('hello');
      await world.pass(0);
      expect(await world.store.read.selectFrom('settings').select('key').execute()).toEqual([{ key: 'along' }]);
      await world.worker?.stop();
    });
  });
});

describe('the outbox', () => {
  const open = sqliteStore();

  it('retries for a day by default, then keeps a dead letter', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    const { channel } = await subscribed(world);
    channel.answer = () => failing('timeout');
    world.start(channel);
    await world.say('hello');
    for (let hour = 0; hour < 23; hour += 1) await world.pass(HOUR);
    expect(await world.deliveries()).toMatchObject([{ status: 'waiting' }]);
    for (let hour = 0; hour < 2; hour += 1) await world.pass(HOUR);
    expect(await world.deliveries()).toMatchObject([{ status: 'dead', reason: 'timeout' }]);
    await world.worker?.stop();
  });

  it.each([
    ['the tag asks for it', {}, { 'trailbell:delivery': 'aws' }],
    [
      'a delivery policy is set',
      {
        DeliveryPolicy:
          '{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3}}}',
      },
      {},
    ],
  ])("keeps AWS's timetable and rules where %s", async (_case, attributes, tags) => {
    const world = new NoticeWorld(await open());
    await world.topic(attributes, tags as unknown as Record<string, string>);
    const { channel } = await subscribed(world);
    channel.answer = () => failing();
    world.start(channel);
    await world.say('hello');
    await world.pass(0);
    for (let retry = 0; retry < 3; retry += 1) {
      await world.pass(17 * SECOND);
      await world.pass(5 * SECOND);
    }
    await world.pass(HOUR);
    expect(channel.seen).toHaveLength(4);
    expect(channel.seen.every(({ awsRules }) => awsRules)).toBe(true);
    expect(await world.deliveries()).toMatchObject([{ status: 'dead', attempts: 4 }]);
    await world.worker?.stop();
  });

  it('shows what a receiver had against a delivery that counts all the same', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    const { channel } = await subscribed(world);
    channel.answer = () => ({
      result: 'delivered',
      protest: { reason: 'rejected', text: 'The endpoint answered 404' },
    });
    world.start(channel);
    await world.say('hello');
    await world.pass(0);
    expect(await world.deliveries()).toMatchObject([{ status: 'delivered', reason: 'rejected' }]);
    await world.worker?.stop();
  });

  it('is not held up by an endpoint that never answers', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    await world.subscribe('https', `${HOOK}/slow`);
    await world.subscribe('https', `${HOOK}/quick`);
    await world.store.write(async ({ db }) => {
      await db.deleteFrom('deliveries').execute();
    });
    const channel = new ScriptedChannel();
    const never = new Promise<Outcome>(() => undefined);
    const quick: string[] = [];
    channel.answer = ({ subscription, message }) => {
      if (subscription.endpoint.endsWith('slow')) return never;
      quick.push(message.text);
      return { result: 'delivered' };
    };
    world.start(channel);
    const texts = Array.from({ length: 600 }, (_, n) => String(n));
    for (const text of texts) await world.say(text);
    for (let turn = 0; quick.length < texts.length && turn < 2_000; turn += 1) await world.clock.advance(0);
    expect(quick.map(Number).sort((a, b) => a - b)).toEqual(texts.map(Number));
    expect(channel.seen.filter(({ subscription }) => subscription.endpoint.endsWith('slow'))).toHaveLength(1);
  });

  it('survives a channel that breaks', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    const { channel } = await subscribed(world);
    let left = 1;
    channel.answer = () => {
      if (left-- > 0) throw new TypeError('a fault of ours');
      return { result: 'delivered' };
    };
    world.start(channel);
    await world.say('hello');
    await world.pass(0);
    expect(await world.deliveries()).toMatchObject([{ status: 'waiting', reason: 'broken' }]);
    await world.pass(2 * SECOND);
    expect(await world.deliveries()).toMatchObject([{ status: 'delivered' }]);
    await world.worker?.stop();
  });

  it('drops what is on its way to somebody who has left', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    const { channel, subscription } = await subscribed(world);
    channel.answer = () => failing();
    world.start(channel);
    await world.say('hello');
    await world.pass(0);
    await unsubscribe(world.ctx, subscription.arn, OWNER);
    await world.pass(HOUR);
    expect([channel.seen.length, await world.deliveries()]).toEqual([1, []]);
    await world.worker?.stop();
  });

  it('gives each protocol its own text of a structured message', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    const { channel } = await subscribed(world);
    world.start(channel);
    await world.say('{"default":"for all","https":"for https"}', { structure: 'json' });
    await world.say('{"default":"for all","https":7}', { structure: 'json' });
    await world.pass(0);
    expect(channel.texts().sort()).toEqual(['for all', 'for https']);
    await world.worker?.stop();
  });

  it('tells a channel what topic and subscription want', async () => {
    const world = new NoticeWorld(await open());
    await world.topic({ DisplayName: 'Security', SignatureVersion: '2' });
    const { channel } = await subscribed(world);
    const policy = '{"http":{"defaultRequestPolicy":{"headerContentType":"application/json"}}}';
    await setTopicAttribute(world.ctx, OWNER, TOPIC, 'DeliveryPolicy', policy);
    world.start(channel);
    await world.say('hello', { subject: 'Subject', attributes: { a: { type: 'String', value: 'b' } } });
    await world.pass(0);
    expect(channel.seen[0]).toMatchObject({
      topic: { arn: TOPIC, displayName: 'Security', signatureVersion: '2' },
      contentType: 'application/json',
      awsRules: false,
      message: { subject: 'Subject', attributes: { a: { type: 'String', value: 'b' } }, token: undefined },
    });
    await world.worker?.stop();
  });

  it('forgets what was delivered long ago, and keeps what was not', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    const { channel } = await subscribed(world);
    channel.answer = ({ message }) =>
      message.text === 'dead' ? { result: 'giveUp', reason: 'rejected', text: 'no' } : { result: 'delivered' };
    world.start(channel);
    await world.say('delivered');
    await world.say('dead');
    await world.pass(0);
    await world.worker?.stop();
    await world.clock.advance(15 * 24 * HOUR);
    await sweepDeliveries(world.ctx);
    expect(await world.deliveries()).toMatchObject([{ status: 'dead' }]);
    const kept = await world.store.read
      .selectFrom('messages')
      .select('body')
      .where('kind', '=', 'Notification')
      .execute();
    expect(kept).toEqual([{ body: 'dead' }]);
  });
});
