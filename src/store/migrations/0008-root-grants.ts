import { type ColumnDataType, type Kysely, type Migration, type RawBuilder, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** Who was given central root access, and which sessions used it. */
export function rootGrants0008(dialect: Dialect): Migration {
  const textType: ColumnDataType | RawBuilder<unknown> = dialect === 'sqlite' ? 'text' : sql`text collate "C"`;
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('root_grants')
        .addColumn('access_key_id', textType, (column) => column.primaryKey())
        .addColumn('facts', textType, (column) => column.notNull())
        .addColumn('noted_at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('root_uses')
        .addColumn('access_key_id', textType, (column) => column.notNull())
        .addColumn('session_id', textType, (column) => column.notNull())
        .addPrimaryKeyConstraint('root_uses_key', ['access_key_id', 'session_id'])
        .execute();
      await db.schema.createIndex('root_uses_session').on('root_uses').column('session_id').execute();
      await db.schema.createIndex('ring_sessions_session').on('ring_sessions').column('session_id').execute();
    },
  };
}
