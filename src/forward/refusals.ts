import type { Kysely } from 'kysely';
import { Refusal } from '../base/refusal.ts';
import type { ChainContext } from '../chain/context.ts';
import type { Tables } from '../store/tables.ts';
import { plainLine } from './formats/plain.ts';
import { type ForwardItem, unpackItem } from './item.ts';
import type { AnyParcel, AnyReceiver, Content, Outcome } from './receiver.ts';
import type { ForwardPlan } from './runner.ts';

/** A record that a receiver would not take. */
export interface RefusedRecord {
  readonly id: number;
  /** When it happened, and when it was refused. */
  readonly at: number;
  readonly refusedAt: number;
  readonly reason: string;
  readonly error: string;
  /** The record as plain JSON. */
  readonly record: unknown;
}

/** What a forward has set aside, the newest first. */
export async function listRefused(db: Kysely<Tables>, forward: string, limit: number): Promise<RefusedRecord[]> {
  const rows = await db
    .selectFrom('forward_refusals')
    .selectAll()
    .where('forward', '=', forward)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ id, at, refused_at, reason, error, item }) => {
    return { id, at, refusedAt: refused_at, reason, error, record: recordOf(unpackItem(item)) };
  });
}

/** As plain JSON; as text where it cannot be written so, nested too deep for example. */
function recordOf(item: ForwardItem): unknown {
  try {
    const record = JSON.parse(plainLine(item)) as unknown;
    JSON.stringify(record);
    return record;
  } catch {
    return item.kind === 'event' ? item.view.message : undefined;
  }
}

/** Takes note of what was refused and lost: gives how many records were set aside, and forgets them. */
export function dismissRefused({ store }: ChainContext, forward: string): Promise<number> {
  return store.write(async ({ db }) => {
    const { numDeletedRows } = await db
      .deleteFrom('forward_refusals')
      .where('forward', '=', forward)
      .executeTakeFirstOrThrow();
    await db
      .updateTable('forwards')
      .set((row) => ({ lost_seen: row.ref('lost') }))
      .where('name', '=', forward)
      .execute();
    return Number(numDeletedRows);
  });
}

export interface Resent {
  readonly sent: number;
  readonly refused: number;
}

const ALONE = 100;

/**
 * Sends once more what was set aside, one record at a time; what is taken now is no longer set aside.
 * @throws Refusal when the receiver cannot be reached
 */
export async function resendRefused(
  { store }: ChainContext,
  { name, receiver, what }: ForwardPlan,
  send: (parcels: readonly AnyParcel[]) => Promise<Outcome>,
): Promise<Resent> {
  let [sent, refused, last] = [0, 0, 0];
  for (;;) {
    const rows = await store.read
      .selectFrom('forward_refusals')
      .select(['id', 'item'])
      .where('forward', '=', name)
      .where('id', '>', last)
      .orderBy('id')
      .limit(ALONE)
      .execute();
    if (rows.length === 0) return { sent, refused };
    for (const row of rows) {
      last = row.id;
      const outcome = await sentAlone(unpackItem(row.item), receiver, send);
      const trouble = outcome.result === 'sent' ? (outcome.refused?.[0] ?? outcome.again) : outcome;
      if (outcome.result === 'retry' || (outcome.result === 'sent' && outcome.again)) {
        const says = `The receiver of the ${what} takes nothing now: ${trouble?.text}`;
        throw new Refusal('ReceiverUnavailable', says, { status: 503 });
      }
      if (trouble) {
        refused += 1;
        continue;
      }
      sent += 1;
      await store.write(async ({ db }) => {
        await db.deleteFrom('forward_refusals').where('id', '=', row.id).execute();
        await db
          .updateTable('forwards')
          .set((counts) => ({ sent: counts('sent', '+', 1), refused: counts('refused', '-', 1) }))
          .where('name', '=', name)
          .execute();
      });
    }
  }
}

async function sentAlone(
  item: ForwardItem,
  receiver: AnyReceiver,
  send: (parcels: readonly AnyParcel[]) => Promise<Outcome>,
): Promise<Outcome> {
  let text: Content | undefined;
  try {
    text = receiver.encode(item);
  } catch (error) {
    return { result: 'refused', reason: 'cannot-be-written', text: String(error) };
  }
  if (text !== undefined) return send([{ item, text }]);
  return { result: 'refused', reason: 'no-use', text: 'The receiver that is configured now has no use for it' };
}
