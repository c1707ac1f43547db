import { Refusal } from '../../base/refusal.ts';
import { headerOf, splitUrl, type WireRequest } from './request.ts';

/** A Signature Version 4 as a request states it: read, not yet verified. */
export interface Signature {
  readonly accessKeyId: string;
  /** `20260101`, of the scope. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  /** 64 hexadecimal digits, if it is any good. */
  readonly signature: string;
  /** `20260101T000000Z` */
  readonly time: string;
  /** Seconds that a presigned URL lives; undefined for a signature in the header. */
  readonly expires: number | undefined;
  readonly token: string | undefined;
}

export const ALGORITHM = 'AWS4-HMAC-SHA256';
const LONGEST_LIFE = 7 * 24 * 3600;

/** The signature in the Authorization header or in a presigned URL; undefined for an unsigned request. */
export function readSignature(request: WireRequest): Signature | undefined {
  const authorization = headerOf(request, 'authorization');
  if (authorization !== undefined) return fromHeader(request, authorization);
  const { query } = splitUrl(request.url);
  return query.includes('X-Amz-') ? fromQuery(splitQuery(query)) : undefined;
}

function fromHeader(request: WireRequest, authorization: string): Signature {
  if (!authorization.startsWith(`${ALGORITHM} `)) {
    throw incomplete(`Authorization header requires the algorithm ${ALGORITHM}.`);
  }
  const fields = new Map<string, string>();
  for (const part of authorization.slice(ALGORITHM.length + 1).split(',')) {
    const equals = part.indexOf('=');
    if (equals > 0) fields.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  return assemble({
    credential: fields.get('Credential'),
    headers: fields.get('SignedHeaders'),
    signature: fields.get('Signature'),
    time: headerOf(request, 'x-amz-date'),
    expires: undefined,
    token: headerOf(request, 'x-amz-security-token'),
  });
}

function fromQuery(query: readonly (readonly [string, string])[]): Signature | undefined {
  const get = (name: string): string | undefined => query.find(([key]) => key === name)?.[1];
  const algorithm = get('X-Amz-Algorithm');
  if (algorithm === undefined && get('X-Amz-Signature') === undefined) return undefined;
  if (algorithm !== ALGORITHM) throw incomplete(`AWS query-string parameters require the algorithm ${ALGORITHM}.`);
  const expires = get('X-Amz-Expires') ?? '';
  if (!/^\d{1,6}$/.test(expires) || Number(expires) < 1 || Number(expires) > LONGEST_LIFE) {
    throw incomplete('X-Amz-Expires must be between 1 and 604800 seconds.');
  }
  return assemble({
    credential: get('X-Amz-Credential'),
    headers: get('X-Amz-SignedHeaders'),
    signature: get('X-Amz-Signature'),
    time: get('X-Amz-Date'),
    expires: Number(expires),
    token: get('X-Amz-Security-Token'),
  });
}

interface Stated {
  readonly credential: string | undefined;
  readonly headers: string | undefined;
  readonly signature: string | undefined;
  readonly time: string | undefined;
  readonly expires: number | undefined;
  readonly token: string | undefined;
}

function assemble({ credential, headers, signature, time, expires, token }: Stated): Signature {
  const [accessKeyId, date, region, service, end, ...rest] = (credential ?? '').split('/');
  const scoped = accessKeyId && date && region && service && end === 'aws4_request' && rest.length === 0;
  if (!scoped) throw incomplete("Authorization header requires 'Credential' parameter of five parts.");
  if (!signature) throw incomplete("Authorization header requires 'Signature' parameter.");
  if (!headers) throw incomplete("Authorization header requires 'SignedHeaders' parameter.");
  if (!time || !/^\d{8}T\d{6}Z$/.test(time)) {
    throw incomplete("Authorization header requires existence of an 'X-Amz-Date' header as YYYYMMDDTHHMMSSZ.");
  }
  return { accessKeyId, date, region, service, signedHeaders: headers.split(';'), signature, time, expires, token };
}

export const incomplete = (message: string): Refusal => new Refusal('IncompleteSignatureException', message);

/** Name and value pairs of a query string, decoded. */
export function splitQuery(query: string): (readonly [string, string])[] {
  if (query === '') return [];
  return query.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    return [decoded(equals < 0 ? pair : pair.slice(0, equals)), decoded(equals < 0 ? '' : pair.slice(equals + 1))];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw incomplete('The query string is not valid percent-encoded UTF-8.');
  }
}

const CREDENTIAL = /Credential=([^/,&\s]{1,128})\/\d{8}\/([a-z0-9-]{1,32})\/([a-z0-9-]{1,32})\/aws4_request/;

/**
 * Who claims to call, where and which service, without checking a thing and without ever failing:
 * good enough to route by, and all there is when authentication is off.
 */
export function claimedCredential(
  request: Omit<WireRequest, 'body'>,
): { readonly accessKeyId: string; readonly region: string; readonly service: string } | undefined {
  const stated = headerOf(request, 'authorization') ?? splitUrl(request.url).query.replaceAll(/%2F/gi, '/');
  const [, accessKeyId, region, service] = CREDENTIAL.exec(stated) ?? [];
  return accessKeyId && region && service ? { accessKeyId, region, service } : undefined;
}
