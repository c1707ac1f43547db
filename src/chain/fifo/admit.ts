import { createHash } from 'node:crypto';
import type { Tx } from '../../store/writer.ts';

/** What asks to enter a FIFO topic or queue. */
export interface Applicant {
  /** Whose sequence it joins, such as `queue:7`. */
  readonly owner: string;
  readonly groupId: string;
  readonly deduplicationId: string;
  /** Whether the same deduplication id in another group is another message. */
  readonly perGroup: boolean;
  readonly messageId: string;
}

/** The message that stands for it: itself, or the earlier one that it repeats. */
export interface Admitted {
  readonly messageId: string;
  readonly sequenceNumber: string;
  readonly repeats: boolean;
}

/** AWS drops repeats for five minutes. */
const REMEMBERED = 300_000;
/** Sequence numbers have twenty digits from the first to the last. */
const FIRST = 10n ** 19n;

/** Gives a message its sequence number, or says which one of the last five minutes it repeats. */
export async function admit(tx: Tx, applicant: Applicant, now: number): Promise<Admitted> {
  const { owner, groupId, deduplicationId, perGroup, messageId } = applicant;
  // Neither a group nor an id contains a blank.
  const key = perGroup ? `${groupId} ${deduplicationId}` : deduplicationId;
  await tx.db.deleteFrom('deduplications').where('expires_at', '<=', now).execute();
  const earlier = await tx.db
    .selectFrom('deduplications')
    .select(['message_id', 'sequence'])
    .where('owner', '=', owner)
    .where('key', '=', key)
    .executeTakeFirst();
  if (earlier) return { messageId: earlier.message_id, sequenceNumber: earlier.sequence, repeats: true };
  const { last } = await tx.db
    .insertInto('sequences')
    .values({ owner, last: 1 })
    .onConflict((conflict) => conflict.column('owner').doUpdateSet((e) => ({ last: e('sequences.last', '+', 1) })))
    .returning('last')
    .executeTakeFirstOrThrow();
  const sequenceNumber = String(FIRST + BigInt(last));
  await tx.db
    .insertInto('deduplications')
    .values({ owner, key, message_id: messageId, sequence: sequenceNumber, expires_at: now + REMEMBERED })
    .execute();
  return { messageId, sequenceNumber, repeats: false };
}

/** The deduplication id of a message that is told from others by its content. */
export const contentId = (body: string): string => createHash('sha256').update(body).digest('hex');

/** Whether a text can be a message group id or a deduplication id: 1 to 128 letters, digits and punctuation marks. */
export const isFifoId = (text: string): boolean => /^[\x21-\x7e]{1,128}$/.test(text);

/** Forgets the sequence of a topic or queue that is gone. */
export async function forgetSequence({ db }: Tx, owner: string): Promise<void> {
  await db.deleteFrom('deduplications').where('owner', '=', owner).execute();
  await db.deleteFrom('sequences').where('owner', '=', owner).execute();
}
