import { Refusal } from '../../base/refusal.ts';
import type { Scope } from '../../base/scope.ts';
import type { ChainContext } from '../context.ts';
import { isFifo, needQueue } from './queue.ts';
import { readReceiptHandle } from './receipt-handle.ts';
import { invalidParameter } from './refusals.ts';

/**
 * Deletes a received message. A handle that a later receive has outdated deletes nothing, without an error.
 * @throws Refusal QueueDoesNotExist, ReceiptHandleIsInvalid
 */
export function deleteFromQueue(ctx: ChainContext, scope: Scope, name: string, handle: string): Promise<void> {
  return ctx.store.write(async ({ db, onCommit }) => {
    const queue = await needQueue(db, scope, name);
    const { rowId, receipt } = readReceiptHandle(queue, handle);
    // The next of its group may be received now.
    if (isFifo(queue)) onCommit(() => ctx.signals.raise('queues'));
    await db
      .deleteFrom('queue_messages')
      .where('id', '=', rowId)
      .where('queue_id', '=', queue.id)
      .where('receipt', '=', receipt)
      .execute();
  });
}

/**
 * Hides a received message for `seconds` from now; 0 shows it at once.
 * @throws Refusal QueueDoesNotExist, ReceiptHandleIsInvalid, MessageNotInflight, InvalidParameterValue
 */
export async function changeVisibility(
  ctx: ChainContext,
  scope: Scope,
  name: string,
  handle: string,
  seconds: number,
): Promise<void> {
  if (seconds < 0 || seconds > 43_200) {
    throw invalidParameter(seconds, 'VisibilityTimeout', 'Must be between 0 and 43200, if provided.');
  }
  return ctx.store.write(async ({ db, onCommit }) => {
    const queue = await needQueue(db, scope, name);
    const { rowId, receipt } = readReceiptHandle(queue, handle);
    const now = ctx.clock.now();
    const row = await db
      .selectFrom('queue_messages')
      .select('visible_at')
      .where('id', '=', rowId)
      .where('queue_id', '=', queue.id)
      .where('receipt', '=', receipt)
      .executeTakeFirst();
    if (!row) {
      const reason = 'Message does not exist or is not available for visibility timeout change.';
      throw invalidParameter(handle, 'ReceiptHandle', reason);
    }
    if (row.visible_at <= now) throw new Refusal('MessageNotInflight', 'The specified message is not in flight.');
    await db
      .updateTable('queue_messages')
      .set({ visible_at: now + seconds * 1000 })
      .where('id', '=', rowId)
      .execute();
    onCommit(() => ctx.signals.raise('queues'));
  });
}
