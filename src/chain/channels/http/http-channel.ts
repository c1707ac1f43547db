import type { Clock } from '../../../base/clock.ts';
import type { Ids } from '../../../base/ids.ts';
import type { Network, NetworkReply } from '../../../base/network.ts';
import { networkFailureOf } from '../../../base/network-failure.ts';
import { type Channel, isRaw, type Outcome, type Outgoing } from '../channel.ts';
import type { DocumentWriter } from '../document.ts';
import { asksForPatience, excerpt, splitCredentials, waitAskedFor } from './answer.ts';
import { digestAnswer, type Login } from './digest.ts';
import { requestHeaders } from './request-headers.ts';

/** AWS gives a receiver fifteen seconds. */
const TIMEOUT = 15_000;
/** Of an answer only the status and the beginning matter. */
const READ = 2_048;

export interface HttpSettings {
  readonly network: Network;
  readonly documents: DocumentWriter;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'hex'>;
}

/** Delivers to http and https endpoints. A receiver that asks for digest authentication is asked once more. */
export function httpChannel({ network, documents, clock, ids }: HttpSettings): Channel {
  return {
    async deliver(outgoing) {
      const { url, credentials, login } = splitCredentials(outgoing.subscription.endpoint);
      const body = isRaw(outgoing) ? outgoing.message.text : await documents.write(outgoing);
      const post = (more: Record<string, string>): Promise<NetworkReply> =>
        network.request({
          method: 'POST',
          url,
          headers: { ...requestHeaders(outgoing), ...more },
          body,
          timeoutMs: TIMEOUT,
          maxResponseBytes: READ,
          // Whoever answered 200 has it, even if the rest of the answer never ends.
          statusDecides: true,
        });
      try {
        const reply = await post(credentials);
        const answer = login && digestFor(reply, url, login, ids);
        return judge(answer === undefined ? reply : await post({ Authorization: answer }), outgoing, clock.now());
      } catch (error) {
        const failure = networkFailureOf(error);
        const hopeless = failure.reason === 'blocked' || failure.reason === 'bad-url';
        return { result: hopeless ? 'giveUp' : 'retry', reason: failure.reason, text: failure.message };
      }
    },
  };
}

function digestFor({ status, headers }: NetworkReply, url: string, login: Login, ids: Pick<Ids, 'hex'>) {
  const { pathname, search } = new URL(url);
  if (status !== 401) return undefined;
  const request = { method: 'POST', uri: `${pathname}${search}`, cnonce: ids.hex(16) };
  return digestAnswer(headers['www-authenticate'] ?? '', login, request);
}

function judge(reply: NetworkReply, outgoing: Outgoing, now: number): Outcome {
  const { status } = reply;
  if (status >= 200 && status < 300) return { result: 'delivered', status };
  const text = `The endpoint answered ${status}${excerpt(reply)}`;
  const waitMs = outgoing.awsRules ? undefined : waitAskedFor(reply, now);
  const wait = waitMs === undefined ? {} : { waitMs };
  if (status >= 500) return { result: 'retry', reason: 'server-error', text, status, ...wait };
  if (outgoing.awsRules) {
    return {
      result: 'delivered',
      status,
      protest: { reason: 'rejected', text: `${text}; by AWS's rules that is delivered` },
    };
  }
  if (asksForPatience(status)) return { result: 'retry', reason: 'throttled', text, status, ...wait };
  return { result: 'giveUp', reason: 'rejected', text, status };
}
