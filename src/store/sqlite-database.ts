import { type FileHandle, open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/** The part of `node:sqlite` that we use; `@photostructure/sqlite` has the same on Node 20. */
interface DatabaseSync {
  exec(sql: string): void;
  prepare(sql: string): StatementSync;
  close(): void;
}

interface StatementSync {
  all(...parameters: unknown[]): unknown[];
  run(...parameters: unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  iterate(...parameters: unknown[]): IterableIterator<unknown>;
  columns(): unknown[];
}

type DatabaseConstructor = new (path: string, options?: { readOnly?: boolean }) => DatabaseSync;

/** Enough for every query text the program has; beyond it the oldest is prepared again. */
const KEPT_STATEMENTS = 500;

/** The write-ahead log of a database, which holds its commits. */
export interface WriteAheadLog {
  /** Resolves once all commits so far are on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export function walOf(path: string): WriteAheadLog {
  /** SQLite makes it with the first commit, and keeps it while the database is open. */
  let file: Promise<FileHandle | undefined> | undefined;
  return {
    async sync() {
      file ??= open(`${path}-wal`, 'r+').catch(absent);
      await (await file)?.datasync();
    },
    async close() {
      await (await file)?.close();
    },
  };
}

/** Without a log SQLite brings each commit to the disk itself. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/**
 * Opens `path` with write-ahead logging. A commit is durable once `walOf(path).sync()` has brought it to the disk,
 * which keeps nobody waiting but those it is for: `synchronous=FULL` would do the same, and stop the program meanwhile.
 * With NORMAL SQLite still keeps the order of what goes to the disk, so that a database is never damaged.
 */
export function openSqlite(path: string, mode: 'write' | 'read'): SqliteDatabase {
  const database = new (databaseClass())(path, { readOnly: mode === 'read' });
  database.exec('PRAGMA busy_timeout = 10000');
  if (mode === 'write') {
    const [answer] = database.prepare('PRAGMA journal_mode = WAL').all() as { journal_mode?: string }[];
    // Some file systems cannot have the log.
    database.exec(`PRAGMA synchronous = ${answer?.journal_mode === 'wal' ? 'NORMAL' : 'FULL'}`);
    database.exec('PRAGMA foreign_keys = ON');
    // About 16 MB: pages that are written again and again go into the database once.
    database.exec('PRAGMA wal_autocheckpoint = 4000');
    // What a savepoint may take back would go through a file otherwise, a page at a time.
    database.exec('PRAGMA temp_store = MEMORY');
  }
  return new PreparedDatabase(database);
}

function databaseClass(): DatabaseConstructor {
  const load = createRequire(import.meta.url);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  // Built in, and no longer behind a flag, from 22.13.
  const builtIn = major > 22 || (major === 22 && minor >= 13);
  return load(builtIn ? 'node:sqlite' : '@photostructure/sqlite').DatabaseSync as DatabaseConstructor;
}

/** Keeps prepared statements: preparing costs more than running for the short queries of the chain. */
class PreparedDatabase implements SqliteDatabase {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  prepare(sql: string): SqliteStatement {
    const known = this.#statements.get(sql);
    if (known) return known;
    if (this.#statements.size >= KEPT_STATEMENTS) {
      const [oldest] = this.#statements.keys();
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    const statement = wrap(this.#database.prepare(sql));
    this.#statements.set(sql, statement);
    return statement;
  }
}

function wrap(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...parameters),
    run: (parameters) => statement.run(...parameters),
    iterate: (parameters) => statement.iterate(...parameters),
  };
}
