import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';
import type { Tx } from './writer.ts';

/** What is kept under a key: small things of which there is one. */
export async function settingOf(db: Kysely<Tables>, key: string): Promise<string | undefined> {
  return (await db.selectFrom('settings').select('value').where('key', '=', key).executeTakeFirst())?.value;
}

/** Keeps a value, in place of any other. */
export async function keepSetting({ db }: Tx, key: string, value: string): Promise<void> {
  await db
    .insertInto('settings')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}

/** Keeps a value where there is none, and gives the one that is kept: of several processes the first one wins. */
export async function firstSetting({ db }: Tx, key: string, value: string): Promise<string> {
  await db
    .insertInto('settings')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
  return (await settingOf(db, key)) ?? value;
}
