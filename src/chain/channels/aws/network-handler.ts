import { Readable } from 'node:stream';
import type { Network } from '../../../base/network.ts';

/** What of a request of AWS's SDK matters here. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const TIMEOUT = 15_000;
const READ = 262_144;

/** Lets AWS's SDK out through the guarded door, where every address is judged. It only ever posts. */
export const networkHandler = (network: Network) => ({
  async handle(request: SdkRequest) {
    const port = request.port === undefined ? '' : `:${request.port}`;
    const reply = await network.request({
      method: 'POST',
      url: `${request.protocol}//${request.hostname}${port}${request.path}`,
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
