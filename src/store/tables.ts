import type { Generated } from 'kysely';
import type {
  ChunkMatchesTable,
  FindingChangesTable,
  ForwardRefusalsTable,
  ForwardsTable,
  RingChangesTable,
} from './forward-tables.ts';
import type { RootGrantsTable, RootUsesTable } from './grant-tables.ts';
import type {
  DeduplicationsTable,
  QueueMessagesTable,
  QueuesTable,
  ReceiveAttemptsTable,
  SequencesTable,
} from './queue-tables.ts';
import type { MuteRulesTable, MuteTargetsTable, SilencesTable } from './quiet-tables.ts';

/**
 * Every table, as the queries see it. Times are integer milliseconds since 1970 UTC, documents are
 * JSON text, truth values are 0 or 1, so that both dialects store the same.
 */
export interface Tables {
  settings: SettingsTable;
  access_keys: AccessKeysTable;
  log_groups: LogGroupsTable;
  log_streams: LogStreamsTable;
  log_chunks: LogChunksTable;
  metric_filters: MetricFiltersTable;
  subscription_filters: SubscriptionFiltersTable;
  matches: MatchesTable;
  sessions: SessionsTable;
  session_activity: SessionActivityTable;
  history_runs: HistoryRunsTable;
  metrics: MetricsTable;
  datapoints: DatapointsTable;
  alarms: AlarmsTable;
  alarm_metrics: AlarmMetricsTable;
  alarm_history: AlarmHistoryTable;
  alarm_children: AlarmChildrenTable;
  alarm_timers: AlarmTimersTable;
  mute_rules: MuteRulesTable;
  mute_targets: MuteTargetsTable;
  dashboards: DashboardsTable;
  rings: RingsTable;
  ring_sessions: RingSessionsTable;
  root_grants: RootGrantsTable;
  root_uses: RootUsesTable;
  silences: SilencesTable;
  topics: TopicsTable;
  subscriptions: SubscriptionsTable;
  messages: MessagesTable;
  deliveries: DeliveriesTable;
  queues: QueuesTable;
  queue_messages: QueueMessagesTable;
  sequences: SequencesTable;
  deduplications: DeduplicationsTable;
  receive_attempts: ReceiveAttemptsTable;
  mail_windows: MailWindowsTable;
  trails: TrailsTable;
  intake_objects: IntakeObjectsTable;
  forwards: ForwardsTable;
  forward_refusals: ForwardRefusalsTable;
  chunk_matches: ChunkMatchesTable;
  ring_changes: RingChangesTable;
  finding_changes: FindingChangesTable;
}

export type Flag = 0 | 1;

export interface SettingsTable {
  key: string;
  value: string;
}

export interface AccessKeysTable {
  /** The access key id, such as `AKIA…`. */
  id: string;
  account: string;
  /** Encrypted with the key file of the data directory; verifying a signature needs the plain secret. */
  secret: string;
  /** JSON list such as `["logs:PutLogEvents"]`; null allows every operation. */
  operations: string | null;
  note: string | null;
  created_at: number;
  revoked_at: number | null;
}

export interface LogGroupsTable {
  id: Generated<number>;
  account: string;
  region: string;
  name: string;
  /** STANDARD, INFREQUENT_ACCESS or DELIVERY. */
  class: string;
  created_at: number;
  retention_days: number | null;
  /** JSON object of tag names and values. */
  tags: string;
  kms_key: string | null;
  /** Moves with every change of its filters, so that a compiled set is known to be current. */
  filters_revision: number;
  stored_bytes: number;
}

export interface LogStreamsTable {
  id: Generated<number>;
  group_id: number;
  name: string;
  created_at: number;
  first_event_at: number | null;
  last_event_at: number | null;
  last_ingested_at: number | null;
  stored_bytes: number;
}

/** One accepted batch of one stream: its events compressed together. */
export interface LogChunksTable {
  id: Generated<number>;
  group_id: number;
  stream_id: number;
  first_at: number;
  last_at: number;
  ingested_at: number;
  count: number;
  /** plain, deflate or zstd. */
  codec: string;
  bytes: Uint8Array;
  raw_bytes: number;
}

export interface MetricFiltersTable {
  id: Generated<number>;
  group_id: number;
  name: string;
  /** Exactly as sent, white space included. */
  pattern: string;
  /** JSON of the one metric transformation, as AWS spells its members. */
  transformation: string;
  /** JSON of the further members: applyOnTransformedLogs, fieldSelectionCriteria, emitSystemFieldDimensions. */
  options: string;
  created_at: number;
}

export interface SubscriptionFiltersTable {
  id: Generated<number>;
  group_id: number;
  name: string;
  /** Exactly as sent, white space included. */
  pattern: string;
  /** ARN of a queue. */
  destination: string;
  /** JSON of the further members: roleArn, distribution, applyOnTransformedLogs, fieldSelectionCriteria, emitSystemFields. */
  options: string;
  created_at: number;
}

/** A log event that a metric filter counted, kept as evidence. */
export interface MatchesTable {
  id: Generated<number>;
  filter_id: number;
  group_id: number;
  stream_id: number;
  metric_id: number;
  event_at: number;
  /** `event_at` cut to the minute: the datapoint the match went into. */
  minute: number;
  ingested_at: number;
  /** AWS's event id: digits. */
  event_id: string;
  message: string;
  session_id: string | null;
  /** 1 when the event was older than an hour on arrival. */
  history: Flag;
  /** The intake run that brought it, for history. */
  run: string | null;
}

/** What one person did between two silences, over all filters of a log group. */
export interface SessionsTable {
  id: string;
  group_id: number;
  account: string;
  principal: string;
  /** sessionContext.attributes.creationDate, where the events have one. */
  created_at: number | null;
  address: string | null;
  first_at: number;
  last_at: number;
  /** JSON: the facts merged so far, as `trail/` keeps them. */
  facts: string;
}

/** The part of a session that one metric counted; exact where matches are bounded. */
export interface SessionActivityTable {
  session_id: string;
  metric_id: number;
  events: number;
  first_at: number;
  last_at: number;
  facts: string;
}

/** History that one intake run brought for one metric, waiting to ring once. */
export interface HistoryRunsTable {
  run: string;
  metric_id: number;
  first_event_at: number;
  last_event_at: number;
  last_arrival_at: number;
  /** When to announce it: a quiet moment after the last arrival, or at once when the run has ended. */
  due_at: number | null;
}

export interface MetricsTable {
  id: Generated<number>;
  account: string;
  region: string;
  namespace: string;
  name: string;
  /** JSON list of [name, value], sorted by name: the set in canonical form. */
  dimensions: string;
  created_at: number;
  /** Arrival of the newest datapoint. */
  updated_at: number;
  /** Arrival of the last PutMetricData; null while only metric filters feed it. */
  put_at: number | null;
}

/** Statistic set of one minute (or second) and unit. */
export interface DatapointsTable {
  metric_id: number;
  at: number;
  /** Seconds: 60 or 1. */
  resolution: number;
  unit: string;
  count: number;
  sum: number;
  minimum: number;
  maximum: number;
  /** JSON list of [value, count] for percentiles; null when minimum and maximum say it all, or when it is unknown. */
  distribution: string | null;
}

export interface AlarmsTable {
  id: Generated<number>;
  account: string;
  region: string;
  name: string;
  /** metric or composite. */
  kind: string;
  /** JSON of the parameters given, as AWS spells them. */
  definition: string;
  metric_id: number | null;
  actions_enabled: Flag;
  state: string;
  state_reason: string;
  state_reason_data: string | null;
  state_updated_at: number;
  state_transitioned_at: number;
  configured_at: number;
  created_at: number;
  tags: string;
  /** Milliseconds into the minute at which its schedule runs. */
  phase: number;
  /** End of the newest window judged; never moves back. */
  window_end: number | null;
  /** When it must be looked at next; null while only new data can change anything. */
  due_at: number | null;
}

/** The metrics that an alarm watches. */
export interface AlarmMetricsTable {
  alarm_id: number;
  /** The Id of the metric in the alarm's metric math; empty for an alarm on one metric. */
  query_id: string;
  metric_id: number;
}

export interface AlarmHistoryTable {
  id: Generated<number>;
  account: string;
  region: string;
  alarm_name: string;
  alarm_kind: string;
  /** StateUpdate, ConfigurationUpdate or Action. */
  type: string;
  at: number;
  summary: string;
  data: string;
}

/** Which alarms a composite alarm depends on. */
export interface AlarmChildrenTable {
  parent_id: number;
  child_id: number;
  /** rule or suppressor. */
  role: string;
}

/** What is to happen to an alarm later, besides its judgements; one of a kind. */
export interface AlarmTimersTable {
  alarm_id: number;
  /** rule, suppressor, suppression, repeat, muted, escalate-1 or escalate-2. */
  kind: string;
  /** Null while it waits for something else than time. */
  due_at: number | null;
  /** JSON. */
  detail: string;
}

/** Dashboards belong to an account, in all its regions. */
export interface DashboardsTable {
  account: string;
  name: string;
  /** The JSON that was put, without blanks. */
  body: string;
  /** Bytes of the body. */
  bytes: number;
  tags: string;
  updated_at: number;
}

/** An alarm's notification: what was told, and why. */
export interface RingsTable {
  id: string;
  account: string;
  region: string;
  alarm_name: string;
  /** transition, session, history, repeat, delayed or escalation. */
  kind: string;
  old_state: string;
  new_state: string;
  at: number;
  headline: string;
  /** JSON: sign-in sessions and events, the `Trailbell` member of the message. */
  detail: string;
  /** JSON list of the topics it was published to, with message ids or errors. */
  published: string;
  acknowledged_at: number | null;
  /** Who said so, in their own words. */
  acknowledged_by: string | null;
  /** The silence that kept it from being told. */
  silenced_by: string | null;
}

/** Which sign-in sessions an alarm has already told of. */
export interface RingSessionsTable {
  alarm_id: number;
  session_id: string;
  ring_id: string;
}

export interface TopicsTable {
  id: Generated<number>;
  account: string;
  region: string;
  name: string;
  attributes: string;
  tags: string;
  created_at: number;
  /** When it is next told that its way is open, where its tags ask for that. */
  heartbeat_at: number | null;
}

export interface SubscriptionsTable {
  /** The UUID at the end of the subscription ARN. */
  id: string;
  topic_id: number;
  topic_arn: string;
  owner: string;
  protocol: string;
  endpoint: string;
  attributes: string;
  /** pending, confirmed or deleted. */
  status: string;
  token: string;
  created_at: number;
  confirmed_at: number | null;
  /** 1 when ConfirmSubscription was signed and asked for AuthenticateOnUnsubscribe. */
  authenticated: Flag;
  /** When deliveries to it began to fail; null while the last one got through. */
  failing_since: number | null;
  /** Why the last attempt failed: the word, and the sentence. */
  failing_reason: string | null;
  failing_error: string | null;
  /** Deliveries given up since then. */
  given_up: number | null;
}

export interface MessagesTable {
  id: string;
  topic_arn: string;
  /** Notification, SubscriptionConfirmation or UnsubscribeConfirmation. */
  kind: string;
  published_at: number;
  subject: string | null;
  body: string;
  /** `json` when the body holds one text per protocol. */
  structure: string | null;
  attributes: string;
  ring_id: string | null;
  /** JSON of message group, deduplication id and sequence number, where it has any. */
  ordering: string | null;
}

/** One message on its way to one subscription: the outbox. */
export interface DeliveriesTable {
  id: Generated<number>;
  /** The delivery's own id, the same on every attempt. */
  uuid: string;
  message_id: string;
  subscription_id: string;
  topic_arn: string;
  protocol: string;
  endpoint: string;
  /** Message group of a FIFO topic: of one subscription and group, one is delivered after the other. */
  group_id: string | null;
  /** waiting, delivered, dead or dismissed: dead, and seen by somebody. */
  status: string;
  attempts: number;
  due_at: number;
  created_at: number;
  finished_at: number | null;
  /** Why the last attempt failed: a short fixed word, used as a metric label. */
  reason: string | null;
  /** The same in a sentence. */
  error: string | null;
}

/** Mails of one kind to one subscription that wait for each other. */
export interface MailWindowsTable {
  subscription_id: string;
  /** The ARN of an alarm, or empty for what others publish. */
  about: string;
  ends_at: number;
  /** Milliseconds that it lasts. */
  span: number;
  /** Mails that left at once in it. */
  sent: number;
  /** Mails that wait for its end. */
  held: number;
}

export interface TrailsTable {
  id: Generated<number>;
  account: string;
  region: string;
  name: string;
  definition: string;
  log_group_arn: string | null;
  logging: Flag;
  started_at: number | null;
  stopped_at: number | null;
  /** JSON list of basic event selectors; null means the default one. */
  selectors: string | null;
  tags: string;
  created_at: number;
  /** When a record last entered its log group. */
  delivered_at: number | null;
}

/** What an intake has read, so that each object is counted once. */
export interface IntakeObjectsTable {
  source: string;
  object: string;
  /** Changes when the object is replaced by another of the same name. */
  fingerprint: string;
  /** Bytes read, for files that grow. */
  offset: number;
  records: number;
  /** open, done or damaged. */
  status: string;
  error: string | null;
  updated_at: number;
}
