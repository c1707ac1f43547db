import { type ColumnDataType, type Kysely, type Migration, type RawBuilder, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** Message groups of FIFO topics and queues, their sequence numbers, and what was sent in the last minutes. */
export function fifo0004(dialect: Dialect): Migration {
  const textType: ColumnDataType | RawBuilder<unknown> = dialect === 'sqlite' ? 'text' : sql`text collate "C"`;
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema.alterTable('queue_messages').addColumn('group_id', textType).execute();
      await db.schema
        .createIndex('queue_messages_group')
        .on('queue_messages')
        .columns(['queue_id', 'group_id', 'visible_at'])
        .execute();
      await db.schema.alterTable('messages').addColumn('ordering', textType).execute();
      await db.schema.alterTable('deliveries').addColumn('group_id', textType).execute();
      await db.schema
        .createIndex('deliveries_group')
        .on('deliveries')
        .columns(['subscription_id', 'group_id', 'id'])
        .execute();
      await db.schema
        .createTable('sequences')
        .addColumn('owner', textType, (column) => column.primaryKey())
        .addColumn('last', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('deduplications')
        .addColumn('owner', textType, (column) => column.notNull())
        .addColumn('key', textType, (column) => column.notNull())
        .addColumn('message_id', textType, (column) => column.notNull())
        .addColumn('sequence', textType, (column) => column.notNull())
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('deduplications_key', ['owner', 'key'])
        .execute();
      await db.schema.createIndex('deduplications_expiry').on('deduplications').column('expires_at').execute();
    },
  };
}
