import type { Clock } from '../../../base/clock.ts';
import type { Network, NetworkReply } from '../../../base/network.ts';
import { networkFailureOf } from '../../../base/network-failure.ts';
import type { Channel, Outcome, Outgoing } from '../channel.ts';
import { asksForPatience, excerpt, splitCredentials, waitAskedFor } from '../http/answer.ts';
import type { Links } from '../links.ts';
import type { MeaningOf } from '../meaning.ts';
import type { ChatFormat } from './chat-format.ts';
import type { ChatKind } from './chat-kind.ts';
import { discord } from './discord.ts';
import { googleChat } from './google-chat.ts';
import { jsonFormat } from './json-document.ts';
import { pagerduty } from './pagerduty.ts';
import { slack } from './slack.ts';
import { storyOf } from './story.ts';
import { teams } from './teams.ts';

const TIMEOUT = 15_000;
const READ = 4_096;

export const FORMATS: Readonly<Record<ChatKind, ChatFormat>> = {
  slack,
  teams,
  'google-chat': googleChat,
  discord,
  pagerduty,
  json: jsonFormat,
};

/** Statuses by which a service says that it did not like the message itself. */
const MALFORMED = new Set([400, 413, 422]);

/**
 * Delivers to services that people read, each in its own format. A service that refuses the whole message,
 * as after a change of its rules, is sent the bare sentence at once: better plain than never.
 */
export function chatChannel(network: Network, links: Links, clock: Clock, meaningOf?: MeaningOf): Channel {
  const send = async (format: ChatFormat, outgoing: Outgoing, body: object): Promise<Outcome> => {
    const { endpoint } = outgoing.subscription;
    try {
      const { url, credentials } = splitCredentials(format.address?.(endpoint) ?? endpoint);
      const reply = await network.request({
        method: 'POST',
        url,
        headers: {
          'Content-Type': 'application/json; charset=utf-8',
          'User-Agent': 'Trailbell',
          'X-Trailbell-Delivery': outgoing.deliveryId,
          ...credentials,
        },
        body: JSON.stringify(body),
        timeoutMs: TIMEOUT,
        maxResponseBytes: READ,
      });
      return judge(format, reply, clock.now());
    } catch (error) {
      const failure = networkFailureOf(error);
      const hopeless = failure.reason === 'blocked' || failure.reason === 'bad-url';
      return { result: hopeless ? 'giveUp' : 'retry', reason: failure.reason, text: failure.message };
    }
  };
  return {
    async deliver(outgoing) {
      const format = FORMATS[outgoing.chat ?? 'json'];
      const story = storyOf(outgoing, links, meaningOf);
      let body: object;
      try {
        body = format.write(story);
      } catch (error) {
        return { result: 'giveUp', reason: 'bad-url', text: (error as Error).message };
      }
      const outcome = await send(format, outgoing, body);
      const refused = outcome.result === 'giveUp' && MALFORMED.has(outcome.status ?? 0);
      if (!refused || !format.brief) return outcome;
      const second = await send(format, outgoing, format.brief(story));
      if (second.result !== 'delivered') return outcome;
      const text = `${outcome.text}; it took the bare sentence instead`;
      return { ...second, protest: { reason: 'rejected', text } };
    },
  };
}

function judge(format: ChatFormat, reply: NetworkReply, now: number): Outcome {
  const { status } = reply;
  const waitMs = waitAskedFor(reply, now);
  const wait = waitMs === undefined ? {} : { waitMs };
  const objection = format.objection?.(reply);
  if (objection) {
    const text = `${format.name} answered ${status}, but says${excerpt(reply)}`;
    if (objection.again) return { result: 'retry', reason: 'throttled', text, status };
    return { result: 'giveUp', reason: 'rejected', text, status };
  }
  if (status >= 200 && status < 300) return { result: 'delivered', status };
  const text = `${format.name} answered ${status}${excerpt(reply)}`;
  if (status >= 500) return { result: 'retry', reason: 'server-error', text, status, ...wait };
  if (asksForPatience(status)) return { result: 'retry', reason: 'throttled', text, status, ...wait };
  return { result: 'giveUp', reason: 'rejected', text, status };
}
