import type { Kysely, Selectable } from 'kysely';
import type { AlarmsTable, Tables } from '../../store/tables.ts';

/** Some ten milliseconds of work on a page. */
const ROWS_PER_PAGE = 250;

/**
 * All alarms by id, a page at a time. Between two pages everything else has its turn, so that a look at
 * ten thousand chains keeps no ring waiting.
 */
export async function* alarmPages(db: Kysely<Tables>): AsyncGenerator<Selectable<AlarmsTable>[]> {
  let after = 0;
  for (;;) {
    const rows = await db
      .selectFrom('alarms')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(ROWS_PER_PAGE)
      .execute();
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (!last || rows.length < ROWS_PER_PAGE) return;
    after = last.id;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
