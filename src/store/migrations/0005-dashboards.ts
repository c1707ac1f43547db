import { type ColumnDataType, type Kysely, type Migration, type RawBuilder, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** Dashboards, stored for the clients that put them. */
export function dashboards0005(dialect: Dialect): Migration {
  const textType: ColumnDataType | RawBuilder<unknown> = dialect === 'sqlite' ? 'text' : sql`text collate "C"`;
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('dashboards')
        .addColumn('account', textType, (column) => column.notNull())
        .addColumn('name', textType, (column) => column.notNull())
        .addColumn('body', textType, (column) => column.notNull())
        .addColumn('bytes', 'bigint', (column) => column.notNull())
        .addColumn('tags', textType, (column) => column.notNull())
        .addColumn('updated_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('dashboards_key', ['account', 'name'])
        .execute();
    },
  };
}
