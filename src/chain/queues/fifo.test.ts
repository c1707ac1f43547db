import { describe, expect, it } from 'vitest';
import { eachStore, type OpenStore } from '../../../test/stores.ts';
import { FakeClock } from '../../base/fake-clock.ts';
import { noFaults } from '../../base/faults.ts';
import { seededIds } from '../../base/ids.ts';
import { silentLog } from '../../base/log.ts';
import { Signals } from '../signals.ts';
import { createQueue } from './manage.ts';
import { receiveFromQueue } from './receive.ts';
import { sendToQueue } from './send.ts';
import { changeVisibility, deleteFromQueue } from './settle.ts';

const SCOPE = { account: '111122223333', region: 'eu-west-1' };
const JOBS = 'jobs.fifo';

async function world(open: OpenStore, attributes: Record<string, string> = {}) {
  const clock = new FakeClock(Date.UTC(2026, 2, 4, 10));
  const ctx = {
    store: await open(),
    clock,
    ids: seededIds(1),
    log: silentLog,
    signals: new Signals(),
    reach: noFaults,
  };
  const create = (name: string, more: Record<string, string> = {}) =>
    createQueue(ctx, { ...SCOPE, name, attributes: { FifoQueue: 'true', ...more } });
  await create('dead.fifo');
  await create(JOBS, { ContentBasedDeduplication: 'true', ...attributes });
  return {
    ctx,
    clock,
    create,
    send: (body: string, group?: string, id?: string, delaySeconds?: number) =>
      sendToQueue(ctx, SCOPE, JOBS, {
        body,
        attributes: {},
        system: {
          ...(group === undefined ? {} : { MessageGroupId: group }),
          ...(id === undefined ? {} : { MessageDeduplicationId: id }),
        },
        ...(delaySeconds === undefined ? {} : { delaySeconds }),
      }),
    receive: (most = 10, more: { waitSeconds?: number; attemptId?: string } = {}, name = JOBS) =>
      receiveFromQueue(ctx, SCOPE, name, { most, signal: new AbortController().signal, ...more }),
    remove: (handle: string) => deleteFromQueue(ctx, SCOPE, JOBS, handle),
  };
}

const bodies = (messages: readonly { body: string }[]): string => messages.map(({ body }) => body).join(' ');

eachStore((open) => {
  describe('a FIFO queue', () => {
    it('gives the messages of a group in order, the next when those before are done, and other groups meanwhile', async () => {
      const { send, receive, remove, clock } = await world(open);
      for (const [body, group] of [
        ['a1', 'a'],
        ['a2', 'a'],
        ['b1', 'b'],
        ['a3', 'a'],
      ] as const)
        await send(body, group);
      const [first] = await receive(1);
      expect(first?.body).toBe('a1');
      expect(bodies(await receive())).toBe('b1');
      expect(await receive()).toEqual([]);
      await remove(first!.handle);
      const rest = await receive();
      expect(bodies(rest)).toBe('a2 a3');
      await remove(rest[1]!.handle);
      await clock.advance(30_000);
      expect(bodies(await receive())).toBe('a2 b1');
    });

    it('wakes who waits for a group as soon as it is free, by removal or by time', async () => {
      const { ctx, send, receive, remove, clock } = await world(open);
      await send('a1', 'a');
      await send('a2', 'a');
      const [first] = await receive(1);
      const waiting = receive(1, { waitSeconds: 20 });
      await clock.advance(1_000);
      await remove(first!.handle);
      expect(bodies(await waiting)).toBe('a2');
      await send('b1', 'b');
      await send('b2', 'b');
      const [held] = await receive(1);
      await changeVisibility(ctx, SCOPE, JOBS, held!.handle, 5);
      const patient = receive(10, { waitSeconds: 20 });
      await clock.advance(5_000);
      expect(bodies(await patient)).toBe('b1 b2');
    });

    it('gives the same messages again to a receive of the same attempt, for five minutes and while they are untouched', async () => {
      const { ctx, send, receive, remove, clock } = await world(open);
      for (const body of ['a1', 'a2']) await send(body, 'a');
      const attempt = { attemptId: 'try-1' };
      const first = await receive(2, attempt);
      expect(bodies(first)).toBe('a1 a2');
      await clock.advance(20_000);
      expect(await receive(2, attempt)).toEqual(first);
      // Hidden anew: thirty seconds from the second receive.
      await clock.advance(29_999);
      expect(await receive()).toEqual([]);
      expect(await receive(2, attempt)).toEqual(first);
      expect(await receive(2, { attemptId: 'try-2' })).toEqual([]);
      await changeVisibility(ctx, SCOPE, JOBS, first[0]!.handle, 60);
      expect(await receive(2, attempt)).toEqual([]);
      await remove(first[0]!.handle);
      await clock.advance(30_000);
      const anew = await receive(2, attempt);
      expect(bodies(anew)).toBe('a2');
      expect(anew[0]?.handle).not.toBe(first[1]?.handle);
      await changeVisibility(ctx, SCOPE, JOBS, anew[0]!.handle, 43_000);
      await clock.advance(300_000);
      expect(await receive(2, attempt)).toEqual([]);
    });

    it('takes attempt ids alone, and of 1 to 128 plain characters', async () => {
      const { ctx, receive } = await world(open);
      await createQueue(ctx, { ...SCOPE, name: 'plain' });
      const text = 'for parameter ReceiveRequestAttemptId is invalid. Reason: ';
      await expect(receive(1, { attemptId: 'try-1' }, 'plain')).rejects.toThrow(
        `Value try-1 ${text}The request include`,
      );
      await expect(receive(1, { attemptId: 'a b' })).rejects.toThrow(
        `Value a b ${text}ReceiveRequestAttemptId can only`,
      );
    });

    it('knows a repeat for five minutes, by its id or its content, and answers as for the first', async () => {
      const { send, receive, clock } = await world(open);
      const first = await send('same', 'a');
      expect(first.sequenceNumber).toMatch(/^\d{20}$/);
      const second = await send('same', 'b');
      expect([second.messageId, second.sequenceNumber]).toEqual([first.messageId, first.sequenceNumber]);
      const other = await send('same', 'a', 'other-id');
      expect(BigInt(other.sequenceNumber!)).toBeGreaterThan(BigInt(first.sequenceNumber!));
      await clock.advance(299_999);
      expect((await send('same', 'a')).messageId).toBe(first.messageId);
      await clock.advance(1);
      expect((await send('same', 'a')).messageId).not.toBe(first.messageId);
      const received = await receive();
      expect(received).toHaveLength(3);
      expect(received[1]?.system).toMatchObject({
        MessageGroupId: 'a',
        MessageDeduplicationId: 'other-id',
        SequenceNumber: other.sequenceNumber,
      });
    });

    it('of high throughput knows repeats per group', async () => {
      const { send, receive } = await world(open, { DeduplicationScope: 'messageGroup' });
      for (const group of ['a', 'b', 'a']) await send('same', group);
      expect(await receive()).toHaveLength(2);
    });

    it('moves dead letters to a FIFO queue only, with their groups', async () => {
      const redrive = (name: string) =>
        JSON.stringify({ maxReceiveCount: 1, deadLetterTargetArn: `arn:aws:sqs:eu-west-1:111122223333:${name}` });
      const { ctx, create, send, receive, clock } = await world(open, { RedrivePolicy: redrive('dead.fifo') });
      await createQueue(ctx, { ...SCOPE, name: 'plain' });
      await expect(create('x.fifo', { RedrivePolicy: redrive('plain') })).rejects.toThrow('must be same type of queue');
      await send('a1', 'a');
      await send('a2', 'a');
      await receive(1);
      await clock.advance(30_000);
      expect(bodies(await receive())).toBe('a2');
      const [dead] = await receive(10, {}, 'dead.fifo');
      expect(dead).toMatchObject({ body: 'a1', system: { MessageGroupId: 'a' } });
    });

    it('lets a delayed message hold back only what came after it', async () => {
      const { send, receive, clock } = await world(open, { DelaySeconds: '10' });
      await send('a1', 'a');
      await clock.advance(5_000);
      await send('a2', 'a');
      await clock.advance(5_000);
      expect(bodies(await receive())).toBe('a1');
      await clock.advance(5_000);
      expect(await receive()).toEqual([]);
    });

    it('refuses a message that has no place in it', async () => {
      const { send } = await world(open, { ContentBasedDeduplication: 'false' });
      await expect(send('x')).rejects.toMatchObject({
        code: 'MissingRequiredParameterException',
        message: 'The request must contain the parameter MessageGroupId.',
      });
      await expect(send('x', 'a')).rejects.toThrow(
        'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
      );
      await expect(send('x', 'a b', 'id')).rejects.toThrow('MessageGroupId can only include alphanumeric');
      await expect(send('x', 'a', 'i'.repeat(129))).rejects.toThrow('MessageDeduplicationId can only include');
      await expect(send('x', 'a', 'id', 1)).rejects.toThrow('not valid for this queue type');
    });
  });
});
