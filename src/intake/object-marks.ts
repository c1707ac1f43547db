import { type Kysely, type Selectable, sql } from 'kysely';
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

/** Read, but with damage in it; or given up. Written so that the index of the few that are not done serves. */
export const isSetAside = sql<boolean>`status <> 'done' and status in ('damaged', 'dead')`;

const MOST_OPEN = 5_000;

/** Objects of a source that were begun and not ended, or are to be read again; the first 5,000. */
export async function openObjects(db: Kysely<Tables>, source: string): Promise<string[]> {
  const rows = await db
    .selectFrom('intake_objects')
    .select('object')
    .where('source', '=', source)
    .where(sql<boolean>`status <> 'done' and status = 'open'`)
    .orderBy('object')
    .limit(MOST_OPEN)
    .execute();
  return rows.map(({ object }) => object);
}

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
  if (isSameMark(await findMark(db, source, object), expected)) return;
  throw conflictOver(object);
}

export const isSameMark = (found: ObjectMark | undefined, expected: ObjectMark | undefined): boolean =>
  found?.fingerprint === expected?.fingerprint &&
  found?.records === expected?.records &&
  found?.offset === expected?.offset &&
  found?.status === expected?.status;

export const conflictOver = (object: string): Refusal =>
  new Refusal('ConflictException', `Another request or process is reading ${object}`, { status: 409 });

export const isConflict = (error: unknown): boolean => error instanceof Refusal && error.code === 'ConflictException';

const MOST_AT_ONCE = 500;

/** The marks of some objects of a source, by object. */
export async function findMarks(
  db: Kysely<Tables>,
  source: string,
  objects: readonly string[],
): Promise<Map<string, ObjectMark>> {
  const found = new Map<string, ObjectMark>();
  for (let at = 0; at < objects.length; at += MOST_AT_ONCE) {
    const marks = await db
      .selectFrom('intake_objects')
      .selectAll()
      .where('source', '=', source)
      .where('object', 'in', objects.slice(at, at + MOST_AT_ONCE))
      .execute();
    for (const mark of marks) found.set(mark.object, mark);
  }
  return found;
}

/** As `saveMark`, for up to 500 marks of different objects in one statement. */
export async function saveMarks({ db }: Tx, marks: readonly ObjectMark[]): Promise<void> {
  await db
    .insertInto('intake_objects')
    .values([...marks])
    .onConflict((conflict) =>
      conflict.columns(['source', 'object']).doUpdateSet(({ ref }) => ({
        fingerprint: ref('excluded.fingerprint'),
        offset: ref('excluded.offset'),
        records: ref('excluded.records'),
        status: ref('excluded.status'),
        error: ref('excluded.error'),
        updated_at: ref('excluded.updated_at'),
      })),
    )
    .execute();
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

/** Lets up to `limit` objects of a source that were set aside be read again; gives their names. */
export async function reopenMarks(
  { db }: Tx,
  source: string,
  object: string | undefined,
  limit: number,
  now: number,
): Promise<string[]> {
  let query = db.selectFrom('intake_objects').select('object').where('source', '=', source).where(isSetAside);
  if (object !== undefined) query = query.where('object', '=', object);
  const objects = (await query.limit(limit).execute()).map((row) => row.object);
  if (objects.length === 0) return [];
  await db
    .updateTable('intake_objects')
    .set({ status: 'open', updated_at: now })
    .where('source', '=', source)
    .where('object', 'in', objects)
    .execute();
  return objects;
}

/** Takes note of objects of a source that were set aside: they count as read, as far as they were. Gives how many. */
export async function dismissMarks(
  { db }: Tx,
  source: string,
  object: string | undefined,
  now: number,
): Promise<number> {
  let query = db
    .updateTable('intake_objects')
    .set({ status: 'done', updated_at: now })
    .where('source', '=', source)
    .where(isSetAside);
  if (object !== undefined) query = query.where('object', '=', object);
  const { numUpdatedRows } = await query.executeTakeFirst();
  return Number(numUpdatedRows);
}
