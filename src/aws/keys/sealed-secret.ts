import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Ids } from '../../base/ids.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const FORM = 'v1';

/**
 * `secret` encrypted for storage: form, nonce, tag and text, separated by full stops. `owner` is
 * authenticated with it, so that a row's secret cannot be moved to another row.
 */
export function seal(secret: string, owner: string, key: Uint8Array, ids: Ids): string {
  const nonce = Buffer.from(ids.hex(NONCE_BYTES), 'hex');
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(owner));
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return [FORM, ...[nonce, cipher.getAuthTag(), text].map((part) => part.toString('base64url'))].join('.');
}

/** The secret in `sealed`; throws when it was sealed under another key, for another owner, or was altered. */
export function unseal(sealed: string, owner: string, key: Uint8Array): string {
  const [form, ...parts] = sealed.split('.');
  const [nonce, tag, text] = parts.map((part) => Buffer.from(part, 'base64url'));
  if (form !== FORM || !nonce || !tag || !text) throw new Error('The stored secret has a form that is not known');
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: 16 }).setAAD(Buffer.from(owner));
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
}
