import type { JsonObject } from '../pattern/index.ts';
import type { BrokenLink } from './broken-links.ts';

/**
 * PASS: one event of the prescribed set would notify a live subscriber. FAIL: it would not. UNKNOWN:
 * a decisive fact could not be read. REVIEW: a person must decide, because another mechanism is there
 * or the state cannot prove itself.
 */
export type Verdict = 'PASS' | 'FAIL' | 'UNKNOWN' | 'REVIEW';

/** What the audit text, followed word for word, says; UNADDRESSED where it does not speak of the case. */
export type LiteralVerdict = 'PASS' | 'FAIL' | 'UNADDRESSED';

/** One link of the chain that was judged, for a line of a report. */
export interface LinkReport {
  readonly link:
    | 'trail'
    | 'log group'
    | 'filters'
    | 'metric'
    | 'alarm'
    | 'topic'
    | 'subscription'
    | 'security hub'
    | 'rule';
  /** Its name as the user knows it: an ARN, or names joined by commas; null where there is none. */
  readonly name: string | null;
  /** null where it could not be read, or was not reached. */
  readonly holds: boolean | null;
  /** The conditions that do not hold. */
  readonly broken: readonly BrokenLink[];
  readonly says: string;
}

/** The chain that was judged: the whole one, or the one that came furthest. */
export interface FindingPath {
  readonly trail?: string;
  readonly logGroup?: string;
  readonly filters?: readonly string[];
  readonly metric?: string;
  readonly alarm?: string;
  readonly composite?: string;
  readonly topic?: string;
  readonly subscription?: string;
  readonly rule?: string;
  readonly links?: readonly LinkReport[];
}

/** A fact that the verdict rests on. */
export interface Evidence {
  /** The call that told it, such as `cloudtrail:GetTrailStatus`; for what was not read from AWS, its kind. */
  readonly source: string;
  /** ARN or name of what it is about. */
  readonly about: string;
  readonly fact: string;
}

/** A FAIL that its owner has accepted until a day. */
export interface AcceptedException {
  readonly owner: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly expires: string;
}

/** What another scanner would say of a control, in its own words for verdicts, and why. */
export interface ScannerOpinion {
  readonly tool: string;
  readonly says: 'PASS' | 'FAIL' | 'WARNING' | 'NO_DATA' | 'UNKNOWN' | 'no check';
  readonly why: string;
}

/** What the audit says of one control; the JSON contract of `trailbell audit --json`. */
export interface Finding {
  /** The number in the benchmark asked for, such as 4.3. */
  readonly control: string;
  readonly name: string;
  /** Its numbers elsewhere: `{"cis-1.2.0": "3.3", "cis-5.0.0": "4.3", "cis-7.0.0": "5.3", "securityHub": "CloudWatch.1"}`. */
  readonly ids: Readonly<Record<string, string>>;
  readonly benchmark: string;
  /** The audited account, also where the chain lies in another. */
  readonly account: string;
  /** Where the chain lies. */
  readonly region: string;
  readonly verdict: Verdict;
  readonly literal: LiteralVerdict;
  /** The first broken link of the best chain; for UNKNOWN the one that could not be read. */
  readonly brokenLink: BrokenLink | null;
  readonly brokenLinks: readonly BrokenLink[];
  readonly warnings: readonly string[];
  /** Sentences for a tired person. */
  readonly reason: string;
  /** What mends it, with the command; empty where nothing needs mending. */
  readonly fix: string;
  /** An event that should ring and does not. */
  readonly counterexample: JsonObject | null;
  readonly path: FindingPath;
  readonly evidence: readonly Evidence[];
  /** Only where an exception was recorded for this finding and has not expired. */
  readonly exception?: AcceptedException;
  /** Only where it was asked for, and the control has a chain. */
  readonly scanners?: readonly ScannerOpinion[];
}
