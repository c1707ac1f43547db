import type { Clock } from '../../../base/clock.ts';
import type { Network } from '../../../base/network.ts';
import type { SecretSource } from '../../../base/secret.ts';
import { otlpRecord } from '../../formats/otlp.ts';
import { otlpRecordBytes, otlpRequestBytes } from '../../formats/otlp-protobuf.ts';
import type { Content, Parcel, Receiver } from '../../receiver.ts';
import { shownUrl } from '../http/http-receiver.ts';
import { judgeAnswer, noAnswer } from '../http/judge-answer.ts';
import { headersFrom, post } from '../http/post.ts';
import { judgeSuccess, statusMessage } from './otlp-answer.ts';

export interface OtlpSettings {
  readonly url: string;
  /** Every receiver takes protobuf; some take JSON. */
  readonly encoding: 'protobuf' | 'json';
  readonly headers: Readonly<Record<string, string | SecretSource>>;
  readonly gzip: boolean;
}

const NAME = 'trailbell';

/** Sends log records by OTLP over HTTP. */
export function otlpReceiver(settings: OtlpSettings, network: Network, clock: Clock): Receiver<Content> {
  const url = withPath(settings.url);
  const { contentType, encode, request } = FORMS[settings.encoding];
  return {
    to: shownUrl(url),
    limits: { count: 2_000, bytes: 4_000_000, inFlight: 1 },
    encode,
    async send(parcels) {
      try {
        const headers = await headersFrom(settings.headers);
        const reply = await post(network, { url, contentType, body: request(parcels), gzip: settings.gzip, headers });
        const outcome = judgeAnswer(reply, clock.now());
        if (outcome.result === 'sent') return judgeSuccess(reply, parcels.length);
        const says = statusMessage(reply);
        return says === '' ? outcome : { ...outcome, text: `${outcome.text}: ${says}` };
      } catch (error) {
        return noAnswer(error);
      }
    },
    close: () => network.close(),
  };
}

interface Form {
  readonly contentType: string;
  readonly encode: Receiver<Content>['encode'];
  readonly request: (parcels: readonly Parcel<Content>[]) => Content;
}

const JSON_HEAD = `{"resourceLogs":[${JSON.stringify({
  resource: { attributes: [{ key: 'service.name', value: { stringValue: NAME } }] },
}).slice(0, -1)},"scopeLogs":[{"scope":{"name":"${NAME}"}`;

const FORMS: Readonly<Record<OtlpSettings['encoding'], Form>> = {
  json: {
    contentType: 'application/json',
    encode: (item) => JSON.stringify(otlpRecord(item)),
    request: (parcels) => `${JSON_HEAD},"logRecords":[${parcels.map(({ text }) => text).join(',')}]}]}]}`,
  },
  protobuf: {
    contentType: 'application/x-protobuf',
    encode: (item) => otlpRecordBytes(otlpRecord(item)),
    request: (parcels) =>
      otlpRequestBytes(
        NAME,
        NAME,
        parcels.map(({ text }) => text as Uint8Array),
      ),
  },
};

/** The usual path where the address has none. */
function withPath(url: string): string {
  const parsed = new URL(url);
  if (parsed.pathname === '/') parsed.pathname = '/v1/logs';
  return parsed.href;
}
