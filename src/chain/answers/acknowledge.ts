import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import { ASKING } from '../alarms/await-answer.ts';
import { noteRingChanges } from '../alarms/ring-changes.ts';
import { clearTimer, ESCALATIONS } from '../alarms/timers.ts';
import type { ChainContext } from '../context.ts';

export interface Acknowledgement {
  readonly at: number;
  readonly by: string;
}

const LONGEST_NAME = 100;

/**
 * Somebody takes a ring on: it, all earlier rings of its alarm that nobody has acknowledged yet and what told of it
 * again since are, and neither repeated nor escalated any more. A ring that comes later asks anew. Of one that was acknowledged
 * before, the first word stands. Undefined where there is no such ring.
 */
export function acknowledge(ctx: ChainContext, ringId: string, name: string): Promise<Acknowledgement | undefined> {
  const by =
    name
      .replace(/[\p{Cc}\p{Z}]+/gu, ' ')
      .trim()
      .slice(0, LONGEST_NAME) || 'somebody';
  return ctx.store.write(async (tx) => {
    const { db } = tx;
    const ring = await db.selectFrom('rings').selectAll().where('id', '=', ringId).executeTakeFirst();
    if (!ring) return undefined;
    if (ring.acknowledged_at !== null) return { at: ring.acknowledged_at, by: ring.acknowledged_by ?? '' };
    const at = ctx.clock.now();
    const next = await nextAsking(db, ring);
    const taken = await db
      .updateTable('rings')
      .set({ acknowledged_at: at, acknowledged_by: by })
      .where('account', '=', ring.account)
      .where('region', '=', ring.region)
      .where('alarm_name', '=', ring.alarm_name)
      .where(({ and, or, eb }) =>
        or([
          eb('at', '<=', ring.at),
          and([eb('kind', 'in', ['repeat', 'escalation']), ...(next === undefined ? [] : [eb('at', '<', next)])]),
        ]),
      )
      .where('acknowledged_at', 'is', null)
      .returning('id')
      .execute();
    await noteRingChanges(
      tx,
      taken.map(({ id }) => id),
      at,
    );
    tx.onCommit(() => ctx.signals.raise('rings'));
    const alarm = await alarmOf(db, ring);
    if (alarm && !(await isOpen(db, ring))) {
      for (const kind of ['repeat', ...ESCALATIONS] as const) await clearTimer(tx, alarm.id, kind);
    }
    return { at, by };
  });
}

type Named = { readonly account: string; readonly region: string; readonly alarm_name: string };

const alarmOf = (db: Kysely<Tables>, ring: Named) =>
  db
    .selectFrom('alarms')
    .select('id')
    .where('account', '=', ring.account)
    .where('region', '=', ring.region)
    .where('name', '=', ring.alarm_name)
    .executeTakeFirst();

const alarmingRings = (db: Kysely<Tables>, ring: Named) =>
  db
    .selectFrom('rings')
    .where('account', '=', ring.account)
    .where('region', '=', ring.region)
    .where('alarm_name', '=', ring.alarm_name)
    .where('new_state', '=', 'ALARM');

/** When the alarm next had something new to say; what it repeated before that was about this ring and earlier ones. */
async function nextAsking(db: Kysely<Tables>, ring: Named & { readonly at: number }): Promise<number | undefined> {
  const row = await alarmingRings(db, ring)
    .select('at')
    .where('at', '>', ring.at)
    .where('kind', 'in', ASKING)
    .orderBy('at')
    .limit(1)
    .executeTakeFirst();
  return row?.at;
}

/** Whether a ring of the alarm still waits for somebody. */
async function isOpen(db: Kysely<Tables>, ring: Named): Promise<boolean> {
  const row = await alarmingRings(db, ring)
    .select('id')
    .where('kind', '!=', 'history')
    .where('acknowledged_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
