import { type ColumnDataType, type Kysely, type Migration, type RawBuilder, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** Subscription filters of log groups. */
export function subscriptionFilters0006(dialect: Dialect): Migration {
  const sqlite = dialect === 'sqlite';
  const textType: ColumnDataType | RawBuilder<unknown> = sqlite ? 'text' : sql`text collate "C"`;
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      const table = db.schema.createTable('subscription_filters');
      const numbered = sqlite
        ? table.addColumn('id', 'integer', (id) => id.primaryKey().autoIncrement())
        : table.addColumn('id', 'bigserial', (id) => id.primaryKey());
      await numbered
        .addColumn('group_id', 'bigint', (column) => column.notNull())
        .addColumn('name', textType, (column) => column.notNull())
        .addColumn('pattern', textType, (column) => column.notNull())
        .addColumn('destination', textType, (column) => column.notNull())
        .addColumn('options', textType, (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addUniqueConstraint('subscription_filters_name', ['group_id', 'name'])
        .execute();
    },
  };
}
