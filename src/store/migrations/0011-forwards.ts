import { type ColumnDataType, type Kysely, type Migration, type RawBuilder, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** Where each forward stands, what receivers refused, and in which order matches and changes of rings came. */
export function forwards0011(dialect: Dialect): Migration {
  const sqlite = dialect === 'sqlite';
  const textType: ColumnDataType | RawBuilder<unknown> = sqlite ? 'text' : sql`text collate "C"`;
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      const numbered = (name: string) =>
        sqlite
          ? db.schema.createTable(name).addColumn('id', 'integer', (id) => id.primaryKey().autoIncrement())
          : db.schema.createTable(name).addColumn('id', 'bigserial', (id) => id.primaryKey());

      let forwards = db.schema.createTable('forwards').addColumn('name', textType, (column) => column.primaryKey());
      forwards = forwards.addColumn('what', textType, (column) => column.notNull());
      for (const name of ['active', 'position', 'part', 'backlog_end', 'backlog_from', 'created_at'])
        forwards = forwards.addColumn(name, 'bigint', (column) => column.notNull());
      for (const name of ['sent', 'refused', 'left_out', 'lost', 'lost_seen', 'bytes'])
        forwards = forwards.addColumn(name, 'bigint', (column) => column.notNull().defaultTo(0));
      await forwards
        .addColumn('last_sent_at', 'bigint')
        .addColumn('failing_since', 'bigint')
        .addColumn('failing_reason', textType)
        .addColumn('failing_error', textType)
        .execute();

      await numbered('forward_refusals')
        .addColumn('forward', textType, (column) => column.notNull())
        .addColumn('item', textType, (column) => column.notNull())
        .addColumn('item_id', textType, (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('refused_at', 'bigint', (column) => column.notNull())
        .addColumn('reason', textType, (column) => column.notNull())
        .addColumn('error', textType, (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex('forward_refusals_forward')
        .on('forward_refusals')
        .columns(['forward', 'id'])
        .execute();

      await db.schema
        .createTable('chunk_matches')
        .addColumn('chunk_id', 'bigint', (column) => column.primaryKey())
        .addColumn('count', 'bigint', (column) => column.notNull())
        .addColumn('filters', textType, (column) => column.notNull())
        .execute();

      await numbered('ring_changes')
        .addColumn('ring_id', textType, (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ring_changes_ring').on('ring_changes').columns(['ring_id', 'id']).execute();
      // Rings that are there already can be sent too, by those who ask for the past.
      await sql`insert into ring_changes (ring_id, at) select id, at from rings order by at, id`.execute(db);
    },
  };
}
