import type { Network, NetworkReply } from '../../../base/network.ts';
import { networkFailureOf } from '../../../base/network-failure.ts';
import { type Channel, isRaw, type Outcome, type Outgoing } from '../channel.ts';
import type { DocumentWriter } from '../document.ts';
import { requestHeaders } from './request-headers.ts';

/** AWS gives a receiver fifteen seconds. */
const TIMEOUT = 15_000;
/** Of an answer only the status and the beginning matter. */
const READ = 2_048;

/** Delivers to http and https endpoints. */
export function httpChannel(network: Network, documents: DocumentWriter): Channel {
  return {
    async deliver(outgoing) {
      const { url, credentials } = splitCredentials(outgoing.subscription.endpoint);
      const body = isRaw(outgoing) ? outgoing.message.text : await documents.write(outgoing);
      const headers = { ...requestHeaders(outgoing), ...credentials };
      try {
        const reply = await network.request({
          method: 'POST',
          url,
          headers,
          body,
          timeoutMs: TIMEOUT,
          maxResponseBytes: READ,
        });
        return judge(reply, outgoing);
      } catch (error) {
        const failure = networkFailureOf(error);
        const hopeless = failure.reason === 'blocked' || failure.reason === 'bad-url';
        return { result: hopeless ? 'giveUp' : 'retry', reason: failure.reason, text: failure.message };
      }
    },
  };
}

/** Answers that ask for another try although they are of the client-error kind. */
const LATER = new Set([408, 425, 429]);

function judge(reply: NetworkReply, outgoing: Outgoing): Outcome {
  const { status } = reply;
  if (status >= 200 && status < 300) return { result: 'delivered', status };
  const text = `The endpoint answered ${status}${excerpt(reply)}`;
  if (status >= 500) return { result: 'retry', reason: 'server-error', text, status };
  if (outgoing.awsRules) {
    return {
      result: 'delivered',
      status,
      protest: { reason: 'rejected', text: `${text}; by AWS's rules that is delivered` },
    };
  }
  if (LATER.has(status)) return { result: 'retry', reason: 'throttled', text, status };
  return { result: 'giveUp', reason: 'rejected', text, status };
}

/** The first line of a plain answer, for whoever has to find out. */
function excerpt({ headers, body }: NetworkReply): string {
  if (
    headers['content-encoding'] !== undefined ||
    !/^(text|application\/json)/.test(headers['content-type'] ?? 'text')
  ) {
    return '';
  }
  const line = Buffer.from(body)
    .toString('utf8')
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 200);
  return line === '' ? '' : `: ${line}`;
}

function splitCredentials(endpoint: string): { url: string; credentials: Record<string, string> } {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || (url.username === '' && url.password === '')) return { url: endpoint, credentials: {} };
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  return { url: url.href, credentials: { Authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}
