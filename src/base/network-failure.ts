/** Why a request got no answer. The words are fixed: they label metrics and are shown to people. */
export type NetworkReason =
  | 'blocked'
  | 'dns'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'reset'
  | 'tls'
  | 'protocol'
  | 'bad-url'
  | 'network';

/** A request that got no answer. */
export class NetworkFailure extends Error {
  readonly reason: NetworkReason;

  constructor(reason: NetworkReason, message: string) {
    super(message);
    this.name = 'NetworkFailure';
    this.reason = reason;
  }
}

const REASONS: Readonly<Record<string, NetworkReason>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_DESTROYED: 'reset',
  ENOTFOUND: 'dns',
  ENODATA: 'dns',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_ABORTED: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'protocol',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'protocol',
  EPROTO: 'tls',
  CERT_HAS_EXPIRED: 'tls',
  CERT_NOT_YET_VALID: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  UNABLE_TO_GET_ISSUER_CERT: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
};

/** Puts a name to whatever the HTTP client or the operating system threw. */
export function networkFailureOf(error: unknown): NetworkFailure {
  if (error instanceof NetworkFailure) return error;
  const { name = '', message = String(error), code } = error as { name?: string; message?: string; code?: unknown };
  const cause = (error as { cause?: unknown }).cause;
  if (cause instanceof NetworkFailure) return cause;
  // Connecting to several addresses at once fails with one error that holds the others.
  const [first] = (error as { errors?: unknown[] }).errors ?? [];
  const text = message || (first as Error | undefined)?.message || name;
  return new NetworkFailure(reasonOf(name, String(code ?? (first as { code?: unknown })?.code ?? '')), text);
}

function reasonOf(name: string, code: string): NetworkReason {
  const known = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  if (known) return known;
  if (name === 'TimeoutError' || name === 'AbortError') return 'timeout';
  if (code.startsWith('EAI_')) return 'dns';
  if (code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL')) return 'tls';
  if (name === 'HTTPParserError' || code.startsWith('HPE_')) return 'protocol';
  return 'network';
}
