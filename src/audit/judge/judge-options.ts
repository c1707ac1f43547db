import type { Benchmark } from '../controls/benchmark.ts';
import type { Declarations } from '../declarations.ts';
import type { Coverages } from './coverage.ts';

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
  /** Other means with their drills, and exceptions, as people have written them down. */
  readonly declared?: Declarations;
  /** Tells beside each verdict what other scanners would say. */
  readonly explainScanners?: boolean;
  /** Give one to many judgements: accounts from one template ask for the same proofs. */
  readonly proofs?: Coverages;
}
