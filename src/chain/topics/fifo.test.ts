import { describe, expect, it } from 'vitest';
import { failing, NoticeWorld, OWNER, ScriptedChannel } from '../../../test/chain/notice-world.ts';
import { eachStore, sqliteStore } from '../../../test/stores.ts';
import { subscribe } from './subscribe.ts';
import { createTopic } from './topics.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:orders.fifo';
const queueArn = (name: string) => `arn:aws:sqs:eu-west-1:111122223333:${name}`;

async function ordered(world: NoticeWorld, ...queues: string[]) {
  const attributes = { FifoTopic: 'true', ContentBasedDeduplication: 'true' };
  await createTopic(world.ctx, { ...OWNER, name: 'orders.fifo', attributes });
  const ask = (protocol: string, endpoint: string, given: Record<string, string> = {}) =>
    subscribe(world.ctx, OWNER, { topicArn: TOPIC, protocol, endpoint, attributes: given, principal: 'me' });
  for (const queue of queues) await ask('sqs', queueArn(queue));
  const say = (message: string, groupId = 'a', deduplicationId?: string) =>
    world.say(message, { topicArn: TOPIC, ordering: { groupId, deduplicationId } });
  return { ask, say };
}

eachStore((open) => {
  describe('a FIFO topic', () => {
    it('keeps the order of a group through failures, and lets other groups and subscriptions pass', async () => {
      const world = new NoticeWorld(await open());
      const { say } = await ordered(world, 'one.fifo', 'two.fifo');
      const channel = new ScriptedChannel();
      const told: string[] = [];
      let failures = 6;
      channel.answer = ({ message, subscription }) => {
        const stubborn = message.text === 'a1' && subscription.endpoint.endsWith('one.fifo');
        if (stubborn && failures-- > 0) return failing();
        told.push(`${subscription.endpoint.slice(-8, -5)}:${message.text}`);
        return { result: 'delivered' };
      };
      for (const [text, group] of [
        ['a1', 'a'],
        ['a2', 'a'],
        ['b1', 'b'],
        ['a3', 'a'],
        ['b2', 'b'],
      ] as const) {
        await say(text, group);
      }
      world.start(channel);
      await world.pass(0);
      const of = (queue: string) => told.filter((entry) => entry.startsWith(queue)).map((entry) => entry.slice(4));
      for (let second = 0; second < 3; second += 1) await world.pass(100);
      expect(of('two').filter((text) => text[0] === 'a')).toEqual(['a1', 'a2', 'a3']);
      expect(of('one')).not.toContain('a2');
      for (let second = 0; second < 60; second += 1) await world.pass(1_000);
      for (const queue of ['one', 'two']) {
        expect(of(queue).filter((text) => text[0] === 'a')).toEqual(['a1', 'a2', 'a3']);
        expect(of(queue).filter((text) => text[0] === 'b')).toEqual(['b1', 'b2']);
      }
      await world.worker?.stop();
    });

    it('sends a repeat of the last five minutes nowhere, and gives it the id of the first', async () => {
      const world = new NoticeWorld(await open());
      const { say } = await ordered(world, 'one.fifo');
      const first = await say('same');
      expect(await say('same', 'b')).toBe(first);
      expect(await say('same', 'a', 'id')).not.toBe(first);
      await world.clock.advance(300_000);
      expect(await say('same')).not.toBe(first);
      expect(await world.deliveries()).toHaveLength(3);
    });
  });
});

describe('a FIFO topic', () => {
  const open = sqliteStore();

  it('has only queues for subscribers, and FIFO dead letters for FIFO queues', async () => {
    const world = new NoticeWorld(await open());
    const { ask } = await ordered(world);
    await expect(ask('https', 'https://example.com')).rejects.toThrow('FIFO topics deliver to SQS queues only');
    const redrive = (name: string) => ({ RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn(name) }) });
    await expect(ask('sqs', queueArn('one.fifo'), redrive('dead'))).rejects.toThrow(
      'must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.',
    );
    await ask('sqs', queueArn('one.fifo'), redrive('dead.fifo'));
    await ask('sqs', queueArn('two'), redrive('dead'));
  });

  it('has at most a hundred subscriptions', async () => {
    const world = new NoticeWorld(await open());
    const { ask } = await ordered(world, ...Array.from({ length: 100 }, (_, n) => `q${n}.fifo`));
    await expect(ask('sqs', queueArn('more.fifo'))).rejects.toMatchObject({
      code: 'SubscriptionLimitExceededException',
    });
  });

  it('tells an alarm in words that it needs a message group', async () => {
    const world = new NoticeWorld(await open());
    await ordered(world);
    const published = await world.store.write((tx) => world.publish(tx, { topicArn: TOPIC, message: 'ring' }));
    expect(published).toEqual({ failure: 'The MessageGroupId parameter is required for FIFO topics' });
  });
});
