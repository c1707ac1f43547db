import { createHash } from 'node:crypto';

/** User and password in an address. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** What the answer to a challenge speaks of. */
export interface DigestRequest {
  readonly method: string;
  /** Path and query. */
  readonly uri: string;
  /** Random text of ours. */
  readonly cnonce: string;
}

const ALGORITHMS: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256' };
const LONGEST_CHALLENGE = 4_096;

/**
 * The `Authorization` header that answers a challenge of digest access authentication (RFC 7616); undefined where the
 * receiver asks for something else, or for a kind of digest that hardly anybody speaks.
 */
export function digestAnswer(challenge: string, login: Login, request: DigestRequest): string | undefined {
  const given = parametersOf(challenge);
  const { realm, nonce, opaque, algorithm = 'MD5', qop } = given ?? {};
  const name = ALGORITHMS[algorithm.toUpperCase()];
  if (realm === undefined || nonce === undefined || !name) return undefined;
  const protects = qop?.split(',').map((word) => word.trim().toLowerCase());
  if (protects && !protects.includes('auth')) return undefined;
  const hash = (text: string): string => createHash(name).update(text).digest('hex');
  const who = hash(`${login.user}:${realm}:${login.password}`);
  const what = hash(`${request.method}:${request.uri}`);
  const count = '00000001';
  const proof = protects ? `${nonce}:${count}:${request.cnonce}:auth` : nonce;
  const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
  return `Digest ${[
    `username=${quoted(login.user)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(request.uri)}`,
    `response="${hash(`${who}:${proof}:${what}`)}"`,
    ...(given?.algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(protects ? ['qop=auth', `nc=${count}`, `cnonce="${request.cnonce}"`] : []),
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
  ].join(', ')}`;
}

/** The parameters of a digest challenge, by their names in lower case. */
function parametersOf(challenge: string): Readonly<Record<string, string>> | undefined {
  const [, text] = /\bDigest\s+(.*)$/i.exec(challenge.slice(0, LONGEST_CHALLENGE)) ?? [];
  if (text === undefined) return undefined;
  const found: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [, name, quoted, bare] of text.matchAll(/([a-z0-9-]{1,40})=(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))/gi)) {
    found[name!.toLowerCase()] ??= quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
  }
  return found;
}
