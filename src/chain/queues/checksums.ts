import { createHash, type Hash } from 'node:crypto';
import type { QueueAttribute } from './message-attributes.ts';

export const md5Of = (text: string): string => createHash('md5').update(text, 'utf8').digest('hex');

const STRING_VALUE = 1;
const BINARY_VALUE = 2;

/**
 * The digest of message attributes that SDKs compute on their side and compare: sorted by name, each
 * name, type and value behind its length, the value behind one byte that says text or bytes.
 * Undefined for none at all.
 */
export function md5OfAttributes(attributes: Readonly<Record<string, QueueAttribute>>): string | undefined {
  const names = Object.keys(attributes).sort(byteOrder);
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  for (const name of names) {
    const { type, value } = attributes[name]!;
    measured(hash, Buffer.from(name, 'utf8'));
    measured(hash, Buffer.from(type, 'utf8'));
    const binary = type.startsWith('Binary');
    hash.update(Uint8Array.of(binary ? BINARY_VALUE : STRING_VALUE));
    measured(hash, Buffer.from(value, binary ? 'base64' : 'utf8'));
  }
  return hash.digest('hex');
}

function measured(hash: Hash, bytes: Buffer): void {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  hash.update(length).update(bytes);
}

const byteOrder = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
