import type { Benchmark } from '../controls/benchmark.ts';

/** What the user says about a repair. */
export interface RepairOptions {
  readonly benchmark: Benchmark;
  /** Whom to tell: protocol and endpoint of a new subscription, such as `email` and an address. */
  readonly protocol?: string;
  readonly endpoint?: string;
  /** ARN of the topic that rings go to; without it that of the chain, or our own. */
  readonly topicArn?: string;
  /** Bucket and role of a trail that must be made, or given a log group. */
  readonly trailBucket?: string;
  readonly trailRoleArn?: string;
}
