import type { Kysely, Selectable } from 'kysely';
import { Refusal } from '../base/refusal.ts';
import type { IntakeObjectsTable, Tables } from '../store/tables.ts';
import type { Tx } from '../store/writer.ts';

/** How far an intake has come with an object. */
export type ObjectMark = Selectable<IntakeObjectsTable>;

/** The longest object name and fingerprint that are taken from outside. */
export const LONGEST_NAME = 2_048;

export async function findMark(db: Kysely<Tables>, source: string, object: string): Promise<ObjectMark | undefined> {
  return db
    .selectFrom('intake_objects')
    .selectAll()
    .where('source', '=', source)
    .where('object', '=', object)
    .executeTakeFirst();
}

/** Every object of a source that was read or is being read. */
export const marksOf = (db: Kysely<Tables>, source: string): Promise<ObjectMark[]> =>
  db.selectFrom('intake_objects').selectAll().where('source', '=', source).orderBy('object').execute();

export async function saveMark({ db }: Tx, mark: ObjectMark): Promise<void> {
  const { source: _source, object: _object, ...change } = mark;
  await db
    .insertInto('intake_objects')
    .values(mark)
    .onConflict((conflict) => conflict.columns(['source', 'object']).doUpdateSet(change))
    .execute();
}

/**
 * Refuses to go on when an object's mark is no longer what this intake left: somebody else reads the
 * same object, and both together would count it twice.
 */
export async function claimMark(
  { db }: Tx,
  { source, object }: Pick<ObjectMark, 'source' | 'object'>,
  expected: ObjectMark | undefined,
): Promise<void> {
  const found = await findMark(db, source, object);
  const isSame =
    found?.fingerprint === expected?.fingerprint &&
    found?.records === expected?.records &&
    found?.offset === expected?.offset &&
    found?.status === expected?.status;
  if (isSame) return;
  throw new Refusal('ConflictException', `Another request or process is reading ${object}`, { status: 409 });
}

/** Lets an object count as never read. */
export async function forgetMark({ db }: Tx, source: string, object: string): Promise<void> {
  await db.deleteFrom('intake_objects').where('source', '=', source).where('object', '=', object).execute();
}

/** Forgets up to `limit` objects of a source that were last touched before `before`; true when there may be more. */
export async function sweepMarks({ db }: Tx, source: string, before: number, limit: number): Promise<boolean> {
  const old = await db
    .selectFrom('intake_objects')
    .select('object')
    .where('source', '=', source)
    .where('updated_at', '<', before)
    .limit(limit)
    .execute();
  if (old.length === 0) return false;
  const names = old.map(({ object }) => object);
  await db.deleteFrom('intake_objects').where('source', '=', source).where('object', 'in', names).execute();
  return old.length === limit;
}
