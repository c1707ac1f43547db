import type { Kysely } from 'kysely';
import type { Scope } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import type { Alarm, AnyAlarm, CompositeAlarm } from './alarm.ts';
import { Double, type JsonValue, offsetTime, writeJson } from './java-text.ts';
import { historyMetrics } from './math-documents.ts';
import { alarmArn, statisticWord } from './notification.ts';
import type { AlarmState } from './rule.ts';

export type HistoryType = 'StateUpdate' | 'ConfigurationUpdate' | 'Action';

/** A state with what was said about it. */
export interface ToldState {
  readonly state: AlarmState;
  readonly reason: string;
  readonly reasonData: string | null;
}

export function noteStateUpdate(tx: Tx, alarm: AnyAlarm, from: ToldState, to: ToldState, at: number): Promise<void> {
  const summary = `Alarm updated from ${from.state} to ${to.state}`;
  const data = `{"version":"1.0","oldState":${stateJson(from)},"newState":${stateJson(to)}}`;
  return note(tx, alarm, 'StateUpdate', summary, data, at);
}

export function noteCreated(tx: Tx, alarm: AnyAlarm): Promise<void> {
  const data = writeJson({ version: '1.0', type: 'Create', createdAlarm: configurationOf(alarm) });
  return note(tx, alarm, 'ConfigurationUpdate', `Alarm "${alarm.definition.AlarmName}" created`, data, alarm.createdAt);
}

export function noteUpdated(tx: Tx, before: AnyAlarm, alarm: AnyAlarm): Promise<void> {
  const [old, now] = [configurationOf(before), configurationOf(alarm)];
  const changed = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (key) => writeJson(old[key] ?? null) !== writeJson(now[key] ?? null),
  );
  const originals = Object.fromEntries(changed.map((key) => [key, old[key] ?? null]));
  const data = writeJson({ version: '1.0', type: 'Update', updatedAlarm: now, originalUpdatedFields: originals });
  const summary = `Alarm "${alarm.definition.AlarmName}" updated`;
  return note(tx, alarm, 'ConfigurationUpdate', summary, data, alarm.configuredAt);
}

export function noteDeleted(tx: Tx, alarm: AnyAlarm, at: number): Promise<void> {
  const data = writeJson({ version: '1.0', type: 'Delete', deletedAlarm: configurationOf(alarm) });
  return note(tx, alarm, 'ConfigurationUpdate', `Alarm "${alarm.definition.AlarmName}" deleted`, data, at);
}

/** What became of one action. */
export interface ActionOutcome {
  readonly arn: string;
  /** What was published; null when nothing was. */
  readonly message: string | null;
  readonly failure: string | null;
  /** The end of the mute window that held it back. */
  readonly muteWindowEnd?: number | undefined;
}

export function noteAction(
  tx: Tx,
  alarm: AnyAlarm,
  outcome: ActionOutcome,
  changedAt: number,
  at: number,
): Promise<void> {
  const { arn, message, failure, muteWindowEnd } = outcome;
  const summary =
    failure === null
      ? `Successfully executed action ${arn}`
      : `Failed to execute action ${arn}. Received error: "${failure}"`;
  const data = writeJson({
    actionState: failure === null ? 'Succeeded' : 'Failed',
    stateUpdateTimestamp: changedAt,
    notificationResource: arn,
    publishedMessage: failure === null ? message : null,
    error: failure,
    muteWindowEndTimestamp: muteWindowEnd ?? null,
  });
  return note(tx, alarm, 'Action', summary, data, at);
}

/** An action that a mute rule kept from running; AWS's words for it are not known. */
export function noteMuted(
  tx: Tx,
  alarm: AnyAlarm,
  arn: string,
  until: number,
  changedAt: number,
  at: number,
): Promise<void> {
  const data = writeJson({
    actionState: 'Muted',
    stateUpdateTimestamp: changedAt,
    notificationResource: arn,
    publishedMessage: null,
    error: null,
    muteWindowEndTimestamp: until,
  });
  return note(tx, alarm, 'Action', `Muted action ${arn}`, data, at);
}

export interface HistoryQuery {
  readonly scope: Scope;
  readonly kinds: readonly AnyAlarm['kind'][];
  readonly alarmName?: string | undefined;
  readonly type?: string | undefined;
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  readonly order: 'asc' | 'desc';
  /** Where the last page ended. */
  readonly after?: { readonly at: number; readonly id: number } | undefined;
  readonly limit: number;
}

/** History items in order of time; it outlives the alarm. */
export function readHistory(db: Kysely<Tables>, asked: HistoryQuery) {
  let query = db
    .selectFrom('alarm_history')
    .selectAll()
    .where('account', '=', asked.scope.account)
    .where('region', '=', asked.scope.region)
    .where('alarm_kind', 'in', asked.kinds);
  if (asked.alarmName !== undefined) query = query.where('alarm_name', '=', asked.alarmName);
  if (asked.type !== undefined) query = query.where('type', '=', asked.type);
  if (asked.from !== undefined) query = query.where('at', '>=', asked.from);
  if (asked.until !== undefined) query = query.where('at', '<=', asked.until);
  const { after, order } = asked;
  const beyond = order === 'asc' ? '>' : '<';
  if (after)
    query = query.where(({ and, eb, or }) =>
      or([eb('at', beyond, after.at), and([eb('at', '=', after.at), eb('id', beyond, after.id)])]),
    );
  return query.orderBy('at', order).orderBy('id', order).limit(asked.limit).execute();
}

async function note(
  tx: Tx,
  alarm: AnyAlarm,
  type: HistoryType,
  summary: string,
  data: string,
  at: number,
): Promise<void> {
  const { account, region } = alarm.scope;
  const owner = { account, region, alarm_name: alarm.definition.AlarmName, alarm_kind: alarm.kind };
  await tx.db
    .insertInto('alarm_history')
    .values({ ...owner, type, summary, data, at })
    .execute();
}

/** The reason data stand in it as JSON, exactly as they were written. */
function stateJson({ state, reason, reasonData }: ToldState): string {
  const data = reasonData === null ? '' : `,"stateReasonData":${reasonData}`;
  return `{"stateValue":${JSON.stringify(state)},"stateReason":${JSON.stringify(reason)}${data}}`;
}

/** An alarm in the spelling that AWS uses in history alone. */
function configurationOf(alarm: AnyAlarm): Record<string, JsonValue | undefined> {
  return alarm.kind === 'composite' ? compositeConfiguration(alarm) : metricConfiguration(alarm);
}

function compositeConfiguration(alarm: CompositeAlarm): Record<string, JsonValue | undefined> {
  const { definition, scope } = alarm;
  return {
    alarmName: definition.AlarmName,
    alarmDescription: definition.AlarmDescription,
    alarmRule: definition.AlarmRule,
    alarmArn: alarmArn(scope, definition.AlarmName),
    alarmConfigurationUpdatedTimestamp: offsetTime(alarm.configuredAt),
    stateValue: alarm.state,
    stateUpdatedTimestamp: offsetTime(alarm.stateUpdatedAt),
    actionsEnabled: alarm.actionsEnabled,
    alarmActions: definition.AlarmActions ?? [],
    insufficientDataActions: definition.InsufficientDataActions ?? [],
    okactions: definition.OKActions ?? [],
    actionsSuppressor: definition.ActionsSuppressor,
    actionsSuppressorWaitPeriod: definition.ActionsSuppressorWaitPeriod,
    actionsSuppressorExtensionPeriod: definition.ActionsSuppressorExtensionPeriod,
  };
}

function metricConfiguration(alarm: Alarm): Record<string, JsonValue | undefined> {
  const { definition, scope } = alarm;
  return {
    alarmName: definition.AlarmName,
    alarmDescription: definition.AlarmDescription,
    alarmArn: alarmArn(scope, definition.AlarmName),
    alarmConfigurationUpdatedTimestamp: offsetTime(alarm.configuredAt),
    namespace: definition.Namespace,
    metricName: definition.MetricName,
    statistic: definition.Statistic && statisticWord(definition.Statistic),
    extendedStatistic: definition.ExtendedStatistic,
    period: definition.Period,
    unit: definition.Unit,
    dimensions: (definition.Dimensions ?? []).map(({ Name, Value }) => ({ value: Value, name: Name })),
    metrics: definition.Metrics && historyMetrics(definition.Metrics),
    threshold: new Double(definition.Threshold),
    comparisonOperator: definition.ComparisonOperator,
    evaluationPeriods: definition.EvaluationPeriods,
    datapointsToAlarm: definition.DatapointsToAlarm,
    treatMissingData: definition.TreatMissingData,
    evaluateLowSampleCountPercentile: definition.EvaluateLowSampleCountPercentile,
    stateValue: alarm.state,
    stateUpdatedTimestamp: offsetTime(alarm.stateUpdatedAt),
    actionsEnabled: alarm.actionsEnabled,
    alarmActions: definition.AlarmActions ?? [],
    insufficientDataActions: definition.InsufficientDataActions ?? [],
    okactions: definition.OKActions ?? [],
  };
}
