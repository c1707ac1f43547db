import { durationText } from '../../base/duration.ts';
import { arnOf } from '../../base/scope.ts';
import type { Tx } from '../../store/writer.ts';
import type { AnyAlarm } from './alarm.ts';
import { ASKING } from './await-answer.ts';
import type { Evidence } from './evidence.ts';
import { isHeld } from './held.ts';
import type { JsonValue } from './java-text.ts';
import { type Escalation, ownTags } from './own-tags.ts';
import { type RingDeps, tell } from './ring.ts';
import { clearTimer, type EscalationKind, readTimer, setTimer } from './timers.ts';

/** Before another look at an alarm whose actions are held back or switched off. */
const HELD = 60_000;

/**
 * Tells the next topic of a ring that nobody has acknowledged, whether or not the alarm still rings: what
 * was done is done, and somebody has to look at it. Acknowledged or silenced meanwhile, or the tag taken
 * away, it tells nobody.
 */
export async function escalate(
  tx: Tx,
  deps: RingDeps,
  alarm: AnyAlarm,
  kind: EscalationKind,
  now: number,
): Promise<void> {
  const timer = await readTimer<{ ringId: string }>(tx.db, alarm.id, kind);
  const step = ownTags(alarm.tags).escalations.find((each) => each.kind === kind);
  const ringId = timer?.detail.ringId ?? '';
  const ring = await tx.db.selectFrom('rings').selectAll().where('id', '=', ringId).executeTakeFirst();
  if (!step || !ring) return clearTimer(tx, alarm.id, kind);
  if (ring.acknowledged_at !== null) return turnToNext(tx, alarm, step, ring.at, now);
  if (!alarm.actionsEnabled || (await isHeld(tx.db, alarm, now))) {
    return setTimer(tx, alarm.id, kind, now + HELD, { ringId });
  }
  await turnToNext(tx, alarm, step, ring.at, now);
  const {
    ring: _kind,
    id: _id,
    updates: _updates,
    headline: _headline,
    severity: _severity,
    runbook: _runbook,
    ...detail
  } = JSON.parse(ring.detail) as Record<string, JsonValue>;
  const evidence: Evidence = { headline: ring.headline, detail, text: ring.headline, sessions: [] };
  await tell(tx, deps, alarm, {
    kind: 'escalation',
    from: 'ALARM',
    to: 'ALARM',
    reason: `Not acknowledged for ${durationText(step.after)}: ${ring.headline}`,
    changedAt: ring.at,
    at: now,
    evidence,
    topics: [arnOf('sns', alarm.scope, step.topic)],
  });
}

/** The timer has seen to a ring of time `past`; it is set for the first later one that nobody acknowledged, if there is one. */
async function turnToNext(
  tx: Tx,
  alarm: AnyAlarm,
  { kind, after }: Escalation,
  past: number,
  now: number,
): Promise<void> {
  const open = await tx.db
    .selectFrom('rings')
    .select(['id', 'at'])
    .where('account', '=', alarm.scope.account)
    .where('region', '=', alarm.scope.region)
    .where('alarm_name', '=', alarm.definition.AlarmName)
    .where('at', '>', past)
    .where('new_state', '=', 'ALARM')
    .where('kind', 'in', ASKING)
    .where('acknowledged_at', 'is', null)
    // Nobody was told of those that were silenced or muted.
    .where('published', '!=', '[]')
    .orderBy('at')
    .limit(1)
    .executeTakeFirst();
  if (!open) return clearTimer(tx, alarm.id, kind);
  await setTimer(tx, alarm.id, kind, Math.max(now, open.at + after), { ringId: open.id });
}
