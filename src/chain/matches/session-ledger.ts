import type { Kysely } from 'kysely';
import type { Ids } from '../../base/ids.ts';
import { Prepared, PreparedInsert } from '../../store/prepared.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import type { TimedHappening } from '../../trail/happening.ts';
import { mergeHappening, newSession, type SessionState } from '../../trail/session-state.ts';
import { type CandidateKeys, candidateKeys, joinSession } from '../../trail/sign-in-session.ts';
import { SESSIONS } from './session-texts.ts';

/** What one principal's events of a batch need to find their sessions. */
interface Wanted {
  readonly account: string;
  readonly principalKey: string;
  readonly createdAt: Set<number>;
  from: number;
  to: number;
}

/**
 * The sign-in sessions that the events of one batch join: read once per principal, joined in memory,
 * written once at the end.
 */
export class SessionLedger {
  readonly #tx: Tx;
  readonly #groupId: number;
  readonly #ids: Ids;
  /** By account and principal, then by session id. */
  readonly #known = new Map<string, Map<string, SessionState>>();
  readonly #begun = new Set<string>();
  readonly #changed = new Map<string, SessionState>();

  constructor(tx: Tx, groupId: number, ids: Ids) {
    this.#tx = tx;
    this.#groupId = groupId;
    this.#ids = ids;
  }

  /** Reads the stored sessions that any of these events may join. */
  async load(happenings: readonly TimedHappening[]): Promise<void> {
    const wanted = new Map<string, Wanted>();
    for (const happening of happenings) widen(wanted, candidateKeys(happening));
    for (const [owner, keys] of wanted) {
      const sessions = await candidates(this.#tx.db, this.#groupId, keys);
      this.#known.set(owner, new Map(sessions.map((session) => [session.id, session])));
    }
  }

  /** Adds an event to the session it belongs to, or begins one. Gives the session's id. */
  join(happening: TimedHappening): string {
    const owner = ownerOf(candidateKeys(happening));
    const sessions = this.#known.get(owner) ?? new Map<string, SessionState>();
    const joined = joinSession(happening, [...sessions.values()]);
    const session = joined ? mergeHappening(joined, happening) : newSession(happening, this.#ids.uuid());
    if (!joined) this.#begun.add(session.id);
    sessions.set(session.id, session);
    this.#known.set(owner, sessions);
    this.#changed.set(session.id, session);
    return session.id;
  }

  /** Has the session begun in this batch? */
  isNew(sessionId: string): boolean {
    return this.#begun.has(sessionId);
  }

  async save(): Promise<void> {
    const rows = [...this.#changed.values()].map((session) => ({
      id: session.id,
      group_id: this.#groupId,
      account: session.account,
      principal: session.principal.key,
      created_at: session.createdAt,
      address: session.address,
      first_at: session.firstAt,
      last_at: session.lastAt,
      facts: SESSIONS.write(session),
    }));
    await SAVE.run(this.#tx.db, rows);
  }
}

const SAVE = new PreparedInsert(
  'sessions',
  ['id', 'group_id', 'account', 'principal', 'created_at', 'address', 'first_at', 'last_at', 'facts'],
  (query) =>
    query.onConflict((conflict) =>
      conflict.column('id').doUpdateSet(({ ref }) => ({
        created_at: ref('excluded.created_at'),
        address: ref('excluded.address'),
        first_at: ref('excluded.first_at'),
        last_at: ref('excluded.last_at'),
        facts: ref('excluded.facts'),
      })),
    ),
);

const ownerOf = ({ account, principalKey }: Pick<CandidateKeys, 'account' | 'principalKey'>): string =>
  JSON.stringify([account, principalKey]);

function widen(wanted: Map<string, Wanted>, keys: CandidateKeys): void {
  const { account, principalKey, createdAt, from, to } = keys;
  const all = wanted.get(ownerOf(keys)) ?? { account, principalKey, createdAt: new Set(), from, to };
  all.from = Math.min(all.from, from);
  all.to = Math.max(all.to, to);
  if (createdAt !== undefined) all.createdAt.add(createdAt);
  wanted.set(ownerOf(keys), all);
}

async function candidates(db: Kysely<Tables>, groupId: number, wanted: Wanted): Promise<SessionState[]> {
  const { account, principalKey: principal, createdAt, from, to } = wanted;
  const owner = { groupId, account, principal };
  const moments = [...createdAt];
  const [moment] = moments;
  // Most principals of a batch have one session in it.
  const rows =
    moments.length > 1
      ? await atMoments(db, { ...owner, from, to }, moments).execute()
      : moment === undefined
        ? await AT_NO_MOMENT.rows(db, { ...owner, from, to })
        : await AT_ONE_MOMENT.rows(db, { ...owner, from, to, moment });
  return rows.map(({ facts }) => SESSIONS.read(facts));
}

interface Stretch {
  readonly groupId: number;
  readonly account: string;
  readonly principal: string;
  readonly from: number;
  readonly to: number;
}

/** The sessions of a principal within a stretch of time, or created at any of these moments. */
const atMoments = (db: Kysely<Tables>, stretch: Stretch, moments: readonly number[]) =>
  db
    .selectFrom('sessions')
    .select('facts')
    .where('group_id', '=', stretch.groupId)
    .where('account', '=', stretch.account)
    .where('principal', '=', stretch.principal)
    .where(({ and, eb, fn, or }) =>
      or([
        ...(moments.length > 0 ? [eb('created_at', 'in', moments)] : []),
        and([eb(fn.coalesce('created_at', 'first_at'), '<=', stretch.to), eb('last_at', '>=', stretch.from)]),
      ]),
    );

const AT_NO_MOMENT = new Prepared((db, stretch: Stretch) => atMoments(db, stretch, []));
const AT_ONE_MOMENT = new Prepared((db, stretch: Stretch & { moment: number }) =>
  atMoments(db, stretch, [stretch.moment]),
);
