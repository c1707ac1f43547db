import type { Selectable } from 'kysely';
import type { Scope } from '../../base/scope.ts';
import type { AlarmsTable } from '../../store/tables.ts';
import type { CompositeDefinition } from './composite-definition.ts';
import { type AlarmDefinition, ruleOf } from './definition.ts';
import type { Outlook } from './early.ts';
import type { Judgeable, Standing } from './judge.ts';
import type { AlarmState } from './rule.ts';
import { scheduleOf } from './window.ts';

/** What every stored alarm has. */
interface StoredAlarm extends Standing {
  readonly id: number;
  readonly scope: Scope;
  readonly actionsEnabled: boolean;
  readonly reason: string;
  readonly reasonData: string | null;
  readonly stateUpdatedAt: number;
  readonly stateTransitionedAt: number;
  readonly configuredAt: number;
  readonly createdAt: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** A stored metric alarm. */
export interface Alarm extends StoredAlarm {
  readonly kind: 'metric';
  readonly definition: AlarmDefinition;
  readonly metricId: number;
  /** Milliseconds into the minute at which it is judged. */
  readonly phase: number;
  readonly dueAt: number | null;
}

/** A stored composite alarm: judged when an alarm it depends on changes, never by time. */
export interface CompositeAlarm extends StoredAlarm {
  readonly kind: 'composite';
  readonly definition: CompositeDefinition;
}

export type AnyAlarm = Alarm | CompositeAlarm;

export const anyAlarmFrom = (row: Selectable<AlarmsTable>): AnyAlarm =>
  row.kind === 'composite' ? compositeFrom(row) : alarmFrom(row);

export const alarmFrom = (row: Selectable<AlarmsTable>): Alarm => ({
  ...storedAlarmFrom(row),
  kind: 'metric',
  definition: JSON.parse(row.definition) as AlarmDefinition,
  metricId: row.metric_id ?? 0,
  phase: row.phase,
  dueAt: row.due_at,
});

export const compositeFrom = (row: Selectable<AlarmsTable>): CompositeAlarm => ({
  ...storedAlarmFrom(row),
  kind: 'composite',
  definition: JSON.parse(row.definition) as CompositeDefinition,
});

const storedAlarmFrom = (row: Selectable<AlarmsTable>): StoredAlarm => ({
  id: row.id,
  scope: { account: row.account, region: row.region },
  actionsEnabled: row.actions_enabled === 1,
  state: row.state as AlarmState,
  reason: row.state_reason,
  reasonData: row.state_reason_data,
  stateUpdatedAt: row.state_updated_at,
  stateTransitionedAt: row.state_transitioned_at,
  configuredAt: row.configured_at,
  createdAt: row.created_at,
  tags: JSON.parse(row.tags) as Record<string, string>,
  judgedTo: row.window_end ?? undefined,
});

const MINUTE = 60_000;
const TRAIL = 10_000;

/**
 * An alarm's own second is that of its creation, but never one of the minute's first ten. There, two
 * judgements could lie between an event and the one that sees it, and ringing early would not be safe.
 */
export function phaseOf(createdAt: number): number {
  const second = createdAt % MINUTE;
  return second < TRAIL ? second + TRAIL : second;
}

/** How an alarm is to be judged: `trailbell:evaluate=on-schedule` wants AWS's timing. */
export type Evaluation = 'sooner' | 'on-schedule' | 'event-time';

export function evaluationOf(tags: Alarm['tags']): Evaluation {
  const wish = tags['trailbell:evaluate'];
  return wish === 'on-schedule' || wish === 'event-time' ? wish : 'sooner';
}

/** Whether each new sign-in session rings while the alarm is ringing already. */
export const ringsForEverySession = (tags: Alarm['tags']): boolean => tags['trailbell:ring'] === 'every-session';

export function judgeable(alarm: Alarm, outlook: Outlook): Judgeable {
  const rule = ruleOf(alarm.definition);
  const early = evaluationOf(alarm.tags) === 'on-schedule' ? undefined : outlook;
  return { rule, schedule: scheduleOf(rule, alarm.phase), outlook: early };
}
