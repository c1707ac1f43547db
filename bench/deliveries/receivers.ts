import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** In which way a receiver is broken. */
export const BREAKAGES = ['404', '500', 'hangs', 'resets', 'slow', 'endless'] as const;
export type Breakage = (typeof BREAKAGES)[number];

/** What one receiver was sent: how often each message id came, under which number of ours. */
export interface Receiver {
  readonly url: string;
  readonly number: number;
  breakage: Breakage | undefined;
  readonly arrivals: Map<string, { readonly serial: string; times: number }>;
}

export interface Arrival {
  readonly receiver: Receiver;
  readonly serial: string;
  /** Milliseconds from the call that published it. */
  readonly latency: number;
}

/** A receiver on a port of its own, so that it is an endpoint of its own in every respect. */
export async function openReceiver(
  number: number,
  onArrival: (arrival: Arrival) => void,
  onInvitation: (url: string) => void,
): Promise<Receiver> {
  let receiver: Receiver | undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const now = performance.now();
      if (!receiver) return;
      if (receiver.breakage && misbehave(receiver.breakage, request, response)) return;
      const document = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>;
      if (document.Type === 'SubscriptionConfirmation') {
        response.end();
        onInvitation(document.SubscribeURL ?? '');
        return;
      }
      const [serial = '', sentAt] = (document.Message ?? '').split(' ');
      const known = receiver.arrivals.get(document.MessageId ?? '') ?? { serial, times: 0 };
      known.times += 1;
      receiver.arrivals.set(document.MessageId ?? '', known);
      if (receiver.breakage !== 'slow' && receiver.breakage !== 'endless') response.end();
      if (known.times === 1) onArrival({ receiver, serial, latency: now - Number(sentAt) });
    });
  });
  // Connections stay open between two rings of one topic.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  receiver = { url, number, breakage: undefined, arrivals: new Map() };
  return receiver;
}

/** Does what a broken receiver does; true when the message is not taken. */
function misbehave(breakage: Breakage, request: IncomingMessage, response: ServerResponse): boolean {
  switch (breakage) {
    case '404':
    case '500':
      response.writeHead(Number(breakage)).end();
      return true;
    case 'hangs':
      return true;
    case 'resets':
      request.socket.resetAndDestroy();
      return true;
    case 'slow':
      setTimeout(() => response.end(), 5_000).unref();
      return false;
    case 'endless':
      response.writeHead(200).write('and');
      return false;
  }
}
