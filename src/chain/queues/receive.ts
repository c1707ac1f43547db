import type { Selectable } from 'kysely';
import type { Scope } from '../../base/scope.ts';
import type { QueueMessagesTable } from '../../store/queue-tables.ts';
import type { Tx } from '../../store/writer.ts';
import type { ChainContext } from '../context.ts';
import { isFifoId } from '../fifo/admit.ts';
import type { QueueAttribute } from './message-attributes.ts';
import { findQueueByArn, isFifo, needQueue, type Queue, queueSetting } from './queue.ts';
import { receiptHandle } from './receipt-handle.ts';
import { rememberAttempt, takenBefore } from './receive-attempts.ts';
import { redrivePolicyOf } from './redrive-policy.ts';
import { invalidParameter } from './refusals.ts';
import { nextVisible, visibleMessages } from './visible.ts';
import { Waking } from './waking.ts';

/** A message in the hands of a receiver. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly handle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, QueueAttribute>>;
  /** SenderId, SentTimestamp, ApproximateReceiveCount and the like. */
  readonly system: Readonly<Record<string, string>>;
}

export interface ReceiveWish {
  /** 1 to 10. */
  readonly most: number;
  readonly visibilitySeconds?: number;
  /** 0 to 20; the queue's own if not given. */
  readonly waitSeconds?: number;
  /** Of FIFO queues: a receive of the same id gets the same messages again, should an answer have been lost. */
  readonly attemptId?: string;
  /** Aborted when the receiver is gone: it must not be given messages any more. */
  readonly signal: AbortSignal;
}

/**
 * Takes messages and hides them for the visibility time. Waits for one while there is none.
 * @throws Refusal QueueDoesNotExist, or InvalidParameterValue for a number out of bounds
 */
export async function receiveFromQueue(
  ctx: ChainContext,
  scope: Scope,
  name: string,
  wish: ReceiveWish,
): Promise<ReceivedMessage[]> {
  checkWish(wish);
  const start = ctx.clock.now();
  const queue = await needQueue(ctx.store.read, scope, name);
  checkAttempt(queue, wish.attemptId);
  const again = wish.attemptId === undefined ? undefined : await ctx.store.write((tx) => retake(ctx, tx, queue, wish));
  if (again) return again;
  const wait = (wish.waitSeconds ?? queueSetting(queue, 'ReceiveMessageWaitTimeSeconds')) * 1000;
  const deadline = start + wait;
  const waking = new Waking(ctx.signals, ctx.clock, wish.signal);
  try {
    while (!wish.signal.aborted) {
      const next = await nextVisible(ctx.store.read, queue, ctx.clock.now());
      if (next !== undefined && next <= ctx.clock.now()) {
        const taken = await ctx.store.write((tx) =>
          wish.signal.aborted ? Promise.resolve([]) : take(ctx, tx, queue, wish),
        );
        if (taken.length > 0) return taken;
      }
      if (ctx.clock.now() >= deadline) break;
      await waking.until(Math.min(deadline, next !== undefined && next > ctx.clock.now() ? next : deadline));
    }
    return [];
  } finally {
    waking.end();
  }
}

function checkWish({ most, visibilitySeconds = 0, waitSeconds = 0 }: ReceiveWish): void {
  if (most < 1 || most > 10) {
    throw invalidParameter(most, 'MaxNumberOfMessages', 'Must be between 1 and 10, if provided.');
  }
  if (waitSeconds < 0 || waitSeconds > 20) {
    throw invalidParameter(waitSeconds, 'WaitTimeSeconds', 'Must be >= 0 and <= 20, if provided.');
  }
  if (visibilitySeconds < 0 || visibilitySeconds > 43_200) {
    throw invalidParameter(visibilitySeconds, 'VisibilityTimeout', 'Must be >= 0 and <= 43200, if provided.');
  }
}

const OTHER_TYPE = 'The request include parameter that is not valid for this queue type';
const ATTEMPT_ID =
  'ReceiveRequestAttemptId can only include alphanumeric and punctuation characters. 1 to 128 in length.';

function checkAttempt(queue: Queue, id: string | undefined): void {
  if (id === undefined) return;
  if (!isFifo(queue)) throw invalidParameter(id, 'ReceiveRequestAttemptId', OTHER_TYPE);
  if (!isFifoId(id)) throw invalidParameter(id, 'ReceiveRequestAttemptId', ATTEMPT_ID);
}

type Row = Selectable<QueueMessagesTable>;

async function take(ctx: ChainContext, tx: Tx, queue: Queue, wish: ReceiveWish): Promise<ReceivedMessage[]> {
  const now = ctx.clock.now();
  const redrive = redrivePolicyOf(queue.attributes);
  const target = redrive && (await findQueueByArn(tx.db, redrive.deadLetterTargetArn));
  if (redrive && target) await moveDeadLetters(ctx, tx, queue, target, redrive.maxReceiveCount);
  const rows = await visibleMessages(tx.db, queue, now, wish.most);
  const visibleAt = now + hiddenFor(queue, wish);
  const taken: (Row & { receipt: string })[] = [];
  for (const row of rows) {
    const receipt = ctx.ids.hex(16);
    const held = {
      ...row,
      receipt,
      receive_count: row.receive_count + 1,
      first_received_at: row.first_received_at ?? now,
      visible_at: visibleAt,
    };
    await tx.db
      .updateTable('queue_messages')
      .set({
        receipt,
        receive_count: held.receive_count,
        first_received_at: held.first_received_at,
        visible_at: visibleAt,
      })
      .where('id', '=', row.id)
      .execute();
    taken.push(held);
  }
  if (wish.attemptId !== undefined && taken.length > 0) await rememberAttempt(tx, queue, wish.attemptId, taken, now);
  return taken.map((row) => receivedOf(queue, row));
}

const hiddenFor = (queue: Queue, { visibilitySeconds }: ReceiveWish): number =>
  (visibilitySeconds ?? queueSetting(queue, 'VisibilityTimeout')) * 1000;

/** What the same attempt took before, hidden anew; undefined where it has to take anew. */
async function retake(
  ctx: ChainContext,
  tx: Tx,
  queue: Queue,
  { attemptId = '', ...wish }: ReceiveWish,
): Promise<ReceivedMessage[] | undefined> {
  const now = ctx.clock.now();
  const rows = await takenBefore(tx, queue, attemptId, now);
  if (!rows) return undefined;
  const visible_at = now + hiddenFor(queue, wish);
  const ids = rows.map(({ id }) => id);
  await tx.db.updateTable('queue_messages').set({ visible_at }).where('id', 'in', ids).execute();
  const held = rows.map((row) => ({ ...row, visible_at }));
  await rememberAttempt(tx, queue, attemptId, held, now);
  return held.map((row) => receivedOf(queue, row));
}

/** What was received as often as allowed, and never deleted, leaves for the dead letters. */
async function moveDeadLetters(ctx: ChainContext, tx: Tx, source: Queue, target: Queue, most: number): Promise<void> {
  const now = ctx.clock.now();
  const rows = await tx.db
    .selectFrom('queue_messages')
    .select(['id', 'system', 'sent_at'])
    .where('queue_id', '=', source.id)
    .where('visible_at', '<=', now)
    .where('receive_count', '>=', most)
    .execute();
  for (const row of rows) {
    const system = { ...(JSON.parse(row.system) as object), DeadLetterQueueSourceArn: source.arn };
    await tx.db
      .updateTable('queue_messages')
      .set({
        queue_id: target.id,
        system: JSON.stringify(system),
        receipt: null,
        visible_at: now,
        // A message keeps its age when it moves.
        expires_at: row.sent_at + queueSetting(target, 'MessageRetentionPeriod') * 1000,
      })
      .where('id', '=', row.id)
      .execute();
  }
  if (rows.length > 0) tx.onCommit(() => ctx.signals.raise('queues'));
}

const receivedOf = (queue: Queue, row: Row & { receipt: string }): ReceivedMessage => ({
  messageId: row.message_id,
  handle: receiptHandle(queue, { rowId: row.id, receipt: row.receipt }),
  body: row.body,
  attributes: JSON.parse(row.attributes) as Record<string, QueueAttribute>,
  system: {
    ...(JSON.parse(row.system) as Record<string, string>),
    SentTimestamp: String(row.sent_at),
    ApproximateReceiveCount: String(row.receive_count),
    ApproximateFirstReceiveTimestamp: String(row.first_received_at),
  },
});
