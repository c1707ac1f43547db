import { describe, expect, it } from 'vitest';
import { NoticeWorld, OWNER, ScriptedChannel, TOPIC } from '../../../test/chain/notice-world.ts';
import { eachStore } from '../../../test/stores.ts';
import type { AcceptEvents, LogBatch } from '../logs/accept-events.ts';
import { statusLog } from './status-log.ts';
import { startDeliveries } from './worker.ts';

const HOOK = 'https://bell:secret@example.com/hook';
const FEEDBACK = 'arn:aws:iam::111122223333:role/feedback';

eachStore((open) => {
  describe('delivery status logs', () => {
    it('tell how deliveries ended, where and as far as the topic asks for it', async () => {
      const world = new NoticeWorld(await open());
      await world.topic({ HTTPSuccessFeedbackRoleArn: FEEDBACK, HTTPFailureFeedbackRoleArn: FEEDBACK });
      await world.subscribe('https', HOOK);
      await world.subscribe('email', 'a@example.com');
      await world.store.write(({ db }) => db.deleteFrom('deliveries').execute().then());
      const written: LogBatch[] = [];
      const acceptEvents: AcceptEvents = async (_tx, batch) => {
        written.push(batch);
        return { streamId: 1, stored: 1 };
      };
      const channel = new ScriptedChannel();
      const tries = [
        { result: 'retry', reason: 'timeout', text: 'slow' },
        { result: 'delivered', status: 200 },
        { result: 'giveUp', reason: 'rejected', text: 'The endpoint answered 404', status: 404 },
      ] as const;
      let next = 0;
      channel.answer = ({ subscription }) =>
        subscription.protocol === 'email' ? { result: 'delivered' } : tries[next++]!;
      const noteStatus = statusLog(world.ctx, acceptEvents);
      world.worker = startDeliveries(world.ctx, channel, { noteStatus });
      const messageId = await world.say('hello');
      await world.pass(0);
      await world.pass(2_000);
      await world.say('lost');
      await world.pass(0);
      expect(written.map(({ scope, group }) => [scope.account, group])).toEqual([
        [OWNER.account, 'sns/eu-west-1/111122223333/security'],
        [OWNER.account, 'sns/eu-west-1/111122223333/security/Failure'],
      ]);
      const [success, failure] = written.map(({ events }) => JSON.parse(events[0]!.message));
      expect(success).toMatchObject({
        notification: {
          messageMD5Sum: '5d41402abc4b2a76b9719d911017c592',
          messageId,
          topicArn: TOPIC,
          timestamp: '2026-03-04 12:00:00.000',
        },
        delivery: {
          destination: 'https://bell:****@example.com/hook',
          providerResponse: 'OK',
          statusCode: 200,
          attempts: 2,
        },
        status: 'SUCCESS',
      });
      expect(success.delivery.dwellTimeMs).toBeGreaterThan(0);
      expect(failure).toMatchObject({
        delivery: { providerResponse: 'The endpoint answered 404', statusCode: 404, attempts: 1 },
        status: 'FAILURE',
      });
      await world.worker.stop();
    });

    it('hold the share of successes that the topic names', async () => {
      const world = new NoticeWorld(await open());
      await world.topic({ HTTPSuccessFeedbackRoleArn: FEEDBACK, HTTPSuccessFeedbackSampleRate: '0' });
      await world.subscribe('https', HOOK);
      await world.store.write(({ db }) => db.deleteFrom('deliveries').execute().then());
      const channel = new ScriptedChannel();
      const noteStatus = statusLog(world.ctx, () => Promise.reject(new Error('nothing is to be logged')));
      world.worker = startDeliveries(world.ctx, channel, { noteStatus });
      await world.say('hello');
      await world.pass(0);
      expect(await world.deliveries()).toMatchObject([{ status: 'delivered' }]);
      await world.worker.stop();
    });
  });
});
