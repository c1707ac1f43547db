import { CompiledQuery, Kysely, PostgresDialect, SqliteDialect } from 'kysely';
import pg from 'pg';
import { noFaults, type ReachFault } from '../base/faults.ts';
import type { Dialect } from './dialect.ts';
import { migrate } from './migrate.ts';
import { openSqlite, walOf } from './sqlite-database.ts';
import type { Tables } from './tables.ts';
import { type Work, Writer } from './writer.ts';

/** The system of record. Both dialects answer every query alike. */
export interface Store {
  readonly dialect: Dialect;
  /** Committed state only; the last of it may be on its way to the disk. Never used for writing. */
  readonly read: Kysely<Tables>;
  /**
   * Runs `work` in a transaction and resolves once it is durably committed. Writes run one after the
   * other, so `work` may read and then write without a race; it must await nothing but queries.
   */
  write<T>(work: Work<T>): Promise<T>;
  /** Resolves once all that `read` shows now is durable. Who answers for what he has only read waits for it. */
  durable(): Promise<void>;
  close(): Promise<void>;
}

/** Where the state lives: a file path, or `postgres://…`. */
export async function openStore(location: string, reach: ReachFault = noFaults): Promise<Store> {
  const dialect: Dialect = /^postgres(ql)?:/.test(location) ? 'postgres' : 'sqlite';
  const writing = new Kysely<Tables>({ dialect: connect(dialect, location, 'write') });
  try {
    await migrate(writing, dialect);
  } catch (error) {
    await writing.destroy();
    throw error;
  }
  const read = new Kysely<Tables>({ dialect: connect(dialect, location, 'read') });
  const log = dialect === 'sqlite' ? walOf(location) : undefined;
  const writer = new Writer(writing, reach, log && (() => log.sync()));
  return {
    dialect,
    read,
    write: (work) => writer.run(work),
    durable: () => writer.durable(),
    async close() {
      await writer.close();
      await log?.close();
      await Promise.all([read.destroy(), writing.destroy()]);
    },
  };
}

function connect(dialect: Dialect, location: string, mode: 'write' | 'read') {
  if (dialect === 'sqlite') return new SqliteDialect({ database: async () => openSqlite(location, mode) });
  return new PostgresDialect({
    // The writer owns exactly one connection: its transactions are statements on it.
    pool: new pg.Pool({ connectionString: location, max: mode === 'write' ? 1 : 8, types: { getTypeParser } }),
    onCreateConnection: async (connection) => {
      await connection.executeQuery(CompiledQuery.raw("set timezone to 'UTC'"));
    },
  });
}

const BIGINT = 20;
const NUMERIC = 1700;

/** Our integers are times, sizes and counters, all below 2^53: read them as numbers, as SQLite does. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  if (oid === BIGINT || oid === NUMERIC) return Number;
  return pg.types.getTypeParser(oid, format as 'text');
}
