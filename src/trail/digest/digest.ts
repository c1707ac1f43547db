import { textAt, timeOf, valueAt } from '../record.ts';

/** A log file as a digest lists it. */
export interface ListedFile {
  readonly bucket: string;
  readonly object: string;
  /** SHA-256 of the inflated content, lower-case hexadecimal. */
  readonly hash: string;
}

/** The digest before, as its successor names it. */
export interface PreviousDigest {
  readonly bucket: string;
  readonly object: string;
  readonly hash: string;
  /** Its signature, lower-case hexadecimal. */
  readonly signature: string;
}

/** What CloudTrail says of the files it delivered within an hour. */
export interface Digest {
  readonly account: string;
  readonly start: number;
  readonly end: number;
  /** As it is written: the signature covers the text. */
  readonly endText: string;
  readonly bucket: string;
  readonly object: string;
  readonly fingerprint: string;
  readonly algorithm: string;
  /** Null in the first digest of a chain. */
  readonly previous: PreviousDigest | null;
  readonly files: readonly ListedFile[];
}

/** Content that is no digest; the message says what is wrong with it. */
export class NoDigest extends Error {}

/** Reads the inflated content of a digest file. @throws NoDigest */
export function readDigest(content: Buffer): Digest {
  let body: unknown;
  try {
    body = JSON.parse(content.toString('utf8'));
  } catch {
    throw new NoDigest('it is not JSON');
  }
  const endText = needed(body, 'digestEndTime');
  const files = valueAt(body, 'logFiles');
  return {
    account: textAt(body, 'awsAccountId') ?? '',
    start: time(body, 'digestStartTime'),
    end: time(body, 'digestEndTime'),
    endText,
    bucket: needed(body, 'digestS3Bucket'),
    object: needed(body, 'digestS3Object'),
    fingerprint: needed(body, 'digestPublicKeyFingerprint').toLowerCase(),
    algorithm: textAt(body, 'digestSignatureAlgorithm') ?? 'SHA256withRSA',
    previous: previousOf(body),
    files: Array.isArray(files) ? files.map(fileOf) : [],
  };
}

function previousOf(body: unknown): PreviousDigest | null {
  const signature = valueAt(body, 'previousDigestSignature');
  if (signature === undefined) throw new NoDigest('previousDigestSignature is missing');
  if (signature === null) return null;
  return {
    bucket: needed(body, 'previousDigestS3Bucket'),
    object: needed(body, 'previousDigestS3Object'),
    hash: needed(body, 'previousDigestHashValue').toLowerCase(),
    signature: needed(body, 'previousDigestSignature').toLowerCase(),
  };
}

function fileOf(entry: unknown): ListedFile {
  const algorithm = textAt(entry, 'hashAlgorithm') ?? 'SHA-256';
  if (algorithm !== 'SHA-256') throw new NoDigest(`hashes by ${algorithm.slice(0, 40)} are not known`);
  return {
    bucket: needed(entry, 's3Bucket'),
    object: needed(entry, 's3Object'),
    hash: needed(entry, 'hashValue').toLowerCase(),
  };
}

function needed(body: unknown, name: string): string {
  const text = textAt(body, name);
  if (text === undefined) throw new NoDigest(`${name} is missing`);
  return text;
}

function time(body: unknown, name: string): number {
  const moment = timeOf(needed(body, name));
  if (moment === undefined) throw new NoDigest(`${name} is no time`);
  return moment;
}
