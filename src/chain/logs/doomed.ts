import type { Tx } from '../../store/writer.ts';

/** What a deleted owner left behind, for the sweep to remove little by little. */
export type DoomedKind = 'group' | 'stream';

const KEY = /^doomed:(group|stream):(\d+)$/;

/**
 * Marks the events of a deleted group or stream for removal. They are out of sight at once; removing
 * millions of rows in the deleting call would hold up everybody else's writes.
 */
export async function doom({ db }: Tx, kind: DoomedKind, id: number): Promise<void> {
  await db
    .insertInto('settings')
    .values({ key: `doomed:${kind}:${id}`, value: '' })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
}

/** One thing marked by `doom`, or undefined when all is clean. */
export async function nextDoomed({ db }: Tx): Promise<{ key: string; kind: DoomedKind; id: number } | undefined> {
  const row = await db
    .selectFrom('settings')
    .select('key')
    .where('key', '>=', 'doomed:')
    .where('key', '<', 'doomed;')
    .orderBy('key')
    .limit(1)
    .executeTakeFirst();
  const [, kind, id] = KEY.exec(row?.key ?? '') ?? [];
  return row && kind ? { key: row.key, kind: kind as DoomedKind, id: Number(id) } : undefined;
}

/** Takes the mark off again. */
export async function absolve({ db }: Tx, key: string): Promise<void> {
  await db.deleteFrom('settings').where('key', '=', key).execute();
}
