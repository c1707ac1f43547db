import type { Clock } from '../../../base/clock.ts';
import type { Network } from '../../../base/network.ts';
import type { SecretSource } from '../../../base/secret.ts';
import type { Format } from '../../formats/format.ts';
import type { Receiver } from '../../receiver.ts';
import { judgeAnswer, noAnswer } from './judge-answer.ts';
import { freshSecret, headersFrom, post } from './post.ts';

export interface HttpSettings {
  readonly url: string;
  readonly token?: SecretSource | undefined;
  readonly headers: Readonly<Record<string, string | SecretSource>>;
  readonly gzip: boolean;
}

/** Posts lines of JSON to an address that answers 2xx once it has them. */
export function httpReceiver(settings: HttpSettings, format: Format, network: Network, clock: Clock): Receiver {
  const { url, token, gzip } = settings;
  return {
    to: shownUrl(url),
    limits: { count: 5_000, bytes: 4_194_304, inFlight: 1 },
    encode: format,
    async send(parcels) {
      try {
        const headers = await headersFrom(settings.headers);
        if (token) headers.authorization = `Bearer ${await freshSecret(token)}`;
        const body = parcels.map(({ text }) => `${text}\n`).join('');
        const reply = await post(network, { url, contentType: 'application/x-ndjson', body, gzip, headers });
        return judgeAnswer(reply, clock.now());
      } catch (error) {
        return noAnswer(error);
      }
    },
    close: () => network.close(),
  };
}

/** An address for people: without user, password and query, where secrets are found. */
export function shownUrl(text: string): string {
  if (!URL.canParse(text)) return '';
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname}`;
}
