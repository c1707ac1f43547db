import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import type { DrillReport } from './follow-drill.ts';

/** The last drill of the schedule, as the status tells of it. */
export interface LastDrill {
  readonly id: string;
  readonly at: number;
  readonly outcome: DrillReport['outcome'];
  /** Why it did not ring; null where it did. */
  readonly failed: string | null;
}

const SETTING = 'drill';

export async function lastDrill(db: Kysely<Tables>): Promise<LastDrill | null> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', SETTING).executeTakeFirst();
  return row ? (JSON.parse(row.value) as LastDrill) : null;
}

export async function saveLastDrill({ db }: Tx, drill: LastDrill): Promise<void> {
  const value = JSON.stringify(drill);
  await db
    .insertInto('settings')
    .values({ key: SETTING, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}
