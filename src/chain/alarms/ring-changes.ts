import type { Tx } from '../../store/writer.ts';

/** Notes, in the order of commits, that rings were made, brought up to date or acknowledged. */
export async function noteRingChanges({ db }: Tx, ringIds: readonly string[], at: number): Promise<void> {
  if (ringIds.length === 0) return;
  await db
    .insertInto('ring_changes')
    .values(ringIds.map((ring_id) => ({ ring_id, at })))
    .execute();
}
