import { type ColumnDataType, type Kysely, type Migration, type RawBuilder, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** What was received from FIFO queues a short while ago, and since when mails of one kind wait for each other. */
export function queueAttemptsMailWindows0010(dialect: Dialect): Migration {
  const textType: ColumnDataType | RawBuilder<unknown> = dialect === 'sqlite' ? 'text' : sql`text collate "C"`;
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('receive_attempts')
        .addColumn('queue_id', 'bigint', (column) => column.notNull())
        .addColumn('attempt_id', textType, (column) => column.notNull())
        .addColumn('taken', textType, (column) => column.notNull())
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('receive_attempts_key', ['queue_id', 'attempt_id'])
        .execute();
      await db.schema.createIndex('receive_attempts_expiry').on('receive_attempts').column('expires_at').execute();
      await db.schema
        .createTable('mail_windows')
        .addColumn('subscription_id', textType, (column) => column.notNull())
        .addColumn('about', textType, (column) => column.notNull())
        .addColumn('ends_at', 'bigint', (column) => column.notNull())
        .addColumn('span', 'bigint', (column) => column.notNull())
        .addColumn('sent', 'bigint', (column) => column.notNull())
        .addColumn('held', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('mail_windows_key', ['subscription_id', 'about'])
        .execute();
      await db.schema.createIndex('mail_windows_end').on('mail_windows').column('ends_at').execute();
    },
  };
}
