import type { Clock } from '../../../base/clock.ts';
import type { Ids } from '../../../base/ids.ts';
import type { Network, NetworkReply } from '../../../base/network.ts';
import type { SecretSource } from '../../../base/secret.ts';
import type { Around, Outcome, Parcel, Receiver } from '../../receiver.ts';
import { shownUrl } from '../http/http-receiver.ts';
import { judgeAnswer, noAnswer, pageInstead } from '../http/judge-answer.ts';
import { freshSecret, post } from '../http/post.ts';
import { type SplunkNames, splunkEvent } from './splunk-event.ts';

export interface SplunkSettings extends SplunkNames {
  /** Of the collector, such as `https://splunk.example.com:8088`. */
  readonly url: string;
  readonly token: SecretSource;
  /** Wait until the indexers say that they have it. */
  readonly acknowledge: boolean;
  /** After so many seconds without that word a batch is sent again. */
  readonly acknowledgeSeconds: number;
}

const SECOND = 1_000;
const LONGEST_POLL = 10 * SECOND;
/** Answers of the collector that people must mend: wrong index, no channel, channel not valid, acknowledgement off. */
const OF_SETTINGS: ReadonlySet<number> = new Set([7, 10, 11, 14]);
/** The code that says that a token has no indexer acknowledgement. */
const ACK_IS_OFF = 14;

interface Answer {
  readonly text?: string;
  readonly code?: number;
  readonly ackId?: number;
  readonly 'invalid-event-number'?: number;
  readonly acks?: Readonly<Record<string, boolean>>;
}

/**
 * Sends to Splunk's HTTP Event Collector. With indexer acknowledgement a batch counts as sent when the indexers have
 * it, not when the collector has: what a collector loses in between is sent again.
 */
export function splunkReceiver(settings: SplunkSettings, network: Network, clock: Clock, ids: Ids): Receiver {
  const base = settings.url.replace(/\/+$/, '');
  const channel = ids.uuid();
  let mayAcknowledge = false;

  const call = async (path: string, body: string): Promise<NetworkReply> => {
    const headers: Record<string, string> = { authorization: `Splunk ${await freshSecret(settings.token)}` };
    if (settings.acknowledge) headers['x-splunk-request-channel'] = channel;
    const url = `${base}/services/collector/${path}`;
    return post(network, { url, contentType: 'application/json', body, gzip: path === 'event', headers });
  };

  /** Asked before anything is sent: with a token that cannot acknowledge, every batch would be sent again and again. */
  const needAcknowledgement = async (): Promise<Outcome | undefined> => {
    if (mayAcknowledge) return undefined;
    const reply = await call(`ack?channel=${channel}`, JSON.stringify({ acks: [] }));
    const { code } = answerOf(reply);
    if (code === ACK_IS_OFF) {
      const text =
        'The token has no indexer acknowledgement: enable it for the token, or set "acknowledge": false here';
      return { result: 'retry', reason: 'no-acknowledgement', text };
    }
    // A collector has something to say of being asked for nothing; anything else would never tell what was indexed.
    const isCollector = reply.status === 400 ? code !== undefined : reply.status === 200 && !pageInstead(reply);
    if (!isCollector) return wouldWait(judgeAnswer(reply, clock.now()), reply);
    mayAcknowledge = true;
    return undefined;
  };

  const acknowledged = async (ackId: number, { sleep, stopped }: Around): Promise<Outcome> => {
    const deadline = clock.now() + settings.acknowledgeSeconds * SECOND;
    for (let delay = SECOND; clock.now() < deadline && !stopped(); delay = Math.min(LONGEST_POLL, delay * 1.5)) {
      await sleep(delay);
      const reply = await call(`ack?channel=${channel}`, JSON.stringify({ acks: [ackId] })).catch(() => undefined);
      if (reply && answerOf(reply).acks?.[String(ackId)] === true) return { result: 'sent' };
    }
    const text = `The indexers did not acknowledge a batch within ${settings.acknowledgeSeconds} s: it is sent again`;
    return { result: 'retry', reason: 'not-acknowledged', text };
  };

  return {
    to: shownUrl(base),
    limits: { count: 5_000, bytes: 1_000_000, inFlight: settings.acknowledge ? 8 : 1 },
    encode: (item) => splunkEvent(item, settings),
    async send(parcels, around) {
      try {
        if (settings.acknowledge) {
          const trouble = await needAcknowledgement();
          if (trouble) return trouble;
        }
        const reply = await call('event', parcels.map(({ text }) => text).join('\n'));
        const outcome = judge(reply, parcels, clock.now());
        if (outcome.result !== 'sent' || outcome.refused || !settings.acknowledge) return outcome;
        const { ackId } = answerOf(reply);
        if (ackId === undefined) {
          const text = 'The collector gave no acknowledgement id: something between here and Splunk may drop it';
          return { result: 'retry', reason: 'no-acknowledgement', text };
        }
        return await acknowledged(ackId, around);
      } catch (error) {
        return noAnswer(error);
      }
    },
    close: () => network.close(),
  };
}

/** Of an answer to a question that is no batch: nothing can be set aside for it. */
function wouldWait(outcome: Outcome, reply: NetworkReply): Outcome {
  if (outcome.result === 'retry') return outcome;
  const text = `The collector does not tell what was indexed: it answered ${reply.status} to /services/collector/ack`;
  return { result: 'retry', reason: 'no-acknowledgement', text };
}

/** A batch with a bad event is refused by the number of that event: the others are sent again without it. */
function judge(reply: NetworkReply, parcels: readonly Parcel[], now: number): Outcome {
  const outcome = judgeAnswer(reply, now);
  const { code = outcome.result === 'sent' ? 0 : -1, text = '', 'invalid-event-number': index } = answerOf(reply);
  if (outcome.result === 'sent' && code === 0) return pageInstead(reply) ?? outcome;
  if (outcome.result === 'retry') return outcome;
  const says = `The collector answered ${reply.status}, code ${code}: ${text}`.slice(0, 500);
  if (outcome.result === 'sent') return { result: 'retry', reason: 'server-error', text: says };
  if (OF_SETTINGS.has(code)) return { result: 'retry', reason: 'settings', text: says };
  if (index === undefined || !parcels[index]) return outcome;
  const trouble = { reason: 'rejected', text: says };
  const indexes = parcels.map((_, other) => other).filter((other) => other !== index);
  return {
    result: 'sent',
    refused: [{ index, ...trouble }],
    ...(indexes.length > 0 && { again: { indexes, ...trouble, waitMs: 0 } }),
  };
}

function answerOf({ body }: NetworkReply): Answer {
  try {
    const answer = JSON.parse(Buffer.from(body).toString('utf8')) as Answer | null;
    return typeof answer === 'object' && answer !== null ? answer : {};
  } catch {
    return {};
  }
}
