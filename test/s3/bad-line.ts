import { once } from 'node:events';
import { createServer, request } from 'node:http';

/** What is done to the n-th request: nothing, an answer of 503, an answer that breaks off, or one that falls silent. */
export type Mishap = 'none' | 'busy' | 'broken' | 'slow';

const BUSY =
  '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>';

/** A proxy in front of a store, on which things go wrong. */
export async function startBadLine(target: string, mishapOf: (n: number, path: string) => Mishap) {
  let requests = 0;
  const mishaps: Record<Mishap, number> = { none: 0, busy: 0, broken: 0, slow: 0 };
  const server = createServer((incoming, outgoing) => {
    const mishap = mishapOf(requests, incoming.url ?? '');
    requests += 1;
    mishaps[mishap] += 1;
    if (mishap === 'busy') {
      incoming.resume();
      outgoing.writeHead(503, { 'content-type': 'application/xml' }).end(BUSY);
      return;
    }
    const onward = request(`${target}${incoming.url}`, { method: incoming.method, headers: incoming.headers });
    onward.on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const body = Buffer.concat(chunks);
        outgoing.writeHead(answer.statusCode ?? 500, { ...answer.headers, 'content-length': body.length });
        if (mishap === 'none') outgoing.end(body);
        else {
          outgoing.write(body.subarray(0, Math.floor(body.length / 2)));
          setTimeout(
            () => (mishap === 'broken' ? outgoing.destroy() : outgoing.end(body.subarray(Math.floor(body.length / 2)))),
            100,
          );
        }
      });
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    mishaps,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
