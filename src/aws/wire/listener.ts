import type { IncomingMessage, ServerOptions, ServerResponse } from 'node:http';
import { Refusal } from '../../base/refusal.ts';
import { BodyRoom, type BodyStay } from './body-room.ts';
import type { Gateway } from './gateway.ts';
import { splitUrl, type WireReply, type WireRequest } from './request.ts';

/** Above any request that AWS accepts. */
export const BODY_LIMIT = 16 * 1024 * 1024;
/** What is read and thrown away of a larger body, so that the client hears why it was refused. */
const DRAIN_LIMIT = 4 * BODY_LIMIT;

/**
 * For node:http and node:https. Idle connections outlive the pools of the SDKs, or those would
 * meet resets; headers and bodies that trickle in are cut off. Malformed requests get Node's 400.
 */
export const serverOptions: ServerOptions = {
  keepAliveTimeout: 75_000,
  headersTimeout: 30_000,
  requestTimeout: 60_000,
  maxHeaderSize: 32 * 1024,
};

/** Seconds after which a client should try again that found no room. */
const TRY_AGAIN = '2';

/** A body above the limit, or one that there is no room for. What could be drained of it is drained. */
export class BodyRefused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/**
 * Reads a whole request body of at most `limit` bytes. Rejects with `BodyRefused`, or with the stream's own error when
 * the client goes away.
 */
export async function readBody(
  request: IncomingMessage,
  limit: number = BODY_LIMIT,
  stay: BodyStay = new BodyRoom().enter(),
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  let isFull = false;
  // The connection stays usable after an early end: the refusal still has to go out on it.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    isFull ||= size <= limit && !stay.take(chunk.length);
    if (size <= limit && !isFull) chunks.push(chunk);
    else {
      chunks.length = 0;
      stay.leave();
    }
    if (size > DRAIN_LIMIT) break;
  }
  if (size > limit)
    throw new BodyRefused(new Refusal('RequestEntityTooLarge', `The request body exceeds ${limit} bytes.`));
  if (isFull) {
    const said = `There are as many large requests under way as may be: try again in ${TRY_AGAIN} seconds.`;
    throw new BodyRefused(new Refusal('ServiceUnavailable', said, { status: 503 }));
  }
  return Buffer.concat(chunks);
}

/** Sends a reply with its length, unless the client is gone. */
export function send(response: ServerResponse, { status, headers, body }: WireReply): void {
  if (response.destroyed || response.writableEnded) return;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Answers one HTTP request from the gateway. Never rejects: a client that went away needs no answer. */
export async function answer(
  gateway: Gateway,
  request: IncomingMessage,
  response: ServerResponse,
  { secure = false, room }: { readonly secure?: boolean; readonly room?: BodyRoom } = {},
): Promise<void> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  // A client that has ended its side still gets its answer, but may be gone: it is handed nothing that others could have.
  const { socket } = request;
  socket.once('end', leave);
  response.once('close', () => {
    leave();
    socket.removeListener('end', leave);
  });
  const head = { method: request.method ?? 'GET', url: request.url ?? '/', headers: request.headers, secure };
  const stay = room?.enter();
  try {
    const body = await readBody(request, BODY_LIMIT, stay);
    send(response, await gateway.handle({ ...head, body, signal: gone.signal }));
  } catch (fault) {
    if (!(fault instanceof BodyRefused)) return;
    const reply = gateway.refuse(head, fault.refusal);
    const later = fault.refusal.status === 503 ? { 'retry-after': TRY_AGAIN } : {};
    send(response, { ...reply, headers: { ...reply.headers, ...later, connection: 'close' } });
  } finally {
    stay?.leave();
  }
}

/**
 * Whether a request is for the gateway rather than for another route on the same port: anything
 * that AWS clients sign or mark on whatever path, bare posts to `/`, the links in SNS messages and
 * posts to a queue's address.
 */
export function belongsToGateway({ method, url, headers }: Pick<WireRequest, 'method' | 'url' | 'headers'>): boolean {
  if (headers['x-amz-target'] !== undefined || headers['smithy-protocol'] !== undefined) return true;
  if (String(headers.authorization ?? '').startsWith('AWS4-')) return true;
  const { path, query } = splitUrl(url);
  if (/(^|&)(Action|X-Amz-Signature)=/.test(query)) return path === '/' || path === '';
  return method === 'POST' && (path === '/' || /^\/\d{12}\/[^/]+$/.test(path));
}
