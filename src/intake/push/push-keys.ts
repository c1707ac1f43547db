import { createHash, timingSafeEqual } from 'node:crypto';
import { Refusal } from '../../base/refusal.ts';

/** A sender and the key that it shows. */
export interface PushKey {
  readonly name: string;
  readonly secret: string;
}

/** What a sender without a name is counted as, where no keys are asked for. */
export const ANYBODY = 'anybody';

/**
 * Finds out who sends. Keys are compared as digests, all of them, so that time tells nothing of them.
 * Without any key a request is let in only where `isOpen`: where only this machine can reach the engine.
 */
export class PushKeys {
  readonly #keys: readonly { readonly name: string; readonly digest: Buffer }[];
  readonly #isOpen: boolean;

  constructor(keys: readonly PushKey[], isOpen: boolean) {
    this.#keys = keys.map(({ name, secret }) => ({ name, digest: digestOf(secret) }));
    this.#isOpen = isOpen;
  }

  /** @throws Refusal 401 for a key that is missing or not known, 403 where nobody may push */
  senderOf(headers: Headers): string {
    if (this.#keys.length === 0) {
      if (this.#isOpen) return ANYBODY;
      const said = 'Nobody may push records to this engine: name keys under intakes.push.keys in trailbell.json.';
      throw new Refusal('AccessDeniedException', said, { status: 403 });
    }
    const shown = shownKey(headers);
    const digest = digestOf(shown ?? '');
    const [found] = this.#keys.filter((key) => timingSafeEqual(key.digest, digest));
    if (shown !== undefined && found) return found.name;
    const said =
      'This needs one of the keys under intakes.push.keys: as Authorization: Bearer, as the password of Basic, as X-Api-Key, or as the access key of a Firehose stream.';
    throw new Refusal('AccessDeniedException', said, { status: 401 });
  }
}

/** Firehose, EventBridge connections with an API key or Basic, and everybody else show keys in these headers. */
function shownKey(headers: Headers): string | undefined {
  const own = headers.get('x-amz-firehose-access-key') ?? headers.get('x-api-key');
  if (own !== null) return own;
  const authorization = headers.get('authorization') ?? '';
  const [, bearer] = /^Bearer (\S+)$/i.exec(authorization) ?? [];
  if (bearer !== undefined) return bearer;
  const [, basic] = /^Basic ([A-Za-z0-9+/=]{1,1000})$/i.exec(authorization) ?? [];
  if (basic === undefined) return undefined;
  const text = Buffer.from(basic, 'base64').toString('utf8');
  return text.includes(':') ? text.slice(text.indexOf(':') + 1) : undefined;
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
