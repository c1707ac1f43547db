import type { Kysely } from 'kysely';
import { EventView } from '../../pattern/index.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import { GRANT_MARK, type RootGrant, rootGrantOf } from '../../trail/root-grant.ts';
import { readTimer, setTimer } from '../alarms/timers.ts';
import type { ChainContext } from '../context.ts';

/** The rings whose story has a new part, waiting for their alarm: sessions by ring. */
export interface NewParts {
  readonly rings: readonly string[];
}

/** Takes note of what log events say about who was given central root access, whatever filters think of them. */
export type NoteGrants = (tx: Tx, messages: Iterable<string>) => Promise<void>;

const ROWS = 200;

/**
 * Joins central root access with who is behind it. The grant and its use are recorded in different accounts and
 * arrive in any order: one that comes after the alarm has rung makes the ring be told again, under its own id.
 */
export function createNoteGrants({ clock, signals }: Pick<ChainContext, 'clock' | 'signals'>): NoteGrants {
  return async (tx, messages) => {
    const grants = new Map<string, RootGrant>();
    for (const message of messages) {
      if (!message.includes(GRANT_MARK)) continue;
      const grant = rootGrantOf(new EventView(message).object);
      if (grant) grants.set(grant.accessKeyId, grant);
    }
    if (grants.size === 0) return;
    const now = clock.now();
    const fresh: string[] = [];
    for (const [key, grant] of grants) {
      const { numInsertedOrUpdatedRows } = await tx.db
        .insertInto('root_grants')
        .values({ access_key_id: key, facts: JSON.stringify(grant), noted_at: now })
        .onConflict((conflict) => conflict.column('access_key_id').doNothing())
        .executeTakeFirstOrThrow();
      if (Number(numInsertedOrUpdatedRows) > 0) fresh.push(key);
    }
    if (fresh.length > 0 && (await tellAgain(tx, fresh, now))) tx.onCommit(() => signals.raise('alarms'));
  };
}

/** Marks the alarms that have rung for sessions of these keys. Whether there are any. */
async function tellAgain({ db, ...tx }: Tx, keys: readonly string[], now: number): Promise<boolean> {
  const rows = await db
    .selectFrom('root_uses')
    .innerJoin('ring_sessions', 'ring_sessions.session_id', 'root_uses.session_id')
    .select(['ring_sessions.alarm_id', 'ring_sessions.ring_id'])
    .distinct()
    .where('root_uses.access_key_id', 'in', keys.slice(0, ROWS))
    .execute();
  const byAlarm = new Map<number, Set<string>>();
  for (const { alarm_id, ring_id } of rows) {
    byAlarm.set(alarm_id, (byAlarm.get(alarm_id) ?? new Set()).add(ring_id));
  }
  for (const [alarmId, rings] of byAlarm) {
    const waiting = await readTimer<NewParts>(db, alarmId, 'behind');
    const all = [...new Set([...(waiting?.detail.rings ?? []), ...rings])];
    await setTimer({ db, ...tx }, alarmId, 'behind', now, { rings: all });
  }
  return byAlarm.size > 0;
}

export interface RootUse {
  readonly accessKeyId: string;
  readonly sessionId: string;
}

/** Keeps which sessions of central root access used which keys. */
export async function noteRootUses(tx: Tx, uses: readonly RootUse[]): Promise<void> {
  const rows = [...new Map(uses.map((use) => [JSON.stringify(use), use])).values()].map((use) => ({
    access_key_id: use.accessKeyId,
    session_id: use.sessionId,
  }));
  for (let from = 0; from < rows.length; from += ROWS) {
    await tx.db
      .insertInto('root_uses')
      .values(rows.slice(from, from + ROWS))
      .onConflict((conflict) => conflict.columns(['access_key_id', 'session_id']).doNothing())
      .execute();
  }
}

/** Who is behind each of these sessions, as far as it is known. */
export async function grantsOf(db: Kysely<Tables>, sessionIds: readonly string[]): Promise<Map<string, RootGrant>> {
  if (sessionIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('root_uses')
    .innerJoin('root_grants', 'root_grants.access_key_id', 'root_uses.access_key_id')
    .select(['root_uses.session_id', 'root_grants.facts'])
    .where('root_uses.session_id', 'in', sessionIds)
    .orderBy('root_grants.noted_at', 'desc')
    .execute();
  return new Map(rows.map(({ session_id, facts }) => [session_id, JSON.parse(facts) as RootGrant]));
}

const KEPT = 455 * 86_400_000;

/** Lets go of grants as old as the oldest rings. */
export async function sweepRootGrants({ store, clock }: Pick<ChainContext, 'store' | 'clock'>): Promise<void> {
  await store.write(async ({ db }) => {
    const old = db
      .selectFrom('root_grants')
      .select('access_key_id')
      .where('noted_at', '<', clock.now() - KEPT);
    await db.deleteFrom('root_uses').where('access_key_id', 'in', old).execute();
    await db
      .deleteFrom('root_grants')
      .where('noted_at', '<', clock.now() - KEPT)
      .execute();
  });
}
