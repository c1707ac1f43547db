import type { Denial } from '../collect/watched-door.ts';
import type { Finding } from '../finding.ts';
import type { Hindsight } from '../hindsight/hindsight.ts';

/** An account that was looked at, and who looked. */
export interface Audited {
  readonly account: string;
  /** ARN of the caller; null for a state that was read from a file. */
  readonly caller: string | null;
  readonly region: string;
  /** `AWS`, the address of another endpoint, or the name of a file. */
  readonly endpoint: string;
}

/** Whether AWS's own matcher agrees that the account's filters miss a counterexample. */
export interface Replay {
  readonly account: string;
  readonly control: string;
  /** True where no filter of the chain matched it and the benchmark's pattern did. */
  readonly confirmed: boolean;
  readonly says: string;
}

/** Everything that an audit has to tell; each format shows it in its own way. */
export interface Report {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Version of this program. */
  readonly version: string;
  readonly audited: readonly Audited[];
  readonly findings: readonly Finding[];
  readonly denials: readonly Denial[];
  readonly replays: readonly Replay[];
  /** What really happened, where that was asked for. */
  readonly hindsights?: readonly Hindsight[];
  /** What a reader must know besides: accounts left out, a listing cut short. */
  readonly notes: readonly string[];
}

/** Said in every report for people: the audit judges chains, it certifies nothing. */
export const NO_CERTIFICATION =
  'This report is no certification. It says what the configuration that could be read would do; it does not quote the benchmark, and a person must judge the rest.';

/** A failed finding that its owner has accepted is no finding any more. */
export const isOpen = ({ verdict, exception }: Finding): boolean => verdict !== 'PASS' && exception === undefined;

/** `fail`, `undecided` (UNKNOWN or REVIEW) or `clean`; what could not be decided weighs more than a failure. */
export function outcomeOf(findings: readonly Finding[]): 'clean' | 'fail' | 'undecided' {
  const open = findings.filter(isOpen);
  if (open.some(({ verdict }) => verdict !== 'FAIL')) return 'undecided';
  return open.length > 0 ? 'fail' : 'clean';
}
