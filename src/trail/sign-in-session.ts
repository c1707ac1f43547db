import type { TimedHappening } from './happening.ts';
import { isIpAddress, type SessionState } from './session-state.ts';

/** Silence that ends a session of events without creation time. */
const GAP = 30 * 60_000;

/** Credentials are issued at most this long after the sign-in they belong to. */
const ISSUED_WITHIN = 60_000;

/** Clocks of AWS services differ by seconds. */
const CLOCK_SKEW = 5_000;

/** The longest that temporary credentials live. A creation time further back tells nothing about when somebody came. */
const LONGEST_CREDENTIALS = 36 * 3_600_000;

/**
 * Which stored sessions may be the one of an event: those of `account` and `principalKey` that either have exactly
 * `createdAt`, or lie in time as `(createdAt ?? firstAt) <= to && lastAt >= from`.
 */
export interface CandidateKeys {
  readonly account: string;
  readonly principalKey: string;
  readonly createdAt?: number;
  readonly address?: string;
  readonly from: number;
  readonly to: number;
}

/** What to look sessions up by, to hand them to `joinSession`. */
export function candidateKeys(happening: TimedHappening): CandidateKeys {
  const { account, principal, createdAt, sourceAddress, time } = happening;
  const moments = momentsOf(happening);
  return {
    account,
    principalKey: principal.key,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(sourceAddress === undefined ? {} : { address: sourceAddress }),
    from: Math.min(...moments) - GAP - CLOCK_SKEW,
    to: time + GAP,
  };
}

/**
 * The session among `candidates`, in any order, that an event belongs to; undefined where it begins one.
 *
 * Events of one account, principal and creation time are a session, whatever their address and access key: a console
 * session uses many keys. An event without creation time (a sign-in, a billing page, a long-lived key) belongs to the
 * session of the same principal and address that was created within a minute after it, or that was active within
 * half an hour. A successful sign-in never belongs to a session created before it. Records arrive unsorted, so the
 * rule holds both ways: a session without creation time takes in the calls that turn out to be its own.
 */
export function joinSession(happening: TimedHappening, candidates: readonly SessionState[]): SessionState | undefined {
  let best: { session: SessionState; distance: number } | undefined;
  for (const session of candidates) {
    if (!samePrincipal(happening, session)) continue;
    const distance = distanceTo(happening, session);
    if (distance === undefined) continue;
    if (!best || distance < best.distance || (distance === best.distance && precedes(session, best.session))) {
      best = { session, distance };
    }
  }
  return best?.session;
}

/** Central root access is somebody else behind the same name: credentials from the management account. */
function samePrincipal(happening: TimedHappening, session: SessionState): boolean {
  return (
    session.account === happening.account &&
    session.principal.key === happening.principal.key &&
    session.centralRootAccess === happening.centralRootAccess
  );
}

/** How far an event is from a session it may join, for choosing the nearest; undefined where it may not. */
function distanceTo(happening: TimedHappening, session: SessionState): number | undefined {
  const { createdAt } = happening;
  if (createdAt !== undefined && session.createdAt !== null) return createdAt === session.createdAt ? -1 : undefined;
  if (createdAt !== undefined) return distanceToUndated(happening, createdAt, session);
  if (session.createdAt !== null) return distanceToDated(happening, session, session.createdAt);
  return sharesAddress(happening, session) ? withinGap(silenceBetween(happening.time, session)) : undefined;
}

/** An event with creation time, and a session that so far has none. */
function distanceToUndated(happening: TimedHappening, createdAt: number, session: SessionState): number | undefined {
  const address = happening.sourceAddress;
  // A service that calls for somebody hides where that somebody is.
  const hidden = address === undefined || !isIpAddress(address);
  if (!hidden && !sharesAddress(happening, session)) return undefined;
  if (session.lastAt < createdAt - ISSUED_WITHIN) return undefined;
  const moments = momentsOf(happening);
  const entered = session.signedIn?.at;
  if (entered !== undefined) {
    if (entered > createdAt + CLOCK_SKEW) return undefined;
    const issued = moments.includes(createdAt) && entered >= createdAt - ISSUED_WITHIN;
    if (issued) return Math.abs(entered - createdAt) / GAP;
  }
  if (hidden) return undefined;
  const silences = moments.map((moment) => silenceBetween(moment, session));
  return withinGap(Math.min(...silences));
}

/** An event without creation time, and a session that has one. */
function distanceToDated(happening: TimedHappening, session: SessionState, createdAt: number): number | undefined {
  const entered = happening.signIn && !happening.failed;
  const hidden = entered && session.address === null;
  if (!hidden && !sharesAddress(happening, session)) return undefined;
  const age = happening.time - createdAt;
  if (age < -ISSUED_WITHIN) return undefined;
  const silence = silenceBetween(happening.time, session);
  // Credentials used before they were issued are nonsense; only the use itself tells when somebody was there.
  if (createdAt > session.lastAt + CLOCK_SKEW) return entered ? undefined : withinGap(silence);
  // The session that began with this event, rather than one that was going on.
  if (age <= CLOCK_SKEW) return Math.abs(age) / GAP;
  if (entered) return undefined;
  return withinGap(Math.min(age, silence));
}

/** When somebody was certainly there: at the event, and when the credentials were issued. */
function momentsOf({ time, createdAt }: TimedHappening): number[] {
  if (createdAt === undefined) return [time];
  const age = time - createdAt;
  return age >= -CLOCK_SKEW && age <= LONGEST_CREDENTIALS ? [time, createdAt] : [time];
}

function sharesAddress({ sourceAddress }: TimedHappening, { address, addresses }: SessionState): boolean {
  if (sourceAddress === undefined) return addresses.length === 0;
  return sourceAddress === address || addresses.includes(sourceAddress);
}

function silenceBetween(moment: number, { firstAt, lastAt }: SessionState): number {
  return Math.max(firstAt - moment, moment - lastAt, 0);
}

/** Ranks behind sessions that an event began: those are at most a minute away, which is far below 1. */
function withinGap(silence: number): number | undefined {
  return silence <= GAP ? 1 + silence / GAP : undefined;
}

/** Of equally near sessions the one that began last, so that the order of candidates decides nothing. */
function precedes(one: SessionState, other: SessionState): boolean {
  const began = (session: SessionState): number => session.createdAt ?? session.firstAt;
  return began(one) !== began(other) ? began(one) > began(other) : one.id < other.id;
}
