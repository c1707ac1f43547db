import type { Clock } from '../../../base/clock.ts';
import type { Network, NetworkReply } from '../../../base/network.ts';
import type { SecretSource } from '../../../base/secret.ts';
import { otlpRecord } from '../../formats/otlp.ts';
import type { Outcome, Receiver } from '../../receiver.ts';
import { shownUrl } from '../http/http-receiver.ts';
import { judgeAnswer, noAnswer } from '../http/judge-answer.ts';
import { headersFrom, post } from '../http/post.ts';

export interface OtlpSettings {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | SecretSource>>;
  readonly gzip: boolean;
}

const RESOURCE = { attributes: [{ key: 'service.name', value: { stringValue: 'trailbell' } }] };
const SCOPE = { name: 'trailbell' };

/** Sends log records by OTLP over HTTP, in its JSON form. */
export function otlpReceiver(settings: OtlpSettings, network: Network, clock: Clock): Receiver {
  const url = withPath(settings.url);
  return {
    to: shownUrl(url),
    limits: { count: 2_000, bytes: 4_000_000, inFlight: 1 },
    encode: otlpRecord,
    async send(parcels) {
      try {
        const records = parcels.map(({ text }) => text).join(',');
        const head = `{"resourceLogs":[{"resource":${JSON.stringify(RESOURCE)},"scopeLogs":[{"scope":${JSON.stringify(SCOPE)}`;
        const reply = await post(network, {
          url,
          contentType: 'application/json',
          body: `${head},"logRecords":[${records}]}]}]}`,
          gzip: settings.gzip,
          headers: await headersFrom(settings.headers),
        });
        const outcome = judgeAnswer(reply, clock.now());
        return outcome.result === 'sent' ? judgeParts(reply, parcels.length) : outcome;
      } catch (error) {
        return noAnswer(error);
      }
    },
    close: () => network.close(),
  };
}

/** The usual path where the address has none. */
function withPath(url: string): string {
  const parsed = new URL(url);
  if (parsed.pathname === '/') parsed.pathname = '/v1/logs';
  return parsed.href;
}

interface Answer {
  readonly partialSuccess?: { readonly rejectedLogRecords?: string | number; readonly errorMessage?: string };
}

/**
 * A receiver may reject some records without saying which, and must not be asked again by itself (OTLP, "Partial
 * Success"). Then all of the batch is set aside, for people to look at and to send again one by one.
 */
function judgeParts({ body }: NetworkReply, count: number): Outcome {
  let rejected = 0;
  let says = '';
  try {
    const { partialSuccess } = JSON.parse(Buffer.from(body).toString('utf8') || '{}') as Answer;
    rejected = Number(partialSuccess?.rejectedLogRecords ?? 0);
    says = partialSuccess?.errorMessage ?? '';
  } catch {
    // Any answer of the success kind says that it has them.
  }
  if (!(rejected > 0)) return { result: 'sent' };
  const text = `The receiver rejected ${rejected} of ${count} records and does not say which: ${says}`.slice(0, 500);
  const trouble = { reason: 'partly-rejected', text };
  return {
    result: 'sent',
    isFinal: true,
    refused: Array.from({ length: count }, (_, index) => ({ index, ...trouble })),
  };
}
