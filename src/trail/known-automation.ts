import { addressRange } from '../base/address-range.ts';
import { ACTIONS, isIpAddress, LISTED, type SessionState } from './session-state.ts';

/** Something that is known to act, with somebody who answers for it. All conditions given must hold. */
export interface KnownAutomation {
  readonly name: string;
  readonly owner: string;
  /** The last day on which it is known, `2026-12-31`, UTC. */
  readonly expires: string;
  /** Twelve digits. */
  readonly account?: string | undefined;
  /** The principal's name: `root`, or `deploy (session ci)`; a `*` at the end stands for any rest. */
  readonly principal?: string | undefined;
  /** Every address it came from lies in one of these. */
  readonly addresses?: readonly string[] | undefined;
  /** Everything it did is one of these, such as `s3 GetBucketPolicy`. */
  readonly actions?: readonly string[] | undefined;
}

/** The label of a session that is known. It never hides anything. */
export interface KnownAs {
  readonly name: string;
  readonly owner: string;
  readonly expires: string;
  readonly expired: boolean;
}

export type FindAutomation = (session: SessionState, now: number) => KnownAs | undefined;

const DAY = 86_400_000;

/** @throws Error for an address that cannot be read */
export function automationFinder(known: readonly KnownAutomation[]): FindAutomation {
  const entries = known.map((entry) => ({ entry, ranges: entry.addresses?.map(addressRange) }));
  return (session, now) => {
    const found = entries.find(({ entry, ranges }) => {
      if (entry.account !== undefined && entry.account !== session.account) return false;
      if (entry.principal !== undefined && !namedBy(entry.principal, session.principal.name)) return false;
      if (ranges && !cameFrom(session, (address) => ranges.some((isWithin) => isWithin(address)))) return false;
      return entry.actions === undefined || didOnly(session, entry.actions);
    })?.entry;
    if (!found) return undefined;
    const { name, owner, expires } = found;
    return { name, owner, expires, expired: now >= Date.parse(expires) + DAY };
  };
}

const namedBy = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

/** A session of which no address is known, or more than are kept, came from nowhere that is known. */
function cameFrom({ addresses }: SessionState, isKnown: (address: string) => boolean): boolean {
  const real = addresses.filter(isIpAddress);
  return real.length > 0 && addresses.length < LISTED && real.every(isKnown);
}

/** Signing in to the console is no call, and never part of what automation does; beyond what is counted, anything may be. */
function didOnly({ signIns, triedAndFailed, topActions }: SessionState, actions: readonly string[]): boolean {
  if (signIns > 0 || triedAndFailed > 0 || topActions.length >= ACTIONS) return false;
  return topActions.every(([action]) => actions.includes(action));
}

/** ` (known automation: nightly inventory of ops@example.com, until 2026-12-31)`. */
export function knownPhrase({ name, owner, expires, expired }: KnownAs): string {
  if (!expired) return ` (known automation: ${name} of ${owner}, until ${expires})`;
  return ` (looks like the automation ${name} of ${owner}, which was known until ${expires} only)`;
}
