import { timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { INGEST_OPERATION } from '../aws/keys/allowed-operations.ts';
import type { KeyRecord, KeyRing } from '../aws/wire/sigv4.ts';
import { Refusal } from '../base/refusal.ts';
import { ACKNOWLEDGE_PAGE } from '../chain/answers/acknowledge-links.ts';
import { CONFIRM_PAGE, UNSUBSCRIBE_PAGE } from '../chain/channels/links.ts';
import { RECEIPT_PAGE } from './drill/receipt-api.ts';

export interface OwnAccess {
  /** Lets through what needs no key, and whoever shows one. */
  readonly guard: MiddlewareHandler;
  /** Throws a Refusal unless the request may bring records in. */
  mayIngest(request: Request): Promise<void>;
}

/** Open to everybody: probes, our certificate, and the pages whose tokens authorise their reader. */
const OPEN = [/^\/healthz$/, /^\/readyz$/, /^\/SimpleNotificationService-[0-9a-f]{32}\.pem$/];
const TOKEN_PAGES = [CONFIRM_PAGE, UNSUBSCRIBE_PAGE, ACKNOWLEDGE_PAGE, RECEIPT_PAGE];
/** The doors for records ask for their own rights. */
const INTAKE = /^\/api\/v1\/(ingest|push)(\/|$)/;

/**
 * Who may use console and own API. With authentication off everybody on this machine; with keys, who
 * shows an access key and its secret as HTTP Basic credentials, which browsers ask for by themselves.
 */
export function ownAccess(keys: KeyRing | undefined): OwnAccess {
  if (!keys) return { guard: (_c, next) => next(), mayIngest: async () => undefined };
  return {
    async guard(c, next) {
      const { path } = c.req;
      const open = OPEN.some((pattern) => pattern.test(path)) || TOKEN_PAGES.includes(path) || INTAKE.test(path);
      if (open) return next();
      const key = await shownKey(keys, c.req.raw);
      if (key && key.operations === undefined) return next();
      return c.text('This needs an access key that is allowed everything (trailbell keys create).\n', 401, {
        'www-authenticate': 'Basic realm="Trailbell access key", charset="UTF-8"',
      });
    },
    async mayIngest(request) {
      const key = await shownKey(keys, request);
      if (key && (key.operations === undefined || key.operations.includes(INGEST_OPERATION))) return;
      throw new Refusal('AccessDeniedException', `This needs an access key that allows ${INGEST_OPERATION}.`, {
        status: key ? 403 : 401,
      });
    },
  };
}

async function shownKey(keys: KeyRing, request: Request): Promise<KeyRecord | undefined> {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]{1,1000})$/.exec(request.headers.get('authorization') ?? '') ?? [];
  if (!encoded) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const at = text.indexOf(':');
  if (at < 0) return undefined;
  const key = await keys.find(text.slice(0, at));
  return key && sameText(text.slice(at + 1), key.secret) ? key : undefined;
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
