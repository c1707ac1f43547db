import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';

type Tags = Readonly<Record<string, string>>;

/** A dashboard without its body. */
export interface DashboardEntry {
  readonly name: string;
  /** Bytes of the body. */
  readonly bytes: number;
  readonly updatedAt: number;
}

export interface Dashboard extends DashboardEntry {
  readonly body: string;
  readonly tags: Tags;
}

/** Makes a dashboard of an account, or replaces the body of one: its tags stay. `body` is checked JSON. */
export async function putDashboard(
  { db }: Tx,
  account: string,
  { name, body, tags }: Pick<Dashboard, 'name' | 'body' | 'tags'>,
  now: number,
): Promise<void> {
  const stored = { body, bytes: Buffer.byteLength(body), updated_at: now };
  await db
    .insertInto('dashboards')
    .values({ account, name, tags: JSON.stringify(tags), ...stored })
    .onConflict((conflict) => conflict.columns(['account', 'name']).doUpdateSet(stored))
    .execute();
}

export async function findDashboard(db: Kysely<Tables>, account: string, name: string): Promise<Dashboard | undefined> {
  const row = await db
    .selectFrom('dashboards')
    .selectAll()
    .where('account', '=', account)
    .where('name', '=', name)
    .executeTakeFirst();
  return row && { name, body: row.body, bytes: row.bytes, tags: JSON.parse(row.tags), updatedAt: row.updated_at };
}

/** At most `limit` of an account's dashboards whose names begin with `prefix` and come after `after`, by name. */
export async function listDashboards(
  db: Kysely<Tables>,
  account: string,
  { prefix, after, limit }: { readonly prefix: string; readonly after: string; readonly limit: number },
): Promise<DashboardEntry[]> {
  const rows = await db
    .selectFrom('dashboards')
    .select(['name', 'bytes', 'updated_at'])
    .where('account', '=', account)
    .where('name', '>=', prefix)
    .where('name', '>', after)
    .orderBy('name')
    .limit(limit)
    .execute();
  // Names that share a prefix lie together: the first that does not ends them.
  const end = rows.findIndex(({ name }) => !name.startsWith(prefix));
  const found = end === -1 ? rows : rows.slice(0, end);
  return found.map(({ name, bytes, updated_at }) => ({ name, bytes, updatedAt: updated_at }));
}

/** Removes those dashboards of `names` that exist. */
export async function deleteDashboards({ db }: Tx, account: string, names: readonly string[]): Promise<void> {
  for (const name of new Set(names))
    await db.deleteFrom('dashboards').where('account', '=', account).where('name', '=', name).execute();
}

export async function setDashboardTags({ db }: Tx, account: string, name: string, tags: Tags): Promise<void> {
  await db
    .updateTable('dashboards')
    .set({ tags: JSON.stringify(tags) })
    .where('account', '=', account)
    .where('name', '=', name)
    .execute();
}
