import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import { Agent, request } from 'undici';

type Data = string | ArrayBuffer | ArrayBufferView;

/** SHA-256 as signing asks for it: with a secret, as HMAC. */
class Sha256 {
  readonly #secret: Data | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: Data) {
    this.#secret = secret;
    this.#hash = newHash(secret);
  }

  update(data: Data): void {
    this.#hash.update(viewOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = newHash(this.#secret);
  }
}

const newHash = (secret: Data | undefined): Hash | Hmac =>
  secret === undefined ? createHash('sha256') : createHmac('sha256', viewOf(secret));

const viewOf = (data: Data): string | NodeJS.ArrayBufferView =>
  data instanceof ArrayBuffer ? new Uint8Array(data) : (data as string | NodeJS.ArrayBufferView);

export interface GetSettings {
  readonly bucket: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type S3Get = (key: string, get: GetSettings) => Promise<AsyncIterable<Uint8Array> | undefined>;

const SILENCE = 30_000;

/**
 * GetObject without most of the SDK's machinery, which takes several times as long as everything else that is done for
 * a small object. Gives undefined for any answer that is not the content: then the SDK is to ask, which knows
 * redirects, retries and refusals.
 */
export function s3Get(client: S3Client, connections: number): S3Get {
  const agent = new Agent({ connections, connect: { timeout: 5_000 }, headersTimeout: SILENCE, bodyTimeout: SILENCE });
  /** Where the bucket turned out to be, by bucket. */
  const regions = new Map<string, string>();
  const places = new Map<string, Promise<Place>>();

  const placeOf = (bucket: string): Promise<Place> => {
    const known = places.get(bucket) ?? findPlace(client, bucket, regions.get(bucket));
    places.set(bucket, known);
    return known;
  };

  return async (key, { bucket, headers }) => {
    // Whoever reads an address takes these for steps upwards, into another bucket.
    if (key.split('/').some((part) => part === '.' || part === '..')) return undefined;
    const { url, signer } = await placeOf(bucket);
    const path = `${url.pathname.replace(/\/$/, '')}/${key.split('/').map(encoded).join('/')}`;
    const signed = await signer.sign({
      method: 'GET',
      protocol: url.protocol,
      hostname: url.hostname,
      path,
      query: {},
      headers: { ...headers, host: url.host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
    });
    const answer = await request(`${url.origin}${path}`, { dispatcher: agent, headers: signed.headers });
    const expected = headers.range === undefined ? 200 : 206;
    if (answer.statusCode === expected && isFrom(headers.range, answer.headers['content-range'])) return answer.body;
    await answer.body.dump();
    const region = answer.headers['x-amz-bucket-region'];
    if (typeof region === 'string' && regions.get(bucket) !== region) {
      regions.set(bucket, region);
      places.delete(bucket);
    }
    return undefined;
  };
}

interface Place {
  readonly url: URL;
  readonly signer: SignatureV4;
}

/** The SDK's own rules say which host a bucket has. */
async function findPlace(client: S3Client, bucket: string, found: string | undefined): Promise<Place> {
  const { config } = client;
  const region = found ?? (await config.region());
  const custom = await config.endpoint?.();
  const Endpoint =
    custom && `${custom.protocol}//${custom.hostname}${custom.port ? `:${custom.port}` : ''}${custom.path}`;
  const { url } = config.endpointProvider({
    Bucket: bucket,
    Region: region,
    UseFIPS: false,
    UseDualStack: false,
    Accelerate: false,
    ForcePathStyle: custom !== undefined,
    DisableMultiRegionAccessPoints: true,
    UseArnRegion: false,
    ...(Endpoint && { Endpoint }),
  });
  const credentials = () => config.credentials();
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: false,
  });
  return { url, signer };
}

/** As AWS encodes keys for signing: all but letters, digits and `-._~`. */
const encoded = (part: string): string =>
  encodeURIComponent(part).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

const isFrom = (range: string | undefined, got: string | string[] | undefined): boolean =>
  range === undefined || (typeof got === 'string' && got.startsWith(range.replace('=', ' ')));
