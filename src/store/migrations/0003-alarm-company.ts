import {
  type ColumnDataType,
  type CreateTableBuilder,
  type Kysely,
  type Migration,
  type RawBuilder,
  sql,
} from 'kysely';
import type { Dialect } from '../dialect.ts';

type Table = CreateTableBuilder<string, string>;

/** What alarms have besides themselves: composite alarms' children, timers, and mute rules. */
export function alarmCompany0003(dialect: Dialect): Migration {
  const sqlite = dialect === 'sqlite';
  const textType: ColumnDataType | RawBuilder<unknown> = sqlite ? 'text' : sql`text collate "C"`;
  const text = (table: Table, ...names: string[]): Table =>
    names.reduce((t, name) => t.addColumn(name, textType, (c) => c.notNull()), table);
  const int = (table: Table, ...names: string[]): Table =>
    names.reduce((t, name) => t.addColumn(name, 'bigint', (c) => c.notNull()), table);

  return {
    async up(db: Kysely<unknown>): Promise<void> {
      const table = (name: string): Table => db.schema.createTable(name) as unknown as Table;
      const index = (name: string, on: string, ...columns: string[]) =>
        db.schema.createIndex(name).on(on).columns(columns).execute();

      await text(int(table('alarm_children'), 'parent_id', 'child_id'), 'role')
        .addPrimaryKeyConstraint('alarm_children_key', ['parent_id', 'child_id', 'role'])
        .execute();
      await index('alarm_children_child', 'alarm_children', 'child_id');

      await text(int(table('alarm_timers'), 'alarm_id'), 'kind', 'detail')
        .addColumn('due_at', 'bigint')
        .addPrimaryKeyConstraint('alarm_timers_key', ['alarm_id', 'kind'])
        .execute();
      await index('alarm_timers_due', 'alarm_timers', 'due_at');

      const numbered = sqlite
        ? table('mute_rules').addColumn('id', 'integer', (id) => id.primaryKey().autoIncrement())
        : table('mute_rules').addColumn('id', 'bigserial', (id) => id.primaryKey());
      await int(text(numbered, 'account', 'region', 'name', 'definition', 'tags'), 'updated_at')
        .addUniqueConstraint('mute_rules_name', ['account', 'region', 'name'])
        .execute();

      await text(int(table('mute_targets'), 'rule_id'), 'account', 'region', 'alarm_name')
        .addPrimaryKeyConstraint('mute_targets_key', ['rule_id', 'alarm_name'])
        .execute();
      await index('mute_targets_alarm', 'mute_targets', 'account', 'region', 'alarm_name');
    },
  };
}
