import { type ColumnDataType, type Kysely, type Migration, type RawBuilder, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** What people do about rings: acknowledge them, silence them; and when a topic is next to hear that its way is open. */
export function answers0009(dialect: Dialect): Migration {
  const textType: ColumnDataType | RawBuilder<unknown> = dialect === 'sqlite' ? 'text' : sql`text collate "C"`;
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      const add = (table: string, name: string, type: ColumnDataType | RawBuilder<unknown>) =>
        db.schema.alterTable(table).addColumn(name, type).execute();
      await add('rings', 'acknowledged_at', 'bigint');
      await add('rings', 'acknowledged_by', textType);
      await add('rings', 'silenced_by', textType);
      await add('topics', 'heartbeat_at', 'bigint');
      await db.schema
        .createTable('silences')
        .addColumn('id', textType, (column) => column.primaryKey())
        .addColumn('matcher', textType, (column) => column.notNull())
        .addColumn('reason', textType, (column) => column.notNull())
        .addColumn('owner', textType, (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('ends_at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('silences_end').on('silences').column('ends_at').execute();
    },
  };
}
