import type { Benchmark } from '../controls/benchmark.ts';
import type { Finding } from '../finding.ts';
import type { Scenario } from '../state.ts';

/** What is judged, and by which settings. */
export interface JudgeOptions {
  /** Slugs, numbers of `benchmark` or Security Hub ids; without them the scenario's own control, or all. */
  readonly controls?: readonly string[];
  /** Without one the scenario's own, or 5.0.0. */
  readonly benchmark?: Benchmark;
  /** Milliseconds since 1970 at which the state was read: decides what has expired. */
  readonly now: number;
  /** A delivery to the log group that is older is broken; 24 by default. */
  readonly deliveryHours?: number;
  /** Lets filters pass that miss nothing but calls which AWS has retired. */
  readonly ignoreRetired?: boolean;
}

/**
 * One finding for each control asked for, in the benchmark's order. Pure: the same scenario and options
 * give the same findings. Throws `StateError` for a control or benchmark that there is not.
 */
export type Judge = (scenario: Scenario, options: JudgeOptions) => Finding[];
