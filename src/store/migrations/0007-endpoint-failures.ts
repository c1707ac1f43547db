import { type ColumnDataType, type Kysely, type Migration, type RawBuilder, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** Since when, why and how badly deliveries to a subscription fail. */
export function endpointFailures0007(dialect: Dialect): Migration {
  const textType: ColumnDataType | RawBuilder<unknown> = dialect === 'sqlite' ? 'text' : sql`text collate "C"`;
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      const add = (name: string, type: ColumnDataType | RawBuilder<unknown>) =>
        db.schema.alterTable('subscriptions').addColumn(name, type).execute();
      await add('failing_since', 'bigint');
      await add('failing_reason', textType);
      await add('failing_error', textType);
      await add('given_up', 'bigint');
    },
  };
}
