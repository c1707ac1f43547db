import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { rootCertificates } from 'node:tls';
import { Agent, buildConnector, request as send } from 'undici';
import { type Clock, systemClock } from './clock.ts';
import { blocked, guardedLookup } from './guarded-lookup.ts';
import { NetworkFailure, networkFailureOf } from './network-failure.ts';
import { type GuardSettings, type NetworkGuard, networkGuard } from './network-guard.ts';

/** One request to the world outside. */
export interface NetworkRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** http or https. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** For the whole exchange, the answer's body included. */
  readonly timeoutMs: number;
  /** More of the answer's body than this is not read. */
  readonly maxResponseBytes: number;
  /** The status is the answer: a body that breaks off or comes too late is given as far as it came. */
  readonly statusDecides?: boolean;
}

export interface NetworkReply {
  readonly status: number;
  /** Names in lower case; of a repeated header the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The only way out over HTTP. */
export interface Network {
  /**
   * Sends a request and gives the answer, whatever its status. Redirects are not followed.
   * @throws NetworkFailure with a fixed reason when there is no answer, or none is allowed.
   */
  request(request: NetworkRequest): Promise<NetworkReply>;
  /** Lets go of all connections. */
  close(): Promise<void>;
}

export interface NetworkSettings extends GuardSettings {
  /** PEM of certificate authorities trusted besides the well-known ones. */
  readonly extraCa?: string;
  /** How names become addresses; the system's way if not given. */
  readonly lookup?: LookupFunction;
  /** What time limits are measured by; the system's if not given. */
  readonly clock?: Clock;
}

/** Opens the guarded door. A destination is judged by its literal address, by all it resolves to, and by the one used. */
export function openNetwork(settings: NetworkSettings): Network {
  const guard = networkGuard(settings);
  const clock = settings.clock ?? systemClock;
  const agent = new Agent({
    connect: guardedConnector(guard, settings),
    // Who may call whom at once is decided by those who call. A queue in here would let the endpoints of
    // one host wait for each other.
    connections: 256,
    maxHeaderSize: 32_768,
  });
  return {
    async request(request) {
      try {
        return await exchange(agent, guard, clock, request);
      } catch (error) {
        throw networkFailureOf(error);
      }
    },
    close: () => agent.destroy(),
  };
}

async function exchange(
  agent: Agent,
  guard: NetworkGuard,
  clock: Clock,
  request: NetworkRequest,
): Promise<NetworkReply> {
  const url = readUrl(request.url);
  // For a literal address no lookup takes place, so it must be judged here.
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0 && !guard.allows(literal)) throw blocked(literal);
  const limit = new AbortController();
  const timer = clock.after(request.timeoutMs, () =>
    limit.abort(new NetworkFailure('timeout', `No answer within ${request.timeoutMs / 1_000} s`)),
  );
  try {
    const reply = await send(url, {
      dispatcher: agent,
      method: request.method,
      headers: { ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      signal: limit.signal,
      // One limit is enough, and it is ours: it covers the whole exchange.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const body = await readBounded(reply.body, request);
    return { status: reply.statusCode, headers: flat(reply.headers), body };
  } finally {
    timer.cancel();
  }
}

function readUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new NetworkFailure('bad-url', `Not a URL: ${text}`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new NetworkFailure('bad-url', `Only http and https are spoken here, not ${url.protocol}`);
  }
  return url;
}

function guardedConnector(guard: NetworkGuard, settings: NetworkSettings): buildConnector.connector {
  const lookup = guardedLookup(guard, settings.lookup ?? (systemLookup as LookupFunction));
  const connect = buildConnector({
    lookup,
    timeout: 10_000,
    ...(settings.extraCa === undefined ? {} : { ca: [...rootCertificates, settings.extraCa] }),
  });
  return (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (error) return callback(error, null);
      const used = socket?.remoteAddress ?? '';
      if (guard.allows(used)) return callback(null, socket);
      socket?.destroy();
      return callback(blocked(used), null);
    });
}

async function readBounded(body: AsyncIterable<Uint8Array>, request: NetworkRequest): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let left = request.maxResponseBytes;
  try {
    // Leaving the loop early lets go of the connection, so an endless answer costs nothing.
    for await (const part of body) {
      parts.push(part.subarray(0, left));
      left -= Math.min(left, part.length);
      if (left === 0) break;
    }
  } catch (error) {
    if (!request.statusDecides) throw error;
  }
  return Buffer.concat(parts);
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const single: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) single.push([name.toLowerCase(), last]);
  }
  return Object.fromEntries(single);
}
