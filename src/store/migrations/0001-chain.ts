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

/** The tables of the chain: logs, metrics, alarms, topics, queues, trails and intakes. */
export function chain0001(dialect: Dialect): Migration {
  const sqlite = dialect === 'sqlite';
  const blob: ColumnDataType = sqlite ? 'blob' : 'bytea';
  const real: ColumnDataType = 'double precision';
  // Names are listed and paged in the order of their bytes, as SQLite sorts, whatever the server's locale.
  const textType: ColumnDataType | RawBuilder<unknown> = sqlite ? 'text' : sql`text collate "C"`;

  /** A number given by the database, never used twice. */
  const numbered = (table: Table): Table =>
    sqlite
      ? table.addColumn('id', 'integer', (id) => id.primaryKey().autoIncrement())
      : table.addColumn('id', 'bigserial', (id) => id.primaryKey());

  const text = (table: Table, ...names: string[]): Table =>
    names.reduce((t, name) => t.addColumn(name, textType, (c) => c.notNull()), table);
  const textOrNull = (table: Table, ...names: string[]): Table =>
    names.reduce((t, name) => t.addColumn(name, textType), table);
  const int = (table: Table, ...names: string[]): Table =>
    names.reduce((t, name) => t.addColumn(name, 'bigint', (c) => c.notNull()), table);
  const intOrNull = (table: Table, ...names: string[]): Table =>
    names.reduce((t, name) => t.addColumn(name, 'bigint'), table);

  return {
    async up(db: Kysely<unknown>): Promise<void> {
      const table = (name: string): Table => db.schema.createTable(name) as unknown as Table;
      const index = (name: string, on: string, ...columns: string[]) =>
        db.schema.createIndex(name).on(on).columns(columns).execute();

      await text(
        table('settings').addColumn('key', 'text', (c) => c.primaryKey()),
        'value',
      ).execute();

      let t = table('access_keys').addColumn('id', 'text', (c) => c.primaryKey());
      t = intOrNull(int(textOrNull(text(t, 'account', 'secret'), 'operations', 'note'), 'created_at'), 'revoked_at');
      await t.execute();

      t = text(numbered(table('log_groups')), 'account', 'region', 'name', 'class', 'tags');
      t = int(textOrNull(t, 'kms_key'), 'created_at', 'filters_revision', 'stored_bytes');
      await intOrNull(t, 'retention_days')
        .addUniqueConstraint('log_groups_name', ['account', 'region', 'name'])
        .execute();

      t = int(text(numbered(table('log_streams')), 'name'), 'group_id', 'created_at', 'stored_bytes');
      await intOrNull(t, 'first_event_at', 'last_event_at', 'last_ingested_at')
        .addUniqueConstraint('log_streams_name', ['group_id', 'name'])
        .execute();

      t = int(numbered(table('log_chunks')), 'group_id', 'stream_id', 'first_at', 'last_at', 'ingested_at', 'count');
      t = int(text(t, 'codec'), 'raw_bytes').addColumn('bytes', blob, (c) => c.notNull());
      await t.execute();
      await index('log_chunks_group', 'log_chunks', 'group_id', 'last_at');
      await index('log_chunks_group_first', 'log_chunks', 'group_id', 'first_at');
      await index('log_chunks_stream', 'log_chunks', 'stream_id', 'last_at');
      await index('log_chunks_stream_first', 'log_chunks', 'stream_id', 'first_at');

      t = text(int(numbered(table('metric_filters')), 'group_id', 'created_at'), 'name', 'pattern');
      await text(t, 'transformation', 'options')
        .addUniqueConstraint('metric_filters_name', ['group_id', 'name'])
        .execute();

      t = int(numbered(table('matches')), 'filter_id', 'group_id', 'stream_id', 'metric_id', 'event_at', 'minute');
      t = int(textOrNull(text(t, 'event_id', 'message'), 'session_id', 'run'), 'ingested_at', 'history');
      await t.execute();
      await index('matches_metric', 'matches', 'metric_id', 'event_at');
      await index('matches_filter', 'matches', 'filter_id', 'minute');
      await index('matches_session', 'matches', 'session_id');
      await index('matches_group', 'matches', 'group_id', 'event_at');

      t = text(
        table('sessions').addColumn('id', 'text', (c) => c.primaryKey()),
        'account',
        'principal',
        'facts',
      );
      t = intOrNull(int(textOrNull(t, 'address'), 'group_id', 'first_at', 'last_at'), 'created_at');
      await t.execute();
      await index('sessions_created', 'sessions', 'group_id', 'account', 'principal', 'created_at');
      await index('sessions_address', 'sessions', 'group_id', 'account', 'address', 'last_at');

      t = text(int(table('session_activity'), 'metric_id', 'events', 'first_at', 'last_at'), 'session_id', 'facts');
      await t.addPrimaryKeyConstraint('session_activity_key', ['metric_id', 'session_id']).execute();
      await index('session_activity_time', 'session_activity', 'metric_id', 'last_at');

      t = int(text(table('history_runs'), 'run'), 'metric_id', 'first_event_at', 'last_event_at', 'last_arrival_at');
      await intOrNull(t, 'due_at').addPrimaryKeyConstraint('history_runs_key', ['run', 'metric_id']).execute();
      await index('history_runs_due', 'history_runs', 'due_at');

      t = text(numbered(table('metrics')), 'account', 'region', 'namespace', 'name', 'dimensions');
      await intOrNull(int(t, 'created_at', 'updated_at'), 'put_at')
        .addUniqueConstraint('metrics_name', ['account', 'region', 'namespace', 'name', 'dimensions'])
        .execute();

      t = text(int(table('datapoints'), 'metric_id', 'at', 'resolution'), 'unit');
      for (const name of ['count', 'sum', 'minimum', 'maximum']) t = t.addColumn(name, real, (c) => c.notNull());
      await textOrNull(t, 'distribution')
        .addPrimaryKeyConstraint('datapoints_key', ['metric_id', 'at', 'resolution', 'unit'])
        .execute();
      await index('datapoints_at', 'datapoints', 'at');

      t = text(numbered(table('alarms')), 'account', 'region', 'name', 'kind', 'definition', 'state', 'state_reason');
      t = int(textOrNull(text(t, 'tags'), 'state_reason_data'), 'actions_enabled', 'state_updated_at', 'phase');
      t = int(t, 'state_transitioned_at', 'configured_at', 'created_at');
      await intOrNull(t, 'metric_id', 'window_end', 'due_at')
        .addUniqueConstraint('alarms_name', ['account', 'region', 'name'])
        .execute();
      await index('alarms_due', 'alarms', 'due_at');
      await index('alarms_metric', 'alarms', 'metric_id');

      t = text(numbered(table('alarm_history')), 'account', 'region', 'alarm_name', 'alarm_kind', 'type', 'summary');
      await int(text(t, 'data'), 'at').execute();
      await index('alarm_history_alarm', 'alarm_history', 'account', 'region', 'alarm_name', 'at');
      await index('alarm_history_at', 'alarm_history', 'at');

      t = text(
        table('rings').addColumn('id', 'text', (c) => c.primaryKey()),
        'account',
        'region',
        'alarm_name',
        'kind',
      );
      await int(text(t, 'old_state', 'new_state', 'headline', 'detail', 'published'), 'at').execute();
      await index('rings_at', 'rings', 'at');
      await index('rings_alarm', 'rings', 'account', 'region', 'alarm_name', 'at');

      t = text(int(table('ring_sessions'), 'alarm_id'), 'session_id', 'ring_id');
      await t.addPrimaryKeyConstraint('ring_sessions_key', ['alarm_id', 'session_id']).execute();

      t = int(text(numbered(table('topics')), 'account', 'region', 'name', 'attributes', 'tags'), 'created_at');
      await t.addUniqueConstraint('topics_name', ['account', 'region', 'name']).execute();

      t = text(
        table('subscriptions').addColumn('id', 'text', (c) => c.primaryKey()),
        'topic_arn',
        'owner',
        'protocol',
      );
      t = int(text(t, 'endpoint', 'attributes', 'status', 'token'), 'topic_id', 'created_at', 'authenticated');
      await intOrNull(t, 'confirmed_at').execute();
      await index('subscriptions_topic', 'subscriptions', 'topic_id');
      await index('subscriptions_token', 'subscriptions', 'token');

      t = text(
        table('messages').addColumn('id', 'text', (c) => c.primaryKey()),
        'topic_arn',
        'kind',
        'body',
      );
      await int(textOrNull(text(t, 'attributes'), 'subject', 'structure', 'ring_id'), 'published_at').execute();
      await index('messages_at', 'messages', 'published_at');

      t = text(numbered(table('deliveries')), 'uuid', 'message_id', 'subscription_id', 'topic_arn', 'protocol');
      t = int(text(t, 'endpoint', 'status'), 'attempts', 'due_at', 'created_at');
      await textOrNull(intOrNull(t, 'finished_at'), 'reason', 'error').execute();
      await index('deliveries_due', 'deliveries', 'status', 'due_at');
      await index('deliveries_message', 'deliveries', 'message_id');
      await index('deliveries_subscription', 'deliveries', 'subscription_id', 'status');

      t = text(numbered(table('queues')), 'account', 'region', 'name', 'attributes', 'tags');
      await intOrNull(int(t, 'created_at', 'modified_at'), 'purged_at')
        .addUniqueConstraint('queues_name', ['account', 'region', 'name'])
        .execute();

      t = text(int(numbered(table('queue_messages')), 'queue_id'), 'message_id', 'body', 'attributes', 'system');
      t = int(t, 'sent_at', 'visible_at', 'expires_at', 'receive_count');
      await textOrNull(intOrNull(t, 'first_received_at'), 'receipt').execute();
      await index('queue_messages_visible', 'queue_messages', 'queue_id', 'visible_at');
      await index('queue_messages_expiry', 'queue_messages', 'expires_at');

      t = text(numbered(table('trails')), 'account', 'region', 'name', 'definition', 'tags');
      t = int(textOrNull(t, 'log_group_arn', 'selectors'), 'logging', 'created_at');
      await intOrNull(t, 'started_at', 'stopped_at', 'delivered_at')
        .addUniqueConstraint('trails_name', ['account', 'region', 'name'])
        .execute();

      t = int(text(table('intake_objects'), 'source', 'object', 'fingerprint', 'status'), 'offset', 'records');
      await textOrNull(int(t, 'updated_at'), 'error')
        .addPrimaryKeyConstraint('intake_objects_key', ['source', 'object'])
        .execute();
    },
  };
}
