import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import type { RingItem } from '../item.ts';
import { WHOLE } from '../place.ts';
import { changeLog, isBehind } from './change-log.ts';
import type { Slice, Source } from './source.ts';

const AT_ONCE = 200;

/** Rings, each when it is made, and as it is now whenever it is brought up to date or acknowledged. */
export function ringSource(db: Kysely<Tables>): Source {
  return {
    ...changeLog(db, 'ring_changes'),
    async read(after, backlog) {
      const changes = await db
        .selectFrom('ring_changes')
        .selectAll()
        .where(isBehind(after, backlog))
        .orderBy('id')
        .limit(AT_ONCE)
        .execute();
      const last = changes.at(-1);
      if (!last) return undefined;
      const rings = await ringsOf(db, changes);
      const known = await firstChanges(db, changes);
      const items = changes.flatMap(({ id, ring_id, at }): Slice['items'][number][] => {
        const ring = rings.get(ring_id);
        if (!ring) return [];
        const item: RingItem = { kind: 'ring', id: `${ring_id}-${id}`, at, ring, isUpdate: known.get(ring_id) !== id };
        return [{ item, place: { position: id, part: WHOLE } }];
      });
      return { items, end: { position: last.id, part: WHOLE } };
    },
  };
}

type Changes = readonly { readonly id: number; readonly ring_id: string }[];

const idsOf = (changes: Changes): string[] => [...new Set(changes.map(({ ring_id }) => ring_id))];

async function ringsOf(db: Kysely<Tables>, changes: Changes) {
  const rows = await db.selectFrom('rings').selectAll().where('id', 'in', idsOf(changes)).execute();
  return new Map(rows.map((row) => [row.id, row]));
}

async function firstChanges(db: Kysely<Tables>, changes: Changes): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('ring_changes')
    .select(({ fn }) => ['ring_id', fn.min('id').as('first')])
    .where('ring_id', 'in', idsOf(changes))
    .groupBy('ring_id')
    .execute();
  return new Map(rows.map(({ ring_id, first }) => [ring_id, first]));
}
