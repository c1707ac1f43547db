import type { TimedHappening } from '../happening.ts';
import { mergeHappening, newSession, type SessionState } from '../session-state.ts';
import { candidateKeys, joinSession } from '../sign-in-session.ts';

/** A matching event, as far as sessions are concerned. */
export interface SessionEvent {
  readonly happening: TimedHappening;
  /** Places of the rules it matches. */
  readonly rules: readonly number[];
  /** What it was done for, in the words of whoever asks; counted per session. */
  readonly purpose?: string | undefined;
}

/** A sign-in session made of the matching events of an archive. */
export interface FoundSession {
  readonly state: SessionState;
  /** How many of its events match which rule. */
  readonly rules: ReadonlyMap<number, number>;
  readonly purposes: ReadonlyMap<string, number>;
  /** The access keys its calls were made with; bounded. */
  readonly accessKeys: ReadonlySet<string>;
}

interface OpenSession {
  state: SessionState;
  readonly rules: Map<number, number>;
  readonly purposes: Map<string, number>;
  readonly accessKeys: Set<string>;
}

/** Events are sorted by time in groups of so many: archives hold them nearly in order. */
const GROUP = 50_000;
/** The most sessions that are kept to be told; all are counted. */
const KEPT = 20_000;
/** A principal's sessions among which an event may still find its own. */
const OPEN = 64;
const ACCESS_KEYS = 16;

/** Joins the events of an archive, in any order, to sign-in sessions. */
export class SessionBook {
  #waiting: SessionEvent[] = [];
  readonly #open = new Map<string, OpenSession[]>();
  readonly #kept: OpenSession[] = [];
  #total = 0;

  add(event: SessionEvent): void {
    this.#waiting.push(event);
    if (this.#waiting.length >= GROUP) this.#join();
  }

  /** All sessions, the first one first, and how many there were beyond the kept ones. */
  close(): { readonly sessions: readonly FoundSession[]; readonly total: number } {
    this.#join();
    const sessions = [...this.#kept].sort((one, other) => one.state.firstAt - other.state.firstAt || order(one, other));
    return { sessions, total: this.#total };
  }

  #join(): void {
    const events = this.#waiting.sort((one, other) => one.happening.time - other.happening.time || byId(one, other));
    this.#waiting = [];
    for (const event of events) this.#place(event);
  }

  #place({ happening, rules, purpose }: SessionEvent): void {
    const session = this.#sessionOf(happening);
    for (const rule of rules) session.rules.set(rule, (session.rules.get(rule) ?? 0) + 1);
    if (purpose !== undefined) session.purposes.set(purpose, (session.purposes.get(purpose) ?? 0) + 1);
    const { accessKeyId } = happening;
    if (accessKeyId && session.accessKeys.size < ACCESS_KEYS) session.accessKeys.add(accessKeyId);
  }

  #sessionOf(happening: TimedHappening): OpenSession {
    const { account, principalKey, from } = candidateKeys(happening);
    const name = `${account} ${principalKey}`;
    const open = (this.#open.get(name) ?? []).filter(({ state }) => state.lastAt >= from || state.createdAt !== null);
    const joined = joinSession(
      happening,
      open.map(({ state }) => state),
    );
    const known = open.find(({ state }) => state === joined);
    if (known) {
      known.state = mergeHappening(known.state, happening);
      return known;
    }
    this.#total += 1;
    const session: OpenSession = {
      state: newSession(happening, `s${this.#total}`),
      rules: new Map(),
      purposes: new Map(),
      accessKeys: new Set(),
    };
    this.#open.set(name, [...open.slice(1 - OPEN), session]);
    if (this.#kept.length < KEPT) this.#kept.push(session);
    return session;
  }
}

const byId = (one: SessionEvent, other: SessionEvent): number =>
  (one.happening.eventId ?? '') < (other.happening.eventId ?? '') ? -1 : 1;

const order = (one: FoundSession, other: FoundSession): number => (one.state.id < other.state.id ? -1 : 1);
