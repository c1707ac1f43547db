import type { Kysely } from 'kysely';
import type { Ids } from '../../base/ids.ts';
import { Prepared, PreparedInsert } from '../../store/prepared.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import type { TimedHappening } from '../../trail/happening.ts';
import { mergeHappening, newSession, type SessionState } from '../../trail/session-state.ts';
import { type CandidateKeys, candidateKeys, joinSession } from '../../trail/sign-in-session.ts';

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
      facts: JSON.stringify(session),
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
  const found = new Map<string, string>();
  for (const { id, facts } of await AT_THAT_TIME.rows(db, { ...owner, from, to })) found.set(id, facts);
  for (const { id, facts } of await createdAtMoments(db, owner, [...createdAt])) found.set(id, facts);
  return [...found.values()].map((facts) => JSON.parse(facts) as SessionState);
}

/** Few principals have sessions of more creation times in a batch. */
const FEW = 8;

async function createdAtMoments(db: Kysely<Tables>, owner: Owner, moments: readonly number[]) {
  if (moments.length > FEW) return ofOwner(db, owner).where('created_at', 'in', moments).execute();
  const rows: { id: string; facts: string }[] = [];
  for (const moment of moments) rows.push(...(await CREATED_THEN.rows(db, { ...owner, moment })));
  return rows;
}

interface Owner {
  readonly groupId: number;
  readonly account: string;
  readonly principal: string;
}

const ofOwner = (db: Kysely<Tables>, { groupId, account, principal }: Owner) =>
  db
    .selectFrom('sessions')
    .select(['id', 'facts'])
    .where('group_id', '=', groupId)
    .where('account', '=', account)
    .where('principal', '=', principal);

const AT_THAT_TIME = new Prepared((db, values: Owner & { from: number; to: number }) =>
  ofOwner(db, values).where(({ and, eb, fn }) =>
    and([eb(fn.coalesce('created_at', 'first_at'), '<=', values.to), eb('last_at', '>=', values.from)]),
  ),
);

const CREATED_THEN = new Prepared((db, values: Owner & { moment: number }) =>
  ofOwner(db, values).where('created_at', '=', values.moment),
);
