import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import { type Backlog, type Place, WHOLE } from '../place.ts';
import type { Source } from './source.ts';

/** Tables that get a row whenever what they tell of changes. */
type ChangeTable = 'finding_changes' | 'ring_changes';

/** Changes that a forward has not looked at and was asked for. */
export const isBehind = ({ position }: Place, { end, from }: Backlog) =>
  sql<boolean>`id > ${position} and (id > ${end} or at >= ${from})`;

/** Where such a table ends, and what of it waits. */
export function changeLog(db: Kysely<Tables>, table: ChangeTable): Pick<Source, 'head' | 'waiting'> {
  return {
    async head() {
      const row = await db.selectFrom(table).select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
      return { position: row?.id ?? 0, part: WHOLE };
    },
    async waiting(after, backlog) {
      const row = await db
        .selectFrom(table)
        .where(isBehind(after, backlog))
        .select(({ fn }) => [fn.countAll<number>().as('count'), fn.min('at').as('since')])
        .executeTakeFirst();
      return { count: row?.count ?? 0, since: row?.since ?? null };
    },
  };
}
