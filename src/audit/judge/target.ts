import { filterRule, type JsonObject, type Rule } from '../../pattern/index.ts';
import { BENCHMARKS, type Benchmark } from '../controls/benchmark.ts';
import { acceptedForms, type Control, canonicalPattern, printedForms } from '../controls/control.ts';
import { exampleEvents } from './example-events.ts';

/** What a control asks for under a benchmark. */
export interface Target {
  readonly control: Control;
  readonly benchmark: Benchmark;
  readonly account: string;
  /** The pattern to judge by. */
  readonly pattern: string;
  readonly rule: Rule;
  /** Patterns of which covering one is enough, that to judge by first. */
  readonly forms: readonly string[];
  /** Patterns that the benchmark prints: the literal verdict is told by them. */
  readonly printed: readonly string[];
  /** Those of them that say what is meant: what goes beyond them all is over-broad. */
  readonly meant: readonly string[];
  /** Patterns that later benchmarks print. */
  readonly newer: readonly string[];
  /** Events as CloudTrail records them that the pattern matches. */
  readonly examples: readonly JsonObject[];
}

export function targetOf(control: Control, benchmark: Benchmark, account: string): Target {
  const pattern = canonicalPattern(control, benchmark);
  const printed = printedForms(control, benchmark);
  const misprints = (control.misprinted ?? []).map((slip) => slip.pattern);
  const meant = printed.filter((text) => !misprints.includes(text));
  const later = BENCHMARKS.slice(BENCHMARKS.indexOf(benchmark) + 1).map((version) =>
    canonicalPattern(control, version),
  );
  return {
    control,
    benchmark,
    account,
    pattern,
    rule: filterRule(pattern),
    forms: [...new Set([pattern, ...meant, ...acceptedForms(control, benchmark)])],
    printed,
    meant,
    newer: [...new Set(later)].filter((text) => text !== pattern),
    examples: exampleEvents(control, account, benchmark),
  };
}
