import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Scope } from '../../base/scope.ts';
import type { WireRequest } from './request.ts';
import type { Service } from './service.ts';
import { claimedCredential, readSignature } from './signature.ts';
import { invalidToken, type KeyRecord, type KeyRing, verifySignature } from './sigv4.ts';

/** Who calls, and in which account and region. */
export interface Identity {
  readonly scope: Scope;
  readonly caller: string | undefined;
  /** The verified key; undefined when authentication is off or the request is unsigned. */
  readonly key: KeyRecord | undefined;
  /** The service that the signature is for. */
  readonly service: string | undefined;
}

/** Decides who a request comes from; refuses it when its signature is no good. */
export interface Access {
  identify(request: WireRequest): Promise<Identity>;
  /** Refuses an operation that `identity` may not do. */
  authorise(identity: Identity, service: Service, operation: string, request: WireRequest): void;
}

/** Takes every caller at its word: an access key id of twelve digits is the account. */
export function openAccess(defaults: Scope): Access {
  return {
    async identify(request) {
      const claimed = claimedCredential(request);
      if (!claimed) return { scope: defaults, caller: undefined, key: undefined, service: undefined };
      const { accessKeyId, region, service } = claimed;
      const account = /^\d{12}$/.test(accessKeyId) ? accessKeyId : defaults.account;
      return { scope: { account, region }, caller: accessKeyId, key: undefined, service };
    },
    authorise: () => undefined,
  };
}

/** The links in SNS messages work for whoever holds them: their tokens authorise them. */
const OPEN_LINKS = ['sns:ConfirmSubscription', 'sns:Unsubscribe'];

/** As on AWS, no key can be denied asking who it is. */
const ALWAYS_ALLOWED = 'sts:GetCallerIdentity';

/** Lets in only requests signed with a key of `keys`. */
export function keyedAccess(defaults: Scope, keys: KeyRing, clock: Clock): Access {
  return {
    async identify(request) {
      const signature = readSignature(request);
      if (!signature) {
        // A body is never worth reading without a signature; a link has none.
        if (request.method !== 'GET') throw unsigned();
        return { scope: defaults, caller: undefined, key: undefined, service: undefined };
      }
      const key = await keys.find(signature.accessKeyId);
      if (!key) throw invalidToken();
      verifySignature(request, signature, key, clock.now());
      if (!/^[a-z0-9-]{1,32}$/.test(signature.region)) {
        throw new Refusal('InvalidSignatureException', 'Credential should be scoped to a valid region.');
      }
      const scope = { account: key.account, region: signature.region };
      return { scope, caller: key.accessKeyId, key, service: signature.service };
    },
    authorise(identity, service, operation, request) {
      const action = `${service.id}:${operation}`;
      if (!identity.key) {
        if (request.method === 'GET' && OPEN_LINKS.includes(action)) return;
        throw unsigned();
      }
      if (identity.service !== service.signingName) {
        throw new Refusal(
          'InvalidSignatureException',
          `Credential should be scoped to correct service: '${service.signingName}'.`,
        );
      }
      if (action === ALWAYS_ALLOWED || allows(identity.key, action)) return;
      throw new Refusal(
        service.id === 'sns' ? 'AuthorizationErrorException' : 'AccessDeniedException',
        `User: arn:aws:iam::${identity.key.account}:user/${identity.key.accessKeyId} is not authorized to perform: ${action}`,
      );
    },
  };
}

const unsigned = (): Refusal =>
  new Refusal('MissingAuthenticationTokenException', 'Request is missing Authentication Token');

function allows({ operations }: KeyRecord, action: string): boolean {
  if (!operations) return true;
  const everythingOf = `${action.slice(0, action.indexOf(':'))}:*`;
  return operations.some((allowed) => allowed === action || allowed === everythingOf || allowed === '*');
}
