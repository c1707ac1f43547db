import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, describe, it } from 'vitest';
import { openStore, type Store } from '../src/store/store.ts';

const POSTGRES = process.env.TRAILBELL_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/test';

/** Opens a fresh, empty store of the dialect at hand; closed and removed after the test. */
export type OpenStore = () => Promise<Store>;

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

/** For tests that need one store of any kind. */
export function sqliteStore(): OpenStore {
  const undo: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trailbell-'));
    undo.push(() => rmSync(folder, { recursive: true, force: true }));
    const store = await openStore(join(folder, 'trailbell.db'));
    undo.push(() => store.close());
    return store;
  };
}

function postgresStore(): OpenStore {
  const undo: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });
  return async () => {
    // A schema per test keeps tests apart without needing the right to create databases.
    const schema = `t_${randomBytes(8).toString('hex')}`;
    await administer('exclusive', () => `create schema ${schema}`);
    undo.push(() => administer('exclusive', () => `drop schema ${schema} cascade`));
    let store: Store | undefined;
    await administer('shared', async () => {
      store = await openStore(`${POSTGRES}?options=${encodeURIComponent(`-c search_path=${schema}`)}`);
    });
    const opened = store as Store | undefined;
    if (!opened) throw new Error('The store did not open');
    undo.push(() => opened.close());
    return opened;
  };
}

/** Known to all test processes: a store that migrates reads the catalogue, and must not meet a schema being dropped. */
const LOCK = 4_780_001;

async function administer(mode: 'shared' | 'exclusive', act: () => Promise<void> | string): Promise<void> {
  const client = new pg.Client({ connectionString: POSTGRES });
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock${mode === 'shared' ? '_shared' : ''}(${LOCK})`);
    const statement = await act();
    if (typeof statement === 'string') await client.query(statement);
  } finally {
    await client.end();
  }
}
