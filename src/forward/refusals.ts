import type { Kysely } from 'kysely';
import type { ChainContext } from '../chain/context.ts';
import type { Tables } from '../store/tables.ts';
import { plainLine } from './formats/plain.ts';
import { type ForwardItem, unpackItem } from './item.ts';

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
