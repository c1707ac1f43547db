import type { Kysely } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import type { Scope } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import { type AnyAlarm, anyAlarmFrom, type CompositeAlarm, compositeFrom } from './alarm.ts';
import { type CompositeDefinition, ruleOfComposite, suppressorName } from './composite-definition.ts';
import { judgeComposite } from './composite-judge.ts';
import { childrenIn } from './composite-rule.ts';
import { findAnyAlarm } from './find-alarm.ts';
import { noteCreated, noteUpdated } from './history.ts';
import { alarmArn } from './notification.ts';
import { INITIAL_REASON } from './reason.ts';
import { relate } from './relations.ts';
import type { RingDeps } from './ring.ts';
import { readTimer, setTimer } from './timers.ts';

/** What PutCompositeAlarm asks for. */
export interface CompositeDraft {
  readonly definition: CompositeDefinition;
  readonly actionsEnabled: boolean;
  /** Given to a new alarm only: AWS ignores the tags of an update. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Makes a composite alarm, or replaces all of one but its state and tags, and judges it at once.
 * @throws Refusal ValidationError where an alarm that it names does not exist.
 */
export async function putComposite(
  tx: Tx,
  deps: RingDeps,
  scope: Scope,
  draft: CompositeDraft,
  now: number,
): Promise<void> {
  const { definition } = draft;
  const before = await findAnyAlarm(tx.db, scope, definition.AlarmName);
  if (before?.kind === 'metric')
    throw new Refusal(
      'ValidationError',
      `${definition.AlarmName} is a metric alarm; a composite alarm needs another name`,
    );
  const suppressor = suppressorName(definition, scope);
  const names = childrenIn(ruleOfComposite(definition, scope));
  const known = await alarmsNamed(tx.db, scope, [...names, ...(suppressor === undefined ? [] : [suppressor])]);
  const missing = names.filter((name) => !known.has(name));
  if (missing.length > 0)
    throw new Refusal(
      'ValidationError',
      `Could not save the composite alarm as alarms [${missing.map((name) => alarmArn(scope, name)).join(', ')}] in the alarm rule do not exist`,
    );
  if (suppressor !== undefined && !known.has(suppressor))
    throw new Refusal(
      'ValidationError',
      `Could not save the composite alarm as its ActionsSuppressor ${alarmArn(scope, suppressor)} does not exist`,
    );
  const alarm = before ? await replace(tx, before, draft, now) : await create(tx, scope, draft, now);
  const children = names.flatMap((name) => known.get(name) ?? []);
  await relate(tx, alarm.id, children, suppressor === undefined ? undefined : known.get(suppressor));
  // What an earlier suppressor holds back is the new one's to decide, or nobody's.
  const held = await readTimer<object>(tx.db, alarm.id, 'suppression');
  if (held && suppressor === undefined) await setTimer(tx, alarm.id, 'suppression', now, held.detail);
  else if (held) await setTimer(tx, alarm.id, 'suppressor', now);
  await judgeComposite(tx, deps, alarm, { kind: before ? 'updated' : 'created' }, now);
  tx.onCommit(() => deps.signals.raise('alarms'));
}

async function create(tx: Tx, scope: Scope, draft: CompositeDraft, now: number): Promise<CompositeAlarm> {
  const row = await tx.db
    .insertInto('alarms')
    .values({
      account: scope.account,
      region: scope.region,
      name: draft.definition.AlarmName,
      kind: 'composite',
      definition: JSON.stringify(draft.definition),
      metric_id: null,
      actions_enabled: draft.actionsEnabled ? 1 : 0,
      state: 'INSUFFICIENT_DATA',
      state_reason: INITIAL_REASON,
      state_reason_data: null,
      state_updated_at: now,
      state_transitioned_at: now,
      configured_at: now,
      created_at: now,
      tags: JSON.stringify(draft.tags),
      phase: 0,
      window_end: null,
      due_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const alarm = compositeFrom(row);
  await noteCreated(tx, alarm);
  return alarm;
}

async function replace(tx: Tx, before: CompositeAlarm, draft: CompositeDraft, now: number): Promise<CompositeAlarm> {
  const { definition, actionsEnabled } = draft;
  await tx.db
    .updateTable('alarms')
    .set({
      definition: JSON.stringify(definition),
      actions_enabled: actionsEnabled ? 1 : 0,
      configured_at: now,
    })
    .where('id', '=', before.id)
    .execute();
  const after: CompositeAlarm = { ...before, definition, actionsEnabled, configuredAt: now };
  await noteUpdated(tx, before, after);
  return after;
}

async function alarmsNamed(
  db: Kysely<Tables>,
  { account, region }: Scope,
  names: readonly string[],
): Promise<Map<string, AnyAlarm>> {
  if (names.length === 0) return new Map();
  const rows = await db
    .selectFrom('alarms')
    .selectAll()
    .where('account', '=', account)
    .where('region', '=', region)
    .where('name', 'in', names)
    .execute();
  return new Map(rows.map((row) => [row.name, anyAlarmFrom(row)]));
}
