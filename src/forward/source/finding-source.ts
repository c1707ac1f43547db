import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import type { FindingItem } from '../item.ts';
import { WHOLE } from '../place.ts';
import { changeLog, isBehind } from './change-log.ts';
import type { Slice, Source } from './source.ts';

const AT_ONCE = 100;

/** What the audit of the engine's own chains says of each control, whenever that changes. */
export function findingSource(db: Kysely<Tables>): Source {
  return {
    ...changeLog(db, 'finding_changes'),
    async read(after, backlog) {
      const rows = await db
        .selectFrom('finding_changes')
        .selectAll()
        .where(isBehind(after, backlog))
        .orderBy('id')
        .limit(AT_ONCE)
        .execute();
      const last = rows.at(-1);
      if (!last) return undefined;
      const items = rows.map(({ id, key, at, documents }): Slice['items'][number] => {
        const item: FindingItem = { kind: 'finding', id: `${key}/${id}`, at, documents: JSON.parse(documents) };
        return { item, place: { position: id, part: WHOLE } };
      });
      return { items, end: { position: last.id, part: WHOLE } };
    },
  };
}
