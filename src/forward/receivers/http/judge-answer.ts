import type { NetworkReply } from '../../../base/network.ts';
import { networkFailureOf } from '../../../base/network-failure.ts';
import { asksForPatience, excerpt, waitAskedFor } from '../../../chain/channels/http/answer.ts';
import type { Outcome } from '../../receiver.ts';

/** What a receiver says of the content rather than of us: malformed, too large, of another form than it takes. */
const OF_CONTENT: ReadonlySet<number> = new Set([400, 413, 415, 422]);

/**
 * Judges the answer to a batch. Only what a receiver says of the content is a refusal; whatever people can mend (a token
 * that ran out, an address that moved) makes the records wait.
 */
export function judgeAnswer(reply: NetworkReply, now: number): Outcome {
  const { status } = reply;
  if (status >= 200 && status < 300) return { result: 'sent' };
  const text = `The receiver answered ${status}${excerpt(reply)}`;
  if (OF_CONTENT.has(status)) return { result: 'refused', reason: status === 413 ? 'too-large' : 'rejected', text };
  const waitMs = waitAskedFor(reply, now);
  const wait = waitMs === undefined ? {} : { waitMs };
  if (asksForPatience(status)) return { result: 'retry', reason: 'throttled', text, ...wait };
  if (status >= 500) return { result: 'retry', reason: 'server-error', text, ...wait };
  if (status === 401 || status === 403) return { result: 'retry', reason: 'not-allowed', text };
  return { result: 'retry', reason: 'wrong-address', text };
}

/** A web page where a receiver should be is no receipt, whatever its status: somebody is asked to sign in, for example. */
export function pageInstead({ status, headers }: NetworkReply): Outcome | undefined {
  if (!/^text\/html/i.test(headers['content-type'] ?? '')) return undefined;
  const text = `A web page was answered (${status}) where a receiver should be: is the address right?`;
  return { result: 'retry', reason: 'unreadable-answer', text };
}

/** Of a request that got no answer, or could not be made. */
export function noAnswer(error: unknown): Outcome {
  if (error instanceof SecretError) return { result: 'retry', reason: 'no-secret', text: error.message };
  const { reason, message } = networkFailureOf(error);
  return { result: 'retry', reason, text: message };
}

/** A secret that is not where the settings say. */
export class SecretError extends Error {}
