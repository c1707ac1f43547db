import type { Clock } from '../../../base/clock.ts';
import type { Network, NetworkReply } from '../../../base/network.ts';
import type { SecretSource } from '../../../base/secret.ts';
import { isTrailRecord } from '../../../chain/matches/trail-record.ts';
import { eventIdOf } from '../../../trail/record.ts';
import { ecsDocument } from '../../formats/ecs.ts';
import type { ForwardItem } from '../../item.ts';
import type { Outcome, Receiver, RefusedPart } from '../../receiver.ts';
import { shownUrl } from '../http/http-receiver.ts';
import { judgeAnswer, noAnswer } from '../http/judge-answer.ts';
import { freshSecret, post } from '../http/post.ts';

export interface ElasticSettings {
  readonly url: string;
  /** Base64 of an API key, as Elasticsearch shows it under `encoded`. */
  readonly apiKey?: SecretSource | undefined;
  readonly user?: string | undefined;
  readonly password?: SecretSource | undefined;
  /** Data stream (or index) of events, and of rings and findings. */
  readonly events: string;
  readonly rings: string;
}

/**
 * Sends documents to `_bulk`. Each has the record's own id and is only ever created: what arrives again is known there
 * already and counts as sent. Every item has an answer of its own: those that are throttled are sent again, those that
 * do not fit the index are set aside.
 */
export function elasticReceiver(settings: ElasticSettings, network: Network, clock: Clock): Receiver {
  const base = settings.url.replace(/\/+$/, '');
  const authorization = async (): Promise<Record<string, string>> => {
    if (settings.apiKey) return { authorization: `ApiKey ${await freshSecret(settings.apiKey)}` };
    if (settings.user === undefined || !settings.password) return {};
    const pair = `${settings.user}:${await freshSecret(settings.password)}`;
    return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
  };
  return {
    to: shownUrl(base),
    limits: { count: 2_000, bytes: 8_388_608, inFlight: 1 },
    encode(item) {
      const target = item.kind === 'event' ? settings.events : settings.rings;
      const action = JSON.stringify({ create: { _index: target, _id: documentId(item) } });
      return `${action}\n${ecsDocument(item)}\n`;
    },
    async send(parcels) {
      try {
        const reply = await post(network, {
          url: `${base}/_bulk?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason`,
          contentType: 'application/x-ndjson',
          body: parcels.map(({ text }) => text).join(''),
          gzip: true,
          headers: await authorization(),
        });
        const outcome = judgeAnswer(reply, clock.now());
        return outcome.result === 'sent' ? judgeItems(reply, parcels.length) : outcome;
      } catch (error) {
        return noAnswer(error);
      }
    },
    close: () => network.close(),
  };
}

/**
 * The same for every copy of a CloudTrail record; of other events, of every attempt: what they may call `eventID`, as
 * Windows does, is the kind of an event, and all but the first would be taken for known.
 */
function documentId(item: ForwardItem): string {
  if (item.kind !== 'event' || !isTrailRecord(item.view.object)) return item.id;
  const id = eventIdOf(item.view.object);
  return id !== undefined && /^[\w-]{1,128}$/.test(id) ? id : item.id;
}

interface BulkAnswer {
  readonly errors?: boolean;
  readonly items?: readonly Readonly<
    Record<string, { readonly status?: number; readonly error?: { readonly type?: string; readonly reason?: string } }>
  >[];
}

const ALREADY_THERE = 409;
const THROTTLED = 429;
/** Of a document that would need an index that cannot be made, as the cluster has no shards left. */
const OF_CLUSTER = 'validation_exception';

function judgeItems({ body }: NetworkReply, count: number): Outcome {
  let answer: BulkAnswer;
  try {
    answer = JSON.parse(Buffer.from(body).toString('utf8')) as BulkAnswer;
  } catch {
    return {
      result: 'retry',
      reason: 'unreadable-answer',
      text: 'The answer to _bulk is no JSON: is it Elasticsearch?',
    };
  }
  if (answer.errors === false) return { result: 'sent' };
  const { items } = answer;
  if (items?.length !== count) {
    const text = 'The answer to _bulk does not speak of every document: is it Elasticsearch?';
    return { result: 'retry', reason: 'unreadable-answer', text };
  }
  const refused: RefusedPart[] = [];
  const again: number[] = [];
  let trouble = { reason: 'throttled', text: '' };
  items.forEach((item, index) => {
    const { status = 0, error } = Object.values(item)[0] ?? {};
    if ((status >= 200 && status < 300) || status === ALREADY_THERE) return;
    const text = `${status} ${error?.type ?? ''}: ${error?.reason ?? ''}`.slice(0, 500);
    if (status === 400 && error?.type !== OF_CLUSTER) refused.push({ index, reason: 'rejected', text });
    else {
      again.push(index);
      trouble = { reason: status === 400 ? 'settings' : reasonOf(status), text };
    }
  });
  return { result: 'sent', refused, ...(again.length > 0 && { again: { indexes: again, ...trouble } }) };
}

/** Only what does not fit the index is refused for good; rights, missing indexes and full disks are mended by people. */
function reasonOf(status: number): string {
  if (status === THROTTLED) return 'throttled';
  if (status === 401 || status === 403) return 'not-allowed';
  return status >= 500 ? 'server-error' : 'wrong-address';
}
