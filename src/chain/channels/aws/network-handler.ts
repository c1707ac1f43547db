import { Readable } from 'node:stream';
import type { Network } from '../../../base/network.ts';

/** What of a request of AWS's SDK matters here. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly method: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const TIMEOUT = 15_000;
const READ = 262_144;

/** Lets AWS's SDK out through the guarded door, where every address is judged. It posts, or puts an object. */
export const networkHandler = (network: Network) => ({
  async handle(request: SdkRequest) {
    const port = request.port === undefined ? '' : `:${request.port}`;
    const reply = await network.request({
      method: request.method === 'PUT' ? 'PUT' : 'POST',
      url: `${request.protocol}//${request.hostname}${port}${request.path}${queryOf(request)}`,
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      timeoutMs: TIMEOUT,
      maxResponseBytes: READ,
    });
    const { status: statusCode, headers, body } = reply;
    return { response: { statusCode, headers, body: Readable.from([Buffer.from(body)]) } };
  },
  updateHttpClientConfig: () => undefined,
  httpHandlerConfigs: () => ({}),
  destroy: () => undefined,
});

function queryOf({ query = {} }: SdkRequest): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (value === null ? [''] : [value].flat()).map((one) => `${escaped(name)}=${escaped(one)}`),
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** As AWS's signatures have it. */
const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
