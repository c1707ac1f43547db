import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Refusal } from '../../base/refusal.ts';
import { headerOf, splitUrl, type WireRequest } from './request.ts';
import { ALGORITHM, type Signature, splitQuery } from './signature.ts';

/** An access key of the gateway. */
export interface KeyRecord {
  readonly accessKeyId: string;
  readonly secret: string;
  /** Twelve digits. */
  readonly account: string;
  /** For temporary credentials: the token that every request must carry. */
  readonly sessionToken?: string;
  /** What the key may do, such as `logs:PutLogEvents` or `logs:*`; undefined allows everything. */
  readonly operations?: readonly string[];
}

/** Where access keys are looked up. */
export interface KeyRing {
  find(accessKeyId: string): Promise<KeyRecord | undefined>;
}

const FIVE_MINUTES = 5 * 60_000;

/**
 * Verifies Signature Version 4 over the request's bytes as received; `now` in milliseconds. Proxies
 * must keep Host, path and query as they were. Throws the refusals that AWS documents.
 */
export function verifySignature(request: WireRequest, signature: Signature, key: KeyRecord, now: number): void {
  if (!equalTokens(key.sessionToken, signature.token)) throw invalidToken();
  checkTime(signature, now);
  if (!signature.signedHeaders.includes('host'))
    throw mismatch("'Host' must be a 'SignedHeader' in the AWS Authorization.");
  // The target names the operation: unsigned, anybody on the way could exchange it.
  if (headerOf(request, 'x-amz-target') !== undefined && !signature.signedHeaders.includes('x-amz-target')) {
    throw mismatch("'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.");
  }
  const scope = `${signature.date}/${signature.region}/${signature.service}/aws4_request`;
  const toSign = [ALGORITHM, signature.time, scope, sha256(canonicalRequest(request, signature))].join('\n');
  const expected = hmac(signingKey(key.secret, signature), toSign);
  const given = /^[0-9a-f]{64}$/.test(signature.signature) ? Buffer.from(signature.signature, 'hex') : Buffer.alloc(32);
  if (!timingSafeEqual(expected, given)) {
    throw mismatch(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
}

/** The refusal of an access key or session token that nobody knows. */
export const invalidToken = (): Refusal =>
  new Refusal('UnrecognizedClientException', 'The security token included in the request is invalid.');

const mismatch = (message: string): Refusal => new Refusal('InvalidSignatureException', message);

function equalTokens(wanted: string | undefined, given: string | undefined): boolean {
  if (wanted === undefined || given === undefined) return wanted === given;
  return timingSafeEqual(createHash('sha256').update(wanted).digest(), createHash('sha256').update(given).digest());
}

function checkTime({ date, time, expires }: Signature, now: number): void {
  if (!time.startsWith(date)) {
    throw mismatch(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${time.slice(0, 8)}', from '${time}'.`,
    );
  }
  const signed = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(signed)) throw mismatch(`'${time}' is not a time.`);
  if (signed - now > FIVE_MINUTES) {
    throw mismatch(
      `Signature not yet current: ${time} is still later than ${basic(now + FIVE_MINUTES)} (${basic(now)} + 5 min.)`,
    );
  }
  if (expires === undefined) {
    if (now - signed > FIVE_MINUTES) {
      throw mismatch(
        `Signature expired: ${time} is now earlier than ${basic(now - FIVE_MINUTES)} (${basic(now)} - 5 min.)`,
      );
    }
  } else if (now - signed > expires * 1000) {
    throw mismatch(`Signature expired: ${time} is more than ${expires} seconds before ${basic(now)}`);
  }
}

const basic = (now: number): string => new Date(now).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');

function canonicalRequest(request: WireRequest, signature: Signature): string {
  const { path, query } = splitUrl(request.url);
  return [
    request.method.toUpperCase(),
    canonicalPath(path),
    canonicalQuery(query, signature.expires !== undefined),
    ...signature.signedHeaders.map((name) => `${name}:${canonicalHeader(request, name)}`),
    '',
    signature.signedHeaders.join(';'),
    payloadHash(request),
  ].join('\n');
}

const canonicalHeader = (request: WireRequest, name: string): string =>
  (headerOf(request, name) ?? '').trim().replaceAll(/ +/g, ' ');

/** Every service but S3 removes dot segments and encodes the path as received once more. */
function canonicalPath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') kept.pop();
    else kept.push(encoded(segment));
  }
  return `/${kept.join('/')}${kept.length > 0 && path.endsWith('/') ? '/' : ''}`;
}

function canonicalQuery(query: string, presigned: boolean): string {
  return splitQuery(query)
    .filter(([name]) => !(presigned && name === 'X-Amz-Signature'))
    .map(([name, value]) => [encoded(name), encoded(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map((pair) => pair.join('='))
    .join('&');
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function payloadHash(request: WireRequest): string {
  const actual = sha256(request.body);
  const declared = headerOf(request, 'x-amz-content-sha256');
  if (declared !== undefined && declared !== actual) {
    throw mismatch('The x-amz-content-sha256 header does not match the payload.');
  }
  return actual;
}

const signingKey = (secret: string, { date, region, service }: Signature): Buffer =>
  [date, region, service, 'aws4_request'].reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret}`));

const hmac = (key: Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text, 'utf8').digest();
const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** Percent-encoding by RFC 3986, stricter than JavaScript's own. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
