import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import type { BucketObject } from '../../trail/archive/bucket.ts';
import { plainEtag, readPrint } from '../fetch/object-print.ts';
import type { ObjectName } from '../fetch/take-object.ts';

/** Those of a page of a listing, which has them in the order of keys, that were not read in this version. */
export async function unreadOf(
  db: Kysely<Tables>,
  source: string,
  objects: readonly BucketObject[],
): Promise<ObjectName[]> {
  const [first, last] = [objects[0], objects.at(-1)];
  if (!first || !last) return [];
  const rows = await db
    .selectFrom('intake_objects')
    .selectAll()
    .where('source', '=', source)
    .where('object', '>=', first.key)
    .where('object', '<=', last.key)
    .execute();
  const marks = new Map(rows.map((mark) => [mark.object, mark]));
  return objects.flatMap((object) => {
    const mark = marks.get(object.key) ?? null;
    const isRead = mark && mark.status !== 'open' && readPrint(mark.fingerprint).etag === plainEtag(object.etag);
    return isRead ? [] : [{ ...object, mark }];
  });
}
