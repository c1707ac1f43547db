import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { BodyRoom } from '../aws/wire/body-room.ts';
import { guardBrowser } from '../aws/wire/browser-guard.ts';
import type { Gateway } from '../aws/wire/gateway.ts';
import { answer, belongsToGateway, send, serverOptions } from '../aws/wire/listener.ts';

export interface HttpServerSettings {
  readonly gateway: Gateway;
  /** What bodies of AWS calls may hold of memory. */
  readonly room: BodyRoom;
  /** Console, own API, pages: everything that is no AWS call. */
  readonly pages: Hono;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | undefined;
  /** PEM texts; with them the port speaks TLS. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
}

export interface HttpServer {
  readonly url: string;
  /** Takes no new connection, waits for the answers under way, then cuts what is left. */
  close(): Promise<void>;
}

/** How long a client may take for what it had begun when the engine stops. */
const DRAIN = 5_000;

/** One port for everything: AWS's protocols, console, own API. Resolves when it accepts calls. */
export async function listen(settings: HttpServerSettings): Promise<HttpServer> {
  const { gateway, room, pages, tls } = settings;
  const secure = tls !== undefined;
  const showPage = getRequestListener(pages.fetch, { overrideGlobalObjects: false });
  const publicHosts = settings.publicUrl ? [new URL(settings.publicUrl).host] : [];
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const refusal = guardBrowser(request.headers, { publicHosts, bindHost: settings.host });
    if (refusal) {
      request.resume();
      send(response, refusal);
      return;
    }
    const head = { method: request.method ?? 'GET', url: request.url ?? '/', headers: request.headers };
    if (belongsToGateway(head)) void answer(gateway, request, response, { secure, room });
    else void showPage(request, response);
  };
  const server = tls
    ? createTlsServer({ ...serverOptions, cert: tls.cert, key: tls.key }, handle)
    : createServer(serverOptions, handle);
  // A client may end its side once it has asked. Otherwise Node hangs up then, without the answer.
  Object.assign(server, { httpAllowHalfOpen: true });
  const sockets = new Set<Socket>();
  server.on(secure ? 'secureConnection' : 'connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, settings.host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  return { url: `${secure ? 'https' : 'http'}://${host}:${port}`, close: () => closeServer(server, sockets) };
}

function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
    // To Node a connection on which nothing was ever said is busy: a client keeps one in reserve.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  });
}
