import type { Selectable } from 'kysely';
import type { QueueMessagesTable } from '../../store/queue-tables.ts';
import type { Tx } from '../../store/writer.ts';
import type { Queue } from './queue.ts';

type Row = Selectable<QueueMessagesTable>;

/** A message as one receive took it. */
interface Taken {
  readonly id: number;
  readonly receipt: string;
  readonly visibleAt: number;
}

/** AWS knows an attempt for five minutes. */
const REMEMBERED = 300_000;

/**
 * What an earlier receive of the same attempt id took from a FIFO queue, in its order: all of it, if it is all still in
 * flight as it was. Undefined where anything was deleted, changed or shown again since, or time has run out: then it is
 * a receive like any other.
 */
export async function takenBefore(
  { db }: Tx,
  queue: Queue,
  attemptId: string,
  now: number,
): Promise<(Row & { receipt: string })[] | undefined> {
  const attempt = await db
    .selectFrom('receive_attempts')
    .select('taken')
    .where('queue_id', '=', queue.id)
    .where('attempt_id', '=', attemptId)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  const taken = attempt ? (JSON.parse(attempt.taken) as Taken[]) : [];
  if (taken.length === 0) return undefined;
  const rows = await db
    .selectFrom('queue_messages')
    .selectAll()
    .where('queue_id', '=', queue.id)
    .where(
      'id',
      'in',
      taken.map(({ id }) => id),
    )
    .where('visible_at', '>', now)
    .where('expires_at', '>', now)
    .orderBy('id')
    .execute();
  const isUntouched = (row: Row): row is Row & { receipt: string } =>
    taken.some(
      ({ id, receipt, visibleAt }) => id === row.id && receipt === row.receipt && visibleAt === row.visible_at,
    );
  const untouched = rows.filter(isUntouched);
  return untouched.length === taken.length ? untouched : undefined;
}

/** Keeps in mind what an attempt has taken, in place of what the same id took before. */
export async function rememberAttempt(
  { db }: Tx,
  queue: Queue,
  attemptId: string,
  rows: readonly { readonly id: number; readonly receipt: string; readonly visible_at: number }[],
  now: number,
): Promise<void> {
  await db.deleteFrom('receive_attempts').where('expires_at', '<=', now).execute();
  const taken: Taken[] = rows.map(({ id, receipt, visible_at }) => ({ id, receipt, visibleAt: visible_at }));
  const values = { taken: JSON.stringify(taken), expires_at: now + REMEMBERED };
  await db
    .insertInto('receive_attempts')
    .values({ queue_id: queue.id, attempt_id: attemptId, ...values })
    .onConflict((conflict) => conflict.columns(['queue_id', 'attempt_id']).doUpdateSet(values))
    .execute();
}
