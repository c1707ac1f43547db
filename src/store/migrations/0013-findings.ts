import { type ColumnDataType, type Kysely, type Migration, type RawBuilder, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** What the audit of the engine's own chains says, whenever that changes. */
export function findings0013(dialect: Dialect): Migration {
  const sqlite = dialect === 'sqlite';
  const textType: ColumnDataType | RawBuilder<unknown> = sqlite ? 'text' : sql`text collate "C"`;
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      const table = db.schema.createTable('finding_changes');
      const numbered = sqlite
        ? table.addColumn('id', 'integer', (id) => id.primaryKey().autoIncrement())
        : table.addColumn('id', 'bigserial', (id) => id.primaryKey());
      await numbered
        .addColumn('key', textType, (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('gist', textType, (column) => column.notNull())
        .addColumn('documents', textType, (column) => column.notNull())
        .execute();
      await db.schema.createIndex('finding_changes_key').on('finding_changes').columns(['key', 'id']).execute();
    },
  };
}
