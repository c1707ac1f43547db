import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, describe, it } from 'vitest';
import type { Dialect } from '../src/store/dialect.ts';
import { openSqlite } from '../src/store/sqlite-database.ts';
import { openStore, type Store } from '../src/store/store.ts';

const POSTGRES = process.env.TRAILBELL_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/test';

/** What is to be in the database, such as an older schema, before it is opened as a store. */
export type Prepare = (db: Kysely<unknown>, dialect: Dialect) => Promise<void>;

/** Opens a fresh, empty store of the dialect at hand; closed and removed after the test. */
export type OpenStore = (prepare?: Prepare) => Promise<Store>;

/**
 * Runs the same cases on every dialect. Without a PostgreSQL server its half is skipped, and the
 * skipped test says so by name.
 */
export function eachStore(cases: (open: OpenStore) => void): void {
  describe('on sqlite', () => cases(sqliteStore()));
  if (postgresIsHere) describe('on postgres', () => cases(postgresStore()));
  else it.skip(`on postgres: no server at ${POSTGRES}`, () => undefined);
}

const postgresIsHere = await new Promise<boolean>((resolve) => {
  const client = new pg.Client({ connectionString: POSTGRES, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  client.connect().then(
    () => client.end().then(() => resolve(true)),
    () => resolve(false),
  );
});

/** Tests of behaviour need no real disk; the crash tests use one. */
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** An empty, migrated store, made once and copied for every test. */
let template: Promise<Buffer> | undefined;

async function makeTemplate(): Promise<Buffer> {
  const folder = mkdtempSync(join(FOLDER, 'trailbell-template-'));
  const file = join(folder, 'trailbell.db');
  await (await openStore(file)).close();
  const bytes = readFileSync(file);
  rmSync(folder, { recursive: true, force: true });
  return bytes;
}

/** For tests that need one store of any kind. */
export function sqliteStore(): OpenStore {
  const undo: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });
  return async (prepare) => {
    template ??= makeTemplate();
    const folder = mkdtempSync(join(FOLDER, 'trailbell-'));
    undo.push(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'trailbell.db');
    if (prepare) {
      const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: openSqlite(file, 'write') }) });
      await prepare(db, 'sqlite');
      await db.destroy();
    } else writeFileSync(file, await template);
    const store = await openStore(file);
    undo.push(() => store.close());
    return store;
  };
}

function postgresStore(): OpenStore {
  const undo: (() => Promise<void>)[] = [];
  /** Migrated schemas of this file that no test uses at the moment: emptying one is far cheaper than making one. */
  const free: string[] = [];
  const made: string[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });
  afterAll(async () => {
    for (const schema of made) await administer('exclusive', () => `drop schema ${schema} cascade`);
  });
  return async (prepare) => {
    // A schema apart needs no right to create databases.
    const schema = (prepare ? undefined : free.pop()) ?? `t_${randomBytes(8).toString('hex')}`;
    if (made.includes(schema)) {
      await administer('none', () => emptied(schema));
    } else {
      await administer('exclusive', () => `create schema ${schema}`);
      made.push(schema);
    }
    const location = `${POSTGRES}?options=${encodeURIComponent(`-c search_path=${schema} -c synchronous_commit=off`)}`;
    let store: Store | undefined;
    await administer('shared', async () => {
      if (prepare) {
        const pool = new pg.Pool({ connectionString: location });
        const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
        await prepare(db, 'postgres');
        await db.destroy();
      }
      store = await openStore(location);
    });
    const opened = store as Store | undefined;
    if (!opened) throw new Error('The store did not open');
    undo.push(async () => {
      await opened.close();
      free.push(schema);
    });
    return opened;
  };
}

/** Takes every row out of a schema's own tables, and starts their numbers anew. */
const emptied = (schema: string): string => `do $$ declare name text; begin
  for name in select tablename from pg_tables where schemaname = '${schema}' and tablename not like 'kysely%' loop
    execute format('delete from ${schema}.%I', name);
  end loop;
  for name in select sequencename from pg_sequences where schemaname = '${schema}' loop
    execute format('alter sequence ${schema}.%I restart', name);
  end loop;
end $$`;

/** Known to all test processes: a store that migrates reads the catalogue, and must not meet a schema being dropped. */
const LOCK = 4_780_001;

async function administer(mode: 'none' | 'shared' | 'exclusive', act: () => Promise<void> | string): Promise<void> {
  const client = new pg.Client({ connectionString: POSTGRES });
  await client.connect();
  try {
    if (mode !== 'none') await client.query(`select pg_advisory_lock${mode === 'shared' ? '_shared' : ''}(${LOCK})`);
    const statement = await act();
    if (typeof statement === 'string') await client.query(statement);
  } finally {
    await client.end();
  }
}
