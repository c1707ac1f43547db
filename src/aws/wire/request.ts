/** An HTTP request as the gateway takes it, without a socket. */
export interface WireRequest {
  readonly method: string;
  /** Path and query exactly as on the request line. */
  readonly url: string;
  /** Names in lower case, as node:http gives them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The bytes as received, still compressed if they came so. */
  readonly body: Uint8Array;
  /** Whether it came over TLS. */
  readonly secure?: boolean;
  /** Aborted when the client goes away. */
  readonly signal?: AbortSignal;
}

/** An HTTP reply. Its body always goes out with a content-length. */
export interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** One header; values of a repeated one are joined as HTTP says. */
export function headerOf(request: Pick<WireRequest, 'headers'>, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

/** The parts of a URL before and after its question mark. */
export function splitUrl(url: string): { readonly path: string; readonly query: string } {
  const at = url.indexOf('?');
  return at < 0 ? { path: url, query: '' } : { path: url.slice(0, at), query: url.slice(at + 1) };
}
