import type { Tx } from '../../store/writer.ts';
import { type AnyAlarm, anyAlarmFrom, type CompositeAlarm } from './alarm.ts';
import type { Cause } from './composite-cause.ts';
import { judgeComposite } from './composite-judge.ts';
import { escalate } from './escalate.ts';
import { ringRepeatedly } from './repeat.ts';
import type { RingDeps } from './ring.ts';
import { endSuppression, followSuppressor } from './suppression.ts';
import { tellAgain } from './tell-again.ts';
import { clearTimer, readTimer, type TimerKind } from './timers.ts';
import { unmute } from './unmute.ts';

/** Does what an alarm's timer of a kind is for. Does nothing for one that is not due any more. */
export async function followTimer(tx: Tx, deps: RingDeps, id: number, kind: TimerKind, now: number): Promise<void> {
  const timer = await readTimer<Cause>(tx.db, id, kind);
  if (!timer || timer.dueAt === null || timer.dueAt > now) return;
  const row = await tx.db.selectFrom('alarms').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return clearTimer(tx, id, kind);
  const alarm = anyAlarmFrom(row);
  if (kind === 'repeat') return ringRepeatedly(tx, deps, alarm, now);
  if (kind === 'muted') return unmute(tx, deps, alarm, now);
  if (kind === 'escalate-1' || kind === 'escalate-2') return escalate(tx, deps, alarm, kind, now);
  if (kind === 'behind') return tellAgain(tx, deps, alarm, now);
  if (!isComposite(alarm)) return clearTimer(tx, id, kind);
  if (kind === 'suppression') return endSuppression(tx, deps, alarm, now);
  await clearTimer(tx, id, kind);
  if (kind === 'suppressor') return followSuppressor(tx, alarm, now);
  await judgeComposite(tx, deps, alarm, timer.detail, now);
}

const isComposite = (alarm: AnyAlarm): alarm is CompositeAlarm => alarm.kind === 'composite';
