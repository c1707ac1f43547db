import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import type { JsonValue } from './java-text.ts';

/** Which events a ring is to tell of: those that any of these metrics counted in [from, until). */
export interface EvidenceQuery {
  /** One, or all that an alarm's metric math reads. */
  readonly metricIds: readonly number[];
  readonly from: number;
  readonly until: number;
  /** Only these sign-in sessions. */
  readonly sessions?: readonly string[];
  /** Only what this intake run brought as history. */
  readonly run?: string;
}

/** Who did what. */
export interface Evidence {
  /** One plain sentence. */
  readonly headline: string;
  /** Sign-in sessions, events and totals: the `Trailbell` member of the message. */
  readonly detail: { readonly [key: string]: JsonValue };
  /** The same for people, in lines, for the top of a mail. */
  readonly text: string;
  /** The sessions it tells of. */
  readonly sessions: readonly string[];
}

/** What the matches stage knows; undefined for metrics that no metric filter feeds. */
export type EvidenceFor = (db: Kysely<Tables>, query: EvidenceQuery) => Promise<Evidence | undefined>;
