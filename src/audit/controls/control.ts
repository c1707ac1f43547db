import { type Benchmark, isSince, sectionOf } from './benchmark.ts';

/** A pattern text and the first benchmark that prints it; it stands until a later one replaces it. */
export interface PatternSince {
  readonly since: Benchmark;
  readonly pattern: string;
}

/** One of the benchmark's controls that ask for a metric filter and an alarm. */
export interface Control {
  /** Stable name, such as `root-usage`; never changes between benchmark versions. */
  readonly slug: string;
  /** Its place in the section, the same in every version: 3 in 3.3, 4.3 and 5.3. */
  readonly place: number;
  readonly title: string;
  /** What the control is for. */
  readonly intent: string;
  /** For somebody whom a ring has just woken: what it means, and what to do. */
  readonly advice: string;
  /** `CloudWatch.1`; null where Security Hub has no such control. */
  readonly securityHub: string | null;
  /** The first benchmark that has it. */
  readonly since: Benchmark;
  /** What to install and to judge by, oldest first. */
  readonly canonical: readonly PatternSince[];
  /** What the benchmark prints where that must not be installed, because it misses the intent. */
  readonly misprinted?: readonly { readonly from: Benchmark; readonly to: Benchmark; readonly pattern: string }[];
  /** Other forms that the benchmark prints beside it, oldest first; each stands from its version on. */
  readonly alsoPrinted?: readonly PatternSince[];
  /** Other forms that carry the same intent. */
  readonly accepted: readonly string[];
  /** Event names of the pattern whose calls AWS has retired. */
  readonly retired?: readonly string[];
}

/** `4.3` in 5.0.0, `3.3` in 1.2.0, `5.3` in 7.0.0; undefined where the version lacks the control. */
export function numberIn(control: Control, benchmark: Benchmark): string | undefined {
  if (!isSince(benchmark, control.since)) return undefined;
  return `${sectionOf(benchmark)}.${control.place}`;
}

/** The pattern to install and to judge by under `benchmark`. */
export function canonicalPattern(control: Control, benchmark: Benchmark): string {
  const standing = control.canonical.findLast(({ since }) => isSince(benchmark, since)) ?? control.canonical[0];
  return standing!.pattern;
}

/** The pattern as `benchmark` prints it, even where it misses its own intent. */
export function printedPattern(control: Control, benchmark: Benchmark): string {
  const slip = control.misprinted?.find(({ from, to }) => isSince(benchmark, from) && isSince(to, benchmark));
  return slip?.pattern ?? canonicalPattern(control, benchmark);
}

/** Every form that `benchmark` prints for the control, the one to judge by first. */
export function printedForms(control: Control, benchmark: Benchmark): readonly string[] {
  const beside = (control.alsoPrinted ?? []).filter(({ since }) => isSince(benchmark, since));
  const own = [canonicalPattern(control, benchmark), printedPattern(control, benchmark)];
  return [...new Set([...own, ...beside.map(({ pattern }) => pattern)])];
}

/** Every form that carries the control's intent: whoever covers one of them is covered. */
export const acceptedForms = (control: Control, benchmark: Benchmark): readonly string[] => [
  ...new Set([canonicalPattern(control, benchmark), ...control.accepted]),
];
