import { backoff, type RetryPolicy, retryDelays } from '../topics/retry-policy.ts';
import type { Protocol } from '../topics/subscription.ts';

/** What decides when a failed delivery is tried again. */
export interface RetryRules {
  readonly protocol: Protocol;
  /** AWS's policy for HTTP, where AWS's rules were asked for. */
  readonly policy?: RetryPolicy;
}

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
const LONGEST_PAUSE = 900 * SECOND;

/**
 * Milliseconds until the next attempt, or undefined when it was the last one.
 * @param failures attempts so far, at least 1
 * @param age milliseconds since the delivery was made
 */
export function nextDelay(rules: RetryRules, failures: number, age: number): number | undefined {
  switch (rules.protocol) {
    case 'http':
    case 'https':
      return rules.policy ? seconds(retryDelays(rules.policy)[failures - 1]) : patientDelay(failures, age);
    case 'email':
    case 'email-json':
      return seconds(mailDelay(failures - 1));
    case 'sqs':
    case 'lambda':
    case 'firehose':
      return seconds(queueDelay(failures - 1));
  }
}

const seconds = (delay: number | undefined): number | undefined => (delay === undefined ? undefined : delay * SECOND);

/** Trailbell's own for HTTP: soon at first, then ever more patiently, for a day. */
function patientDelay(failures: number, age: number): number | undefined {
  const delay = Math.min(LONGEST_PAUSE, SECOND * 2 ** Math.min(failures - 1, 20));
  return age + delay > DAY ? undefined : delay;
}

/** AWS's for mail: 2 × 10 s, ten growing from 10 s to 10 min, 38 × 10 min: fifty in more than six hours. */
function mailDelay(retry: number): number | undefined {
  if (retry < 2) return 10;
  if (retry < 12) return backoff('exponential', 10, 600, retry - 2, 9);
  return retry < 50 ? 600 : undefined;
}

/** AWS's for queues: three at once, 2 × 1 s, ten growing from 1 s to 20 s, then 20 s for 23 days. */
function queueDelay(retry: number): number | undefined {
  if (retry < 3) return 0;
  if (retry < 5) return 1;
  if (retry < 15) return backoff('exponential', 1, 20, retry - 5, 9);
  return retry < 100_015 ? 20 : undefined;
}

/** A delay moved by up to a tenth either way, so that receivers that fail together are not called together. */
export const jittered = (delay: number, fraction: number): number => Math.round(delay * (0.9 + 0.2 * fraction));
