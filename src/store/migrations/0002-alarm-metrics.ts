import { type ColumnDataType, type Kysely, type Migration, type RawBuilder, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** Which metrics an alarm watches: one, or all that its metric math refers to. */
export function alarmMetrics0002(dialect: Dialect): Migration {
  const textType: ColumnDataType | RawBuilder<unknown> = dialect === 'sqlite' ? 'text' : sql`text collate "C"`;
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('alarm_metrics')
        .addColumn('alarm_id', 'bigint', (column) => column.notNull())
        .addColumn('query_id', textType, (column) => column.notNull())
        .addColumn('metric_id', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('alarm_metrics_key', ['alarm_id', 'query_id'])
        .execute();
      await db.schema.createIndex('alarm_metrics_metric').on('alarm_metrics').column('metric_id').execute();
      await sql`insert into alarm_metrics (alarm_id, query_id, metric_id)
        select id, '', metric_id from alarms where metric_id is not null`.execute(db);
    },
  };
}
