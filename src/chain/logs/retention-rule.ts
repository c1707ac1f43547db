const DAY = 86_400_000;

/** The days AWS offers. */
export const RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** AWS takes nothing older than this; what is, came in as history through our own door. */
const OLDEST_UPLOAD = 14 * DAY;

/** What a group's retention says at one moment. */
export interface Retention {
  /** Events before this time have expired … */
  readonly cutoff: number;
  /** … unless they were older than this many milliseconds on arrival: history counts from its arrival. */
  readonly historyAge: number;
}

/**
 * The rule for a group that keeps events for `days`; undefined when it keeps them for ever. An
 * archive of years, imported into a group that keeps 90 days, would otherwise be gone the moment it
 * came in. AWS has no such case, as it takes no history.
 */
export function retentionOf(days: number | null, now: number): Retention | undefined {
  if (days === null) return undefined;
  return { cutoff: now - days * DAY, historyAge: Math.max(days * DAY, OLDEST_UPLOAD) };
}

/** Has an event of that time and arrival expired? */
export const hasExpired = ({ cutoff, historyAge }: Retention, at: number, ingestedAt: number): boolean =>
  at < cutoff && (at >= ingestedAt - historyAge || ingestedAt < cutoff);
