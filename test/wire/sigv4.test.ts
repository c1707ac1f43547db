import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpRequest } from '@smithy/types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WireRequest } from '../../src/aws/wire/request.ts';
import { readSignature } from '../../src/aws/wire/signature.ts';
import { type KeyRecord, verifySignature } from '../../src/aws/wire/sigv4.ts';
import { Refusal } from '../../src/base/refusal.ts';
import { Sha256 } from './sha256.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const KEY: KeyRecord = {
  accessKeyId: 'AKIDEXAMPLE',
  secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  account: '111122223333',
};

function signer(service: string, key: KeyRecord = KEY): SignatureV4 {
  const sessionToken = key.sessionToken === undefined ? {} : { sessionToken: key.sessionToken };
  return new SignatureV4({
    service,
    region: 'eu-west-1',
    credentials: { accessKeyId: key.accessKeyId, secretAccessKey: key.secret, ...sessionToken },
    sha256: Sha256,
  });
}

interface Plan {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const encodeStrictly = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const urlOf = (path: string, query: Record<string, unknown>): string => {
  const pairs = Object.entries(query).map(
    ([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(String(value))}`,
  );
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
};

const lowerCased = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

async function signed(plan: Plan, key: KeyRecord = KEY, at = NOW): Promise<WireRequest> {
  const request = {
    ...plan,
    protocol: 'http:',
    hostname: 'localhost',
    headers: { host: 'localhost:4780', ...plan.headers },
  };
  const done = await signer('logs', key).sign(request as HttpRequest, { signingDate: new Date(at) });
  return {
    method: plan.method,
    url: urlOf(plan.path, plan.query),
    headers: lowerCased(done.headers),
    body: Buffer.from(plan.body),
  };
}

async function presigned(plan: Plan, expiresIn = 60, key: KeyRecord = KEY): Promise<WireRequest> {
  const request = { ...plan, protocol: 'http:', hostname: 'localhost', headers: { host: 'localhost:4780' }, body: '' };
  const done = await signer('sns', key).presign(request as HttpRequest, { signingDate: new Date(NOW), expiresIn });
  return {
    method: plan.method,
    url: urlOf(plan.path, done.query ?? {}),
    headers: lowerCased(done.headers),
    body: Buffer.alloc(0),
  };
}

/** The code that a request is refused with, or `ok`. */
function verdict(request: WireRequest, key: KeyRecord = KEY, now = NOW): string {
  try {
    const signature = readSignature(request);
    if (!signature) return 'unsigned';
    verifySignature(request, signature, key, now);
    return 'ok';
  } catch (fault) {
    if (fault instanceof Refusal) return fault.code;
    throw fault;
  }
}

const PLAIN: Plan = {
  method: 'POST',
  path: '/',
  query: {},
  headers: { 'x-amz-target': 'Logs_20140328.PutLogEvents' },
  body: '{"a":1}',
};

const awkward = fc.string({
  unit: fc.constantFrom('a', 'B', ' ', '+', '/', '=', '&', '%', '~', '*', "'", '(', 'é', '日', '🙂', '.'),
});
const plans: fc.Arbitrary<Plan> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  path: fc.array(awkward, { maxLength: 4 }).map((parts) => `/${parts.map(encodeStrictly).join('/')}`),
  query: fc.dictionary(
    awkward.filter((name) => name !== ''),
    awkward,
    { maxKeys: 4 },
  ),
  headers: fc.dictionary(
    fc.stringMatching(/^x-amz-[a-z]{1,8}$/).filter((name) => !['x-amz-date', 'x-amz-target'].includes(name)),
    fc.stringMatching(/^[ -~]{0,20}$/),
    { maxKeys: 3 },
  ),
  body: fc.string({ maxLength: 50 }),
});

describe('a signature in the header', () => {
  it('is accepted from the SDK’s own signer, whatever is signed', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        expect(verdict(await signed(plan))).toBe('ok');
      }),
      { numRuns: 300 },
    );
  });

  it('is refused after any change to the request', async () => {
    const request = await signed(PLAIN);
    const changed: [string, WireRequest][] = [
      ['method', { ...request, method: 'PUT' }],
      ['path', { ...request, url: '/x' }],
      ['query', { ...request, url: '/?x=1' }],
      ['body', { ...request, body: Buffer.from('{"a":2}') }],
      ['host', { ...request, headers: { ...request.headers, host: 'elsewhere' } }],
      ['target', { ...request, headers: { ...request.headers, 'x-amz-target': 'Logs_20140328.DeleteLogGroup' } }],
    ];
    for (const [what, other] of changed) expect(verdict(other), what).toBe('InvalidSignatureException');
    expect(verdict(request, { ...KEY, secret: 'other' })).toBe('InvalidSignatureException');
  });

  it('is refused after a change of any single character of the signature', async () => {
    const request = await signed(PLAIN);
    const authorization = String(request.headers.authorization);
    for (let i = authorization.length - 64; i < authorization.length; i += 1) {
      const other = authorization[i] === '0' ? '1' : '0';
      const broken = authorization.slice(0, i) + other + authorization.slice(i + 1);
      expect(verdict({ ...request, headers: { ...request.headers, authorization: broken } })).toBe(
        'InvalidSignatureException',
      );
    }
  });

  it('is good for five minutes either way', async () => {
    const request = await signed(PLAIN);
    const minutes = 60_000;
    expect(verdict(request, KEY, NOW + 5 * minutes)).toBe('ok');
    expect(verdict(request, KEY, NOW - 5 * minutes)).toBe('ok');
    expect(verdict(request, KEY, NOW + 5 * minutes + 1)).toBe('InvalidSignatureException');
    expect(verdict(request, KEY, NOW - 5 * minutes - 1)).toBe('InvalidSignatureException');
  });

  it('needs the session token of its key, and no other', async () => {
    const temporary = { ...KEY, sessionToken: 'token/1=' };
    const request = await signed(PLAIN, temporary);
    expect(verdict(request, temporary)).toBe('ok');
    expect(verdict(request, { ...KEY, sessionToken: 'token/2=' })).toBe('UnrecognizedClientException');
    expect(verdict(request, KEY)).toBe('UnrecognizedClientException');
    expect(verdict(await signed(PLAIN), temporary)).toBe('UnrecognizedClientException');
  });

  it('must cover the host and the target', async () => {
    const request = await signed(PLAIN);
    for (const name of ['host', 'x-amz-target']) {
      const authorization = String(request.headers.authorization).replace(
        new RegExp(`(SignedHeaders=[^,]*?)${name};?`),
        '$1',
      );
      expect(verdict({ ...request, headers: { ...request.headers, authorization } }), name).toBe(
        'InvalidSignatureException',
      );
    }
  });

  it('is incomplete when it cannot be read', async () => {
    const request = await signed(PLAIN);
    const authorization = String(request.headers.authorization);
    const broken = [
      'Basic dXNlcjpwYXNz',
      'AWS4-HMAC-SHA256',
      'AWS4-HMAC-SHA256 ',
      'AWS4-HMAC-SHA256 =,=,=',
      authorization.replace('/aws4_request', ''),
      authorization.replace(/, Signature=.*/, ''),
      authorization.replace(/SignedHeaders=[^,]*/, 'SignedHeaders='),
    ];
    for (const text of broken) {
      expect(verdict({ ...request, headers: { ...request.headers, authorization: text } }), text).toBe(
        'IncompleteSignatureException',
      );
    }
    const { 'x-amz-date': _, ...undated } = request.headers;
    expect(verdict({ ...request, headers: undated })).toBe('IncompleteSignatureException');
  });

  it('answers any header text with a refusal, never a fault', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.string({ maxLength: 200 }), (text, query) => {
        const headers = { host: 'h', authorization: `AWS4-HMAC-SHA256 ${text}`, 'x-amz-date': '20260102T030405Z' };
        expect(verdict({ method: 'POST', url: `/?${query}`, headers, body: Buffer.alloc(0) })).not.toBe('ok');
        const url = `/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=60&${query}&X-Amz-Credential=${text}`;
        expect(verdict({ method: 'GET', url, headers: { host: 'h' }, body: Buffer.alloc(0) })).not.toBe('ok');
      }),
    );
  });
});

describe('a presigned URL', () => {
  const link: Plan = {
    method: 'GET',
    path: '/',
    query: { Action: 'Publish', Message: "it's (me) & you" },
    headers: {},
    body: '',
  };

  it('is accepted from the SDK’s own signer until it expires', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        expect(verdict(await presigned({ ...plan, method: 'GET' }))).toBe('ok');
      }),
    );
    const request = await presigned(link, 60);
    expect(verdict(request, KEY, NOW + 60_000)).toBe('ok');
    expect(verdict(request, KEY, NOW + 60_001)).toBe('InvalidSignatureException');
  });

  it('is refused after a change of its parameters', async () => {
    const request = await presigned(link);
    expect(verdict({ ...request, url: request.url.replace('Publish', 'Delete') })).toBe('InvalidSignatureException');
    expect(verdict({ ...request, url: `${request.url}&More=1` })).toBe('InvalidSignatureException');
    expect(verdict({ ...request, url: request.url.replace('X-Amz-Expires=60', 'X-Amz-Expires=61') })).toBe(
      'InvalidSignatureException',
    );
  });

  it('lives a week at most', async () => {
    const request = await presigned(link);
    for (const expires of ['0', '604801', '-1', '1e3', '']) {
      const url = request.url.replace('X-Amz-Expires=60', `X-Amz-Expires=${expires}`);
      expect(verdict({ ...request, url }), expires).toBe('IncompleteSignatureException');
    }
  });

  it('carries the session token of its key', async () => {
    const temporary = { ...KEY, sessionToken: 'token+1/=' };
    const request = await presigned(link, 60, temporary);
    expect(verdict(request, temporary)).toBe('ok');
    expect(verdict(request, KEY)).toBe('UnrecognizedClientException');
  });
});
