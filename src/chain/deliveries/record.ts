import type { Tx } from '../../store/writer.ts';
import type { FailureReason, Outcome } from '../channels/channel.ts';
import type { ChainContext } from '../context.ts';
import { takesFromTopic } from '../queues/access/queue-policy.ts';
import { enqueue, type QueuePost } from '../queues/enqueue.ts';
import { findQueueByArn } from '../queues/queue.ts';
import { noteHealth, spareEndpoint } from './endpoint-health.ts';
import type { Loaded } from './load.ts';
import type { NoteStatus } from './status-log.ts';
import { jittered, nextDelay } from './timetable.ts';

/** What is to be written about an attempt. */
export type Verdict =
  | Extract<Outcome, { result: 'delivered' }>
  | { readonly result: 'later'; readonly dueAt: number; readonly reason: FailureReason; readonly text: string }
  | { readonly result: 'dead'; readonly reason: FailureReason; readonly text: string; readonly status?: number };

/** Turns what a channel said into what happens next. */
export function verdictOf(ctx: ChainContext, { row, rules }: Loaded, outcome: Outcome): Verdict {
  if (outcome.result === 'delivered') return outcome;
  const { reason, text } = outcome;
  const now = ctx.clock.now();
  const delay = outcome.result === 'giveUp' ? undefined : nextDelay(rules, row.attempts + 1, now - row.created_at);
  if (delay === undefined) {
    return { result: 'dead', reason, text, ...(outcome.status === undefined ? {} : { status: outcome.status }) };
  }
  const asked = outcome.result === 'retry' ? (outcome.waitMs ?? 0) : 0;
  return { result: 'later', dueAt: now + Math.max(asked, jittered(delay, ctx.ids.fraction())), reason, text };
}

const LONGEST_ERROR = 1_000;

/** A message for a dead-letter queue. */
export interface DeadLetter {
  readonly queueArn: string;
  readonly post: QueuePost;
}

/** What an end brings with it. */
export interface Consequences {
  /** Milliseconds that the endpoint is left alone; 0 for none. */
  readonly rest: number;
  readonly deadLetter: DeadLetter | undefined;
  readonly noteStatus: NoteStatus | undefined;
}

/**
 * Writes down what became of an attempt, together with what must be true at the same time: a message in
 * a queue, a dead letter, the health of the endpoint. A delivery that was called off meanwhile is left alone.
 */
export function recordVerdict(
  ctx: ChainContext,
  loaded: Loaded,
  verdict: Verdict,
  { rest, deadLetter, noteStatus }: Consequences,
): Promise<void> {
  const { row } = loaded;
  const now = ctx.clock.now();
  const blame = verdict.result === 'delivered' ? verdict.protest : verdict;
  return ctx.store.write(async (tx) => {
    const { numUpdatedRows } = await tx.db
      .updateTable('deliveries')
      .set({
        status: verdict.result === 'later' ? 'waiting' : verdict.result,
        attempts: row.attempts + 1,
        reason: blame?.reason ?? null,
        error: blame?.text.slice(0, LONGEST_ERROR) ?? null,
        ...(verdict.result === 'later' ? { due_at: verdict.dueAt } : { finished_at: now }),
      })
      .where('id', '=', row.id)
      .where('status', '=', 'waiting')
      .executeTakeFirst();
    if (Number(numUpdatedRows) === 0) return;
    await recordJoined(tx, loaded, verdict, now);
    if (verdict.result === 'delivered') await verdict.along?.(tx);
    await noteHealth(tx, loaded, verdict, now);
    if (verdict.result !== 'dead') await spareEndpoint(tx, loaded, rest, now);
    await noteStatus?.(tx, loaded, verdict);
    if (verdict.result === 'dead' && deadLetter) await bury(ctx, tx, deadLetter, row.topic_arn);
  });
}

/** What left with it shares its end, but for the last: what is given up is one message, and the others are tried without it. */
async function recordJoined(tx: Tx, { joined }: Loaded, verdict: Verdict, now: number): Promise<void> {
  if (joined.length === 0) return;
  const rows = tx.db
    .updateTable('deliveries')
    .where(
      'id',
      'in',
      joined.map(({ id }) => id),
    )
    .where('status', '=', 'waiting');
  if (verdict.result === 'dead') await rows.set({ due_at: now }).execute();
  else {
    const end =
      verdict.result === 'delivered'
        ? { status: 'delivered', reason: null, error: null, finished_at: now }
        : { due_at: verdict.dueAt, reason: verdict.reason, error: verdict.text.slice(0, LONGEST_ERROR) };
    await rows.set((eb) => ({ ...end, attempts: eb('attempts', '+', 1) })).execute();
  }
}

/** What a dead-letter queue does not take is kept here all the same, as everything that was given up. */
async function bury(ctx: ChainContext, tx: Tx, { queueArn, post }: DeadLetter, topicArn: string): Promise<void> {
  const queue = await findQueueByArn(tx.db, queueArn);
  if (queue && takesFromTopic(queue, topicArn)) await enqueue(ctx, tx, queue, post);
  else {
    const why = queue ? 'does not let the topic send to it' : 'does not exist';
    ctx.log.warn({ queue: queueArn }, `a dead-letter queue ${why}; the dead letter is kept here only`);
  }
}
