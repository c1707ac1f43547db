import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { valueAt } from '../record.ts';
import type { Digest } from './digest.ts';

/** A public key of CloudTrail, by the fingerprint that digests name it by. */
export interface PublicKey {
  readonly fingerprint: string;
  readonly key: KeyObject;
}

/** What is no list of public keys; the message says why. */
export class NoKeys extends Error {}

/** The most keys that a list is read of: CloudTrail uses one a region at a time. */
const MOST_KEYS = 10_000;

/**
 * Reads the answer of ListPublicKeys, as `aws cloudtrail list-public-keys` prints it, or a list of its entries.
 * @throws NoKeys
 */
export function readPublicKeys(document: unknown): PublicKey[] {
  const list = valueAt(document, 'PublicKeyList') ?? valueAt(document, 'publicKeyList') ?? document;
  if (!Array.isArray(list)) throw new NoKeys('it has no list "PublicKeyList"');
  return list.slice(0, MOST_KEYS).map((entry: unknown, place) => {
    const value = valueAt(entry, 'Value');
    if (typeof value !== 'string') throw new NoKeys(`entry ${place} has no "Value"`);
    return publicKey(Buffer.from(value, 'base64'), valueAt(entry, 'Fingerprint'));
  });
}

/** A key from its DER bytes: an RSAPublicKey of PKCS#1 as a rule, a SubjectPublicKeyInfo in some of AWS's examples. */
export function publicKey(der: Buffer, fingerprint: unknown): PublicKey {
  const named = typeof fingerprint === 'string' ? fingerprint : createHash('md5').update(der).digest('hex');
  for (const type of ['pkcs1', 'spki'] as const) {
    try {
      return { fingerprint: named.toLowerCase(), key: createPublicKey({ key: der, format: 'der', type }) };
    } catch {
      // The other form is tried.
    }
  }
  throw new NoKeys(`the key ${named.slice(0, 64)} is no RSA key`);
}

/** What CloudTrail signs: end, place, hash of the inflated digest, and the signature before, a line each. */
export function textToSign({ endText, bucket, object, previous }: Digest, hash: string): string {
  return [endText, `${bucket}/${object}`, hash, previous?.signature ?? 'null'].join('\n');
}

/** True where `signature`, in hexadecimal, is that of the key over the digest. */
export function isSigned(digest: Digest, hash: string, signature: string, { key }: PublicKey): boolean {
  if (digest.algorithm !== 'SHA256withRSA' || !/^(?:[0-9a-f]{2})+$/i.test(signature)) return false;
  return verify('sha256', Buffer.from(textToSign(digest, hash)), key, Buffer.from(signature, 'hex'));
}
