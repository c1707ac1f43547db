import { describe, expect, it } from 'vitest';
import { eachStore, type OpenStore } from '../../../test/stores.ts';
import { FakeClock } from '../../base/fake-clock.ts';
import { noFaults } from '../../base/faults.ts';
import { seededIds } from '../../base/ids.ts';
import { silentLog } from '../../base/log.ts';
import { Signals } from '../signals.ts';
import { createQueue, deadLetterSources, deleteQueue, listQueues, purgeQueue, setQueueAttributes } from './manage.ts';
import { findQueue } from './queue.ts';
import { describeQueue } from './queue-attributes.ts';
import { receiveFromQueue } from './receive.ts';
import { sendToQueue } from './send.ts';
import { changeVisibility, deleteFromQueue } from './settle.ts';
import { sweepQueues } from './sweep.ts';

const SCOPE = { account: '111122223333', region: 'eu-west-1' };
const START = Date.UTC(2026, 2, 4, 10);

async function world(open: OpenStore) {
  const clock = new FakeClock(START);
  const ctx = {
    store: await open(),
    clock,
    ids: seededIds(1),
    log: silentLog,
    signals: new Signals(),
    reach: noFaults,
  };
  return {
    ctx,
    clock,
    create: (name: string, attributes: Record<string, string> = {}) => createQueue(ctx, { ...SCOPE, name, attributes }),
    send: (name: string, body: string, delaySeconds?: number) =>
      sendToQueue(ctx, SCOPE, name, {
        body,
        attributes: {},
        system: {},
        ...(delaySeconds === undefined ? {} : { delaySeconds }),
      }),
    receive: (
      name: string,
      wish: { most?: number; visibilitySeconds?: number; waitSeconds?: number; signal?: AbortSignal } = {},
    ) => receiveFromQueue(ctx, SCOPE, name, { most: 10, signal: new AbortController().signal, ...wish }),
    counts: async (name: string) => {
      const queue = await findQueue(ctx.store.read, SCOPE, name);
      const all = await describeQueue(ctx.store.read, queue!, clock.now());
      return [
        all.ApproximateNumberOfMessages,
        all.ApproximateNumberOfMessagesNotVisible,
        all.ApproximateNumberOfMessagesDelayed,
      ].map(Number);
    },
  };
}

eachStore((open) => {
  describe('a queue', () => {
    it('is created once under a name, and refused with other attributes', async () => {
      const { create } = await world(open);
      const first = await create('jobs', { VisibilityTimeout: '20' });
      expect(first.arn).toBe('arn:aws:sqs:eu-west-1:111122223333:jobs');
      expect((await create('jobs')).id).toBe(first.id);
      expect((await create('jobs', { VisibilityTimeout: '20', DelaySeconds: '0' })).id).toBe(first.id);
      await expect(create('jobs', { VisibilityTimeout: '21' })).rejects.toMatchObject({
        code: 'QueueNameExists',
        message: 'A queue already exists with the same name and a different value for attribute VisibilityTimeout',
      });
    });

    it.each([
      ['a.b', {}, 'InvalidParameterValueException'],
      ['x'.repeat(81), {}, 'InvalidParameterValueException'],
      ['a.fifo', {}, 'InvalidParameterValueException'],
      ['a', { FifoQueue: 'true' }, 'InvalidParameterValueException'],
      ['a', { ContentBasedDeduplication: 'true' }, 'InvalidAttributeName'],
      ['a', { VisibilityTimeout: '43201' }, 'InvalidAttributeValue'],
      ['a', { VisibilityTimeout: '-1' }, 'InvalidAttributeValue'],
      ['a', { DelaySeconds: 'soon' }, 'InvalidAttributeValue'],
      ['a', { Colour: 'red' }, 'InvalidAttributeName'],
      ['a', { FifoQueue: 'false' }, 'InvalidAttributeName'],
      ['a', { RedrivePolicy: 'no json' }, 'InvalidParameterValueException'],
      ['a', { RedrivePolicy: '{"maxReceiveCount":3}' }, 'InvalidParameterValueException'],
      [
        'a',
        { RedrivePolicy: '{"maxReceiveCount":3,"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:111122223333:none"}' },
        'InvalidParameterValueException',
      ],
    ])('refuses the name %s with %o', async (name, attributes, code) => {
      const { create } = await world(open);
      await expect(create(name, attributes)).rejects.toMatchObject({ code });
    });

    it('lists by prefix and page, and vanishes with its messages', async () => {
      const { ctx, create, send } = await world(open);
      for (const name of ['b-1', 'a-2', 'a-1', 'a-3']) await create(name);
      const names = async (page: { prefix?: string; after?: string; limit: number }) =>
        (await listQueues(ctx.store.read, SCOPE, page)).map((queue) => queue.name);
      expect(await names({ limit: 10 })).toEqual(['a-1', 'a-2', 'a-3', 'b-1']);
      expect(await names({ prefix: 'a-', after: 'a-1', limit: 1 })).toEqual(['a-2']);
      await send('a-1', 'gone');
      await deleteQueue(ctx, SCOPE, 'a-1');
      await expect(send('a-1', 'again')).rejects.toMatchObject({ code: 'QueueDoesNotExist' });
      expect(await ctx.store.read.selectFrom('queue_messages').selectAll().execute()).toEqual([]);
    });

    it('belongs to one account and region', async () => {
      const { ctx, create } = await world(open);
      await create('jobs');
      expect(await findQueue(ctx.store.read, { ...SCOPE, region: 'us-east-1' }, 'jobs')).toBeUndefined();
      expect(await findQueue(ctx.store.read, { ...SCOPE, account: '999999999999' }, 'jobs')).toBeUndefined();
    });
  });

  describe('a message', () => {
    it('is hidden while received, comes back, and is deleted by its newest handle only', async () => {
      const { ctx, clock, create, send, receive, counts } = await world(open);
      await create('jobs', { VisibilityTimeout: '20' });
      const sent = await send('jobs', 'hello');
      const [first] = await receive('jobs');
      expect(first).toMatchObject({ messageId: sent.messageId, body: 'hello' });
      expect(first?.system).toMatchObject({ ApproximateReceiveCount: '1', SentTimestamp: String(START) });
      expect([await receive('jobs'), await counts('jobs')]).toEqual([[], [0, 1, 0]]);
      await clock.advance(20_000);
      const [second] = await receive('jobs');
      expect(second?.system).toMatchObject({
        ApproximateReceiveCount: '2',
        ApproximateFirstReceiveTimestamp: String(START),
      });
      await deleteFromQueue(ctx, SCOPE, 'jobs', first!.handle);
      expect(await counts('jobs')).toEqual([0, 1, 0]);
      await deleteFromQueue(ctx, SCOPE, 'jobs', second!.handle);
      expect(await counts('jobs')).toEqual([0, 0, 0]);
    });

    it('waits out its delay', async () => {
      const { clock, create, send, receive, counts } = await world(open);
      await create('jobs', { DelaySeconds: '5' });
      await send('jobs', 'later');
      await send('jobs', 'now', 0);
      expect([(await receive('jobs')).map((m) => m.body), await counts('jobs')]).toEqual([['now'], [0, 1, 1]]);
      await clock.advance(5_000);
      expect((await receive('jobs')).map((m) => m.body)).toEqual(['later']);
    });

    it('is taken by at most one of many receivers', async () => {
      const { create, send, receive } = await world(open);
      await create('jobs');
      await Promise.all(Array.from({ length: 25 }, (_, n) => send('jobs', String(n))));
      const taken = await Promise.all(Array.from({ length: 8 }, () => receive('jobs', { most: 4 })));
      const bodies = taken.flat().map((message) => Number(message.body));
      expect(bodies.sort((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, n) => n));
    });

    it('can be shown again early or hidden longer', async () => {
      const { ctx, clock, create, send, receive } = await world(open);
      await create('jobs');
      await send('jobs', 'x');
      const [taken] = await receive('jobs');
      await changeVisibility(ctx, SCOPE, 'jobs', taken!.handle, 0);
      const [again] = await receive('jobs');
      expect(again?.body).toBe('x');
      await changeVisibility(ctx, SCOPE, 'jobs', again!.handle, 100);
      await clock.advance(99_000);
      expect(await receive('jobs')).toEqual([]);
      await clock.advance(1_000);
      await expect(changeVisibility(ctx, SCOPE, 'jobs', again!.handle, 1)).rejects.toMatchObject({
        code: 'MessageNotInflight',
      });
    });

    it('goes to the dead letters when received too often, and keeps its age', async () => {
      const { ctx, clock, create, send, receive } = await world(open);
      const dead = await create('dead', { MessageRetentionPeriod: '600' });
      const policy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 });
      const source = await create('jobs', { VisibilityTimeout: '1', RedrivePolicy: policy });
      const sent = await send('jobs', 'poison');
      for (let round = 0; round < 2; round += 1) {
        expect(await receive('jobs')).toHaveLength(1);
        await clock.advance(1_000);
      }
      expect(await receive('jobs')).toEqual([]);
      const [letter] = await receive('dead', { visibilitySeconds: 0 });
      expect(letter).toMatchObject({
        messageId: sent.messageId,
        system: { DeadLetterQueueSourceArn: source.arn, ApproximateReceiveCount: '3', SentTimestamp: String(START) },
      });
      expect((await deadLetterSources(ctx.store.read, dead)).map((queue) => queue.name)).toEqual(['jobs']);
      await clock.advance(600_000);
      expect(await receive('dead')).toEqual([]);
    });

    it('is forgotten after the retention, which may be changed', async () => {
      const { ctx, clock, create, send, counts } = await world(open);
      await create('jobs', { MessageRetentionPeriod: '60' });
      await send('jobs', 'x');
      await setQueueAttributes(ctx, SCOPE, 'jobs', { MessageRetentionPeriod: '120' });
      await clock.advance(60_000);
      expect([await sweepQueues(ctx), await counts('jobs')]).toEqual([0, [1, 0, 0]]);
      await clock.advance(60_000);
      expect([await counts('jobs'), await sweepQueues(ctx)]).toEqual([[0, 0, 0], 1]);
    });

    it('is purged, once a minute at most', async () => {
      const { ctx, clock, create, send, counts } = await world(open);
      await create('jobs');
      await send('jobs', 'x');
      await purgeQueue(ctx, SCOPE, 'jobs');
      expect(await counts('jobs')).toEqual([0, 0, 0]);
      await expect(purgeQueue(ctx, SCOPE, 'jobs')).rejects.toMatchObject({ code: 'PurgeQueueInProgress' });
      await clock.advance(60_000);
      await purgeQueue(ctx, SCOPE, 'jobs');
    });

    it.each([
      ['', 'MissingRequiredParameterException'],
      ['x'.repeat(1_025), 'InvalidParameterValueException'],
      ['bell \u0007', 'InvalidMessageContents'],
      ['half \ud800', 'InvalidMessageContents'],
    ])('is refused for its body, case %#', async (body, code) => {
      const { create, send } = await world(open);
      await create('jobs', { MaximumMessageSize: '1024' });
      await expect(send('jobs', body)).rejects.toMatchObject({ code });
    });

    it.each(['', 'x', Buffer.from('1:2:3').toString('base64'), '='.repeat(5_000)])(
      'is not deleted by the invalid handle number %#',
      async (handle) => {
        const { ctx, create } = await world(open);
        await create('jobs');
        await expect(deleteFromQueue(ctx, SCOPE, 'jobs', handle)).rejects.toMatchObject({
          code: 'ReceiptHandleIsInvalid',
        });
      },
    );
  });

  describe('a long poll', () => {
    it('is answered by the message that arrives', async () => {
      const { create, send, receive } = await world(open);
      await create('jobs');
      const poll = receive('jobs', { waitSeconds: 20 });
      await send('jobs', 'at last');
      expect((await poll).map((message) => message.body)).toEqual(['at last']);
    });

    it('is answered when a hidden message comes back', async () => {
      const { clock, create, send, receive } = await world(open);
      await create('jobs', { VisibilityTimeout: '7' });
      await send('jobs', 'x');
      await receive('jobs');
      const poll = receive('jobs', { waitSeconds: 20 });
      let answer: unknown[] | undefined;
      poll.then((messages) => {
        answer = messages;
      });
      await clock.advance(6_999);
      expect(answer).toBeUndefined();
      await clock.advance(1);
      while (answer === undefined) await clock.advance(0);
      expect(answer).toHaveLength(1);
    });

    it('ends with nothing at its deadline', async () => {
      const { clock, create, receive } = await world(open);
      await create('jobs', { ReceiveMessageWaitTimeSeconds: '3' });
      let answer: unknown;
      const poll = receive('jobs').then((messages) => {
        answer = messages;
      });
      await clock.advance(2_999);
      expect(answer).toBeUndefined();
      await clock.advance(1);
      // A database over a socket may need more turns of the loop to notice.
      while (answer === undefined) await clock.advance(0);
      await poll;
      expect(answer).toEqual([]);
    });

    it('takes nothing for a receiver that has gone', async () => {
      const { create, send, receive, counts } = await world(open);
      await create('jobs');
      const gone = new AbortController();
      const poll = receive('jobs', { waitSeconds: 20, signal: gone.signal });
      gone.abort();
      expect(await poll).toEqual([]);
      await send('jobs', 'x');
      expect(await counts('jobs')).toEqual([1, 0, 0]);
    });
  });
});
