import type { CallError } from './calls.ts';

/** Which of AWS's layers said no; `unknown` where the service does not tell. */
export type RefusedBy =
  | 'identity policy'
  | 'service control policy'
  | 'resource control policy'
  | 'key policy'
  | 'resource policy'
  | 'permissions boundary'
  | 'session policy'
  | 'endpoint policy'
  | 'region not enabled'
  | 'credentials'
  | 'unknown';

/** What a failed call means to the audit. */
export type RefusalKind =
  | { readonly kind: 'denied'; readonly refusedBy: RefusedBy }
  /** What was asked for is not there. */
  | { readonly kind: 'missing' }
  /** The endpoint does not know the operation: an AWS-like server that is not AWS. */
  | { readonly kind: 'unserved' }
  | { readonly kind: 'throttled' }
  /** Network or server trouble that may pass. */
  | { readonly kind: 'transient' }
  /** Anything else; the audit says it could not read. */
  | { readonly kind: 'failed' };

const DENIED =
  /^(AccessDenied(Exception)?|AuthorizationError(Exception)?|UnauthorizedOperation|NotAuthorized(Exception)?|AuthFailure|OptInRequired|KMSAccessDenied(Exception)?)$/;
const BAD_CREDENTIALS =
  /^(UnrecognizedClient(Exception)?|InvalidClientTokenId|ExpiredToken(Exception)?|InvalidSignature(Exception)?|SignatureDoesNotMatch|MissingAuthenticationToken(Exception)?|IncompleteSignature(Exception)?|CredentialsProviderError)$/;
const MISSING =
  /^(ResourceNotFound(Exception|Fault)?|NotFound(Exception)?|TrailNotFoundException|NoSuchEntity|InvalidTrailNameException|AWSOrganizationsNotInUseException|InvalidAccessException|SubscriptionRequiredException)$/;
const UNSERVED =
  /^(UnknownOperation(Exception)?|InvalidAction|NotImplemented(Error|Exception)?|UnsupportedOperation(Exception)?|NotYetImplemented)$/;
const THROTTLED =
  /^(Throttl(ing|ed)(Exception)?|ThrottlingError|TooManyRequests(Exception)?|RequestLimitExceeded|RequestThrottled(Exception)?|BandwidthLimitExceeded|LimitExceededException|SlowDown|PriorRequestNotComplete|RequestThrottledException)$/;
const NETWORK = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR)/;

/** Sorts the error of a call. */
export function refusalKind(error: unknown): RefusalKind {
  const { name = '', code = '', message = '' } = error as { name?: string; code?: unknown; message?: string };
  const status = (error as CallError).$metadata?.httpStatusCode;
  const words = [name, typeof code === 'string' ? code : ''];
  const is = (form: RegExp): boolean => words.some((word) => form.test(word));
  if (is(THROTTLED) || status === 429) return { kind: 'throttled' };
  if (is(UNSERVED) || status === 501) return { kind: 'unserved' };
  if (is(BAD_CREDENTIALS)) return { kind: 'denied', refusedBy: credentialTrouble(message) };
  if (is(DENIED)) return { kind: 'denied', refusedBy: refusedBy(message) };
  if (is(MISSING)) return { kind: 'missing' };
  if (is(NETWORK) || is(/^(Timeout|Abort)Error$/)) return { kind: 'transient' };
  if (status !== undefined && status >= 500) return { kind: 'transient' };
  return { kind: 'failed' };
}

/** AWS answers calls to a region that the account has not enabled as if the token were wrong. */
const credentialTrouble = (message: string): RefusedBy =>
  /security token included in the request is invalid/i.test(message) ? 'region not enabled' : 'credentials';

const LAYERS: readonly (readonly [RegExp, RefusedBy])[] = [
  [/service control polic/i, 'service control policy'],
  [/resource control polic/i, 'resource control policy'],
  [/permissions boundar/i, 'permissions boundary'],
  [/session polic/i, 'session policy'],
  [/VPC endpoint polic/i, 'endpoint policy'],
  [/identity-based polic/i, 'identity policy'],
];

/** The layer that AWS's sentence names ("with an explicit deny in …", "because no … allows …"). */
export function refusedBy(message: string): RefusedBy {
  const layer = LAYERS.find(([form]) => form.test(message))?.[1];
  if (layer) return layer;
  if (/resource-based polic|resource policy/i.test(message)) {
    return /\bkms:/.test(message) ? 'key policy' : 'resource policy';
  }
  return 'unknown';
}
