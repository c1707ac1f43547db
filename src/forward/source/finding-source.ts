import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import type { FindingItem } from '../item.ts';
import { type Backlog, type Place, WHOLE } from '../place.ts';
import type { Slice, Source } from './source.ts';

const AT_ONCE = 100;

/** What the audit of the engine's own chains says of each control, whenever that changes. */
export function findingSource(db: Kysely<Tables>): Source {
  return {
    async read(after, backlog) {
      const rows = await changesBehind(db, after, backlog).selectAll().orderBy('id').limit(AT_ONCE).execute();
      const last = rows.at(-1);
      if (!last) return undefined;
      const items = rows.map(({ id, key, at, documents }): Slice['items'][number] => {
        const item: FindingItem = { kind: 'finding', id: `${key}/${id}`, at, documents: JSON.parse(documents) };
        return { item, place: { position: id, part: WHOLE } };
      });
      return { items, end: { position: last.id, part: WHOLE } };
    },
    async head() {
      const row = await db.selectFrom('finding_changes').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
      return { position: row?.id ?? 0, part: WHOLE };
    },
    async waiting(after, backlog) {
      const row = await changesBehind(db, after, backlog)
        .select(({ fn }) => [fn.countAll<number>().as('count'), fn.min('at').as('since')])
        .executeTakeFirst();
      return { count: row?.count ?? 0, since: row?.since ?? null };
    },
  };
}

const changesBehind = (db: Kysely<Tables>, { position }: Place, { end, from }: Backlog) =>
  db
    .selectFrom('finding_changes')
    .where('id', '>', position)
    .where(({ eb, or }) => or([eb('id', '>', end), eb('at', '>=', from)]));
