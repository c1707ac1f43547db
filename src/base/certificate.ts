import { createPrivateKey, createPublicKey, generateKeyPair, sign } from 'node:crypto';
import { promisify } from 'node:util';
import {
  derBits,
  derInteger,
  derNull,
  derObjectId,
  derOctets,
  derSequence,
  derSet,
  derTagged,
  derTaggedText,
  derText,
  derTime,
  derTrue,
} from './der.ts';

/** A private key and the certificate that shows its public half, both PEM. */
export interface CertifiedKey {
  readonly key: string;
  readonly certificate: string;
}

export interface CertificateSettings {
  readonly commonName: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Up to 20 bytes as hexadecimal digits. */
  readonly serial: string;
  /** DNS names it is good for, when it is to identify a TLS server. */
  readonly hostNames?: readonly string[];
}

const COMMON_NAME = '2.5.4.3';
const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';
const BASIC_CONSTRAINTS = '2.5.29.19';
const KEY_USAGE = '2.5.29.15';
const ALTERNATIVE_NAMES = '2.5.29.17';
/** The first of the usage bits: digitalSignature. */
const DIGITAL_SIGNATURE = 0x80;

/** Makes an RSA key of 2,048 bits and a self-signed X.509 certificate for it (RFC 5280), which node:crypto cannot write. */
export async function selfSignedKey(settings: CertificateSettings): Promise<CertifiedKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { key: privateKey, certificate: selfSignedCertificate(privateKey, settings) };
}

/** The certificate of a key, signed with that key. */
export function selfSignedCertificate(privateKeyPem: string, settings: CertificateSettings): string {
  const key = createPrivateKey(privateKeyPem);
  const name = derSequence(derSet(derSequence(derObjectId(COMMON_NAME), derText(settings.commonName))));
  const algorithm = derSequence(derObjectId(SHA256_WITH_RSA), derNull);
  const content = derSequence(
    derTagged(0, derInteger(Uint8Array.of(2))),
    derInteger(Buffer.from(settings.serial, 'hex')),
    algorithm,
    name,
    derSequence(derTime(settings.notBefore), derTime(settings.notAfter)),
    name,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    derTagged(3, derSequence(...extensions(settings.hostNames ?? []))),
  );
  const signature = sign('sha256', content, key);
  return pem(derSequence(content, algorithm, derBits(signature)));
}

function extensions(hostNames: readonly string[]): Uint8Array[] {
  const list = [
    derSequence(derObjectId(BASIC_CONSTRAINTS), derTrue, derOctets(derSequence())),
    derSequence(derObjectId(KEY_USAGE), derTrue, derOctets(derBits(Uint8Array.of(DIGITAL_SIGNATURE), 7))),
  ];
  if (hostNames.length === 0) return list;
  const names = derSequence(...hostNames.map((host) => derTaggedText(2, host)));
  return [...list, derSequence(derObjectId(ALTERNATIVE_NAMES), derOctets(names))];
}

function pem(bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
