import { networkFailureOf } from '../../../base/network-failure.ts';
import type { Outcome } from '../channel.ts';

interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** What is wrong with us rather than with the message: people mend it, and then the message must still go out. */
const OUR_FAULT =
  /Credential|ExpiredToken|TokenRefresh|InvalidClientTokenId|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature/;
const THROTTLED = /Throttl|TooManyRequests|LimitExceeded|OverLimit|SlowDown|ServiceUnavailable/;

/**
 * Judges a call to AWS that failed. AWS's rule for its own endpoints: what the client did wrong (no such queue, not
 * allowed) is not tried again, everything else is.
 */
export function awsOutcome(error: unknown): Exclude<Outcome, { result: 'delivered' }> {
  const { name = '', message = String(error), $metadata } = error as SdkError;
  const status = $metadata?.httpStatusCode;
  const text = `${name}: ${message}`.slice(0, 500);
  const answered = status === undefined ? {} : { status };
  if (OUR_FAULT.test(name)) return { result: 'retry', reason: 'aws-credentials', text, ...answered };
  if (THROTTLED.test(name) || status === 429) return { result: 'retry', reason: 'throttled', text, ...answered };
  if (status !== undefined && status >= 500) return { result: 'retry', reason: 'server-error', text, status };
  if (status !== undefined && status >= 400) return { result: 'giveUp', reason: 'rejected', text, status };
  const failure = networkFailureOf(error);
  const hopeless = failure.reason === 'blocked' || failure.reason === 'bad-url';
  return { result: hopeless ? 'giveUp' : 'retry', reason: failure.reason, text: failure.message };
}

/** Of deliveries to AWS while they are not allowed. */
export const AWS_NOT_ALLOWED: Outcome = {
  result: 'giveUp',
  reason: 'blocked',
  text: 'Deliveries to AWS are not allowed; start the engine with --deliver-to-aws',
};
