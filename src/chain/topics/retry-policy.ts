/** How often and when a failed HTTP delivery is repeated, as AWS names it; delays are in seconds. */
export interface RetryPolicy {
  readonly minDelayTarget: number;
  readonly maxDelayTarget: number;
  readonly numRetries: number;
  readonly numMaxDelayRetries: number;
  readonly numNoDelayRetries: number;
  readonly numMinDelayRetries: number;
  readonly backoffFunction: BackoffFunction;
}

export const BACKOFF_FUNCTIONS = ['linear', 'arithmetic', 'geometric', 'exponential'] as const;
export type BackoffFunction = (typeof BACKOFF_FUNCTIONS)[number];

/** AWS's own for HTTP: three retries, 20 seconds apart. */
export const AWS_HTTP_RETRIES: RetryPolicy = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: 'linear',
};

/** The seconds before each retry, in order: at once, pre-backoff, backoff, post-backoff. */
export function retryDelays(policy: RetryPolicy): number[] {
  const { minDelayTarget: min, maxDelayTarget: max } = policy;
  const steps = policy.numRetries - policy.numNoDelayRetries - policy.numMinDelayRetries - policy.numMaxDelayRetries;
  const repeat = (count: number, delay: number): number[] => Array.from({ length: Math.max(0, count) }, () => delay);
  return [
    ...repeat(policy.numNoDelayRetries, 0),
    ...repeat(policy.numMinDelayRetries, min),
    ...repeat(steps, 0).map((_, step) => backoff(policy.backoffFunction, min, max, step, steps - 1)),
    ...repeat(policy.numMaxDelayRetries, max),
  ];
}

/**
 * AWS documents that the first delay is the minimum and the last the maximum, and only draws the
 * curves between; these are the plain forms of their names.
 */
export function backoff(kind: BackoffFunction, min: number, max: number, step: number, last: number): number {
  if (last <= 0) return min;
  switch (kind) {
    case 'linear':
      return min + ((max - min) * step) / last;
    case 'arithmetic':
      return min + ((max - min) * step * (step + 1)) / (last * (last + 1));
    case 'geometric':
      return min * (max / min) ** (step / last);
    case 'exponential':
      return min + ((max - min) * (2 ** step - 1)) / (2 ** last - 1);
  }
}
