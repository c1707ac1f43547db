import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { type CertifiedKey, selfSignedKey } from '../../../base/certificate.ts';
import { firstSetting, settingOf } from '../../../store/settings.ts';
import type { ChainContext } from '../../context.ts';

/** Signs messages so that receivers know who sent them. */
export interface Signer {
  /** Where the certificate must be served, such as `/SimpleNotificationService-<32 hex>.pem`. */
  readonly certificatePath: string;
  /** PEM. */
  readonly certificate: string;
  /** Base64 of an RSA signature: with SHA-1 for version 1, with SHA-256 for version 2. */
  sign(version: '1' | '2', text: string): Promise<string>;
}

const SETTING = 'sns-signing-key';
const DAY = 86_400_000;
/** Nobody would notice in time that a certificate is running out, so it does not. */
const LIFE = 36_500 * DAY;

/** The signer of this store; its key is made on first use and kept. */
export async function openSigner(ctx: ChainContext): Promise<Signer> {
  return signerFor((await storedKey(ctx)) ?? (await makeKey(ctx)));
}

async function storedKey(ctx: ChainContext): Promise<CertifiedKey | undefined> {
  const kept = await settingOf(ctx.store.read, SETTING);
  return kept === undefined ? undefined : (JSON.parse(kept) as CertifiedKey);
}

async function makeKey(ctx: ChainContext): Promise<CertifiedKey> {
  const now = Math.floor(ctx.clock.now() / 1000) * 1000;
  const made = await selfSignedKey({
    commonName: 'Trailbell notification signing',
    notBefore: now - DAY,
    notAfter: now + LIFE,
    serial: ctx.ids.hex(16),
  });
  const kept = await ctx.store.write((tx) => firstSetting(tx, SETTING, JSON.stringify(made)));
  return JSON.parse(kept) as CertifiedKey;
}

const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign);
/** A message to a thousand subscribers is signed once: the signature does not depend on who receives it. */
const REMEMBERED = 256;

function signerFor({ key, certificate }: CertifiedKey): Signer {
  const privateKey = createPrivateKey(key);
  const name = createHash('sha256').update(certificate).digest('hex').slice(0, 32);
  const remembered = new Map<string, Promise<string>>();
  return {
    certificate,
    certificatePath: `/SimpleNotificationService-${name}.pem`,
    sign(version, text) {
      const digest = createHash('sha256').update(text).digest('hex') + version;
      const known = remembered.get(digest);
      if (known) return known;
      const [oldest] = remembered.keys();
      if (remembered.size >= REMEMBERED && oldest !== undefined) remembered.delete(oldest);
      const signed = signAsync(version === '1' ? 'sha1' : 'sha256', Buffer.from(text), privateKey).then((bytes) =>
        bytes.toString('base64'),
      );
      remembered.set(digest, signed);
      return signed;
    },
  };
}
