import { glob } from '../access/glob.ts';

/** Which rings a silence is about: all that is given must fit; `*` stands for any text. */
export interface SilenceMatcher {
  /** Name of the alarm. */
  readonly alarm?: string;
  readonly account?: string;
  readonly region?: string;
  readonly severity?: string;
  /** Of every event behind the ring: who did it, and from where. */
  readonly principal?: string;
  readonly sourceAddress?: string;
}

export const MATCHER_MEMBERS = ['alarm', 'account', 'region', 'severity', 'principal', 'sourceAddress'] as const;

/** What a silence looks at. */
export interface Silenceable {
  readonly alarm: string;
  readonly account: string;
  readonly region: string;
  readonly severity: string | undefined;
  /** The `Trailbell` member of the message. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * Whether a silence is about a ring. One that asks for a principal or an address is only about rings all of
 * whose events are known and fit: it must never hide what somebody else did meanwhile.
 */
export function isSilenced(matcher: SilenceMatcher, ring: Silenceable): boolean {
  const fits = (pattern: string | undefined, text: string): boolean => pattern === undefined || glob(pattern, text, '');
  if (!fits(matcher.alarm, ring.alarm) || !fits(matcher.account, ring.account)) return false;
  if (!fits(matcher.region, ring.region) || !fits(matcher.severity, ring.severity ?? '')) return false;
  const { principal, sourceAddress } = matcher;
  if (principal === undefined && sourceAddress === undefined) return true;
  const events = eventsOf(ring.detail);
  return (
    events.length > 0 &&
    events.length === ring.detail.total &&
    events.every((event) => fits(principal, event.principal ?? '') && fits(sourceAddress, event.sourceAddress ?? ''))
  );
}

interface Event {
  readonly principal?: string;
  readonly sourceAddress?: string;
}

const eventsOf = (detail: Readonly<Record<string, unknown>>): readonly Event[] =>
  Array.isArray(detail.events) ? (detail.events as Event[]) : [];

const LONGEST = 256;

/** Reads a matcher; what is wrong with it comes back as a sentence. */
export function readMatcher(given: unknown): SilenceMatcher | string {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return 'matcher is an object';
  const entries = Object.entries(given);
  if (entries.length === 0) return `matcher says which rings: one or more of ${MATCHER_MEMBERS.join(', ')}`;
  for (const [name, value] of entries) {
    if (!MATCHER_MEMBERS.some((known) => known === name)) {
      return `matcher.${name} is not known; there are ${MATCHER_MEMBERS.join(', ')}`;
    }
    if (typeof value !== 'string' || value === '' || value.length > LONGEST) {
      return `matcher.${name} is a text of 1 to ${LONGEST} characters`;
    }
  }
  return Object.fromEntries(entries) as SilenceMatcher;
}
