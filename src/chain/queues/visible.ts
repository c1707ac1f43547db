import type { Kysely, Selectable } from 'kysely';
import type { QueueMessagesTable } from '../../store/queue-tables.ts';
import type { Tables } from '../../store/tables.ts';
import { isFifo, type Queue } from './queue.ts';

/** The messages that a receiver may be given now, in the order in which it gets them. */
export function visibleMessages(
  db: Kysely<Tables>,
  queue: Queue,
  now: number,
  most: number,
): Promise<Selectable<QueueMessagesTable>[]> {
  const visible = visibleNow(db, queue, now).selectAll().limit(most);
  // A queue that keeps no order gives first what was longest to be seen.
  return (isFifo(queue) ? visible.orderBy('id') : visible.orderBy('visible_at').orderBy('id')).execute();
}

/** When the next message can be seen, or undefined. A plain read, so that an idle poll costs no transaction. */
export async function nextVisible(db: Kysely<Tables>, queue: Queue, now: number): Promise<number | undefined> {
  if (isFifo(queue)) {
    const ready = await visibleNow(db, queue, now).select('id').limit(1).executeTakeFirst();
    if (ready) return now;
  }
  let next = db
    .selectFrom('queue_messages')
    .select('visible_at')
    .where('queue_id', '=', queue.id)
    .where('expires_at', '>', now);
  // What is visible and yet not ready waits for another of its group, and that one's time counts.
  if (isFifo(queue)) next = next.where('visible_at', '>', now);
  return (await next.orderBy('visible_at').limit(1).executeTakeFirst())?.visible_at;
}

function visibleNow(db: Kysely<Tables>, queue: Queue, now: number) {
  const visible = db
    .selectFrom('queue_messages')
    .where('queue_id', '=', queue.id)
    .where('visible_at', '<=', now)
    .where('expires_at', '>', now);
  if (!isFifo(queue)) return visible;
  // A group waits while one of its messages is in somebody's hands, or an earlier one is delayed.
  return visible.where(({ not, exists, selectFrom }) =>
    not(
      exists(
        selectFrom('queue_messages as other')
          .select('other.id')
          .where('other.queue_id', '=', queue.id)
          .whereRef('other.group_id', '=', 'queue_messages.group_id')
          .where('other.visible_at', '>', now)
          .where('other.expires_at', '>', now)
          .where((e) => e.or([e('other.receipt', 'is not', null), e('other.id', '<', e.ref('queue_messages.id'))])),
      ),
    ),
  );
}
