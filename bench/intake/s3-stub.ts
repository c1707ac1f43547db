/**
 * A store that speaks the part of S3 that intakes need, with a latency, in a process of its own: it must take as
 * little as can be from what is measured. Started by `startStub`; objects come over its standard input.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Stub {
  readonly url: string;
  stop(): Promise<void>;
}

/** Lines for the stub: a content, and then the objects that have it. */
export type StubLine = { readonly body: string } | { readonly key: string; readonly of: number };

/** Starts a store with these objects in every bucket; each answer waits `latency` milliseconds. */
export async function startStub(lines: Iterable<StubLine>, latency: number): Promise<Stub> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', '--max-old-space-size=4096', fileURLToPath(import.meta.url), 'stub', String(latency)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  for (const line of lines) {
    if (!child.stdin?.write(`${JSON.stringify(line)}\n`)) await once(child.stdin!, 'drain');
  }
  child.stdin?.end();
  const [port] = (await once(child.stdout!, 'data')) as [Buffer];
  return {
    url: `http://127.0.0.1:${port.toString().trim()}`,
    async stop() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

const PAGE = 1_000;
const bodies: Buffer[] = [];
const keys: string[] = [];
const bodyOf = new Map<string, number>();

/** The first place in the sorted keys that comes after `key`, or at it. */
function placeOf(key: string, isAfter: boolean): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = keys[middle] as string;
    if (at < key || (isAfter && at === key)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function listing(query: URLSearchParams): string {
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  let at = after > prefix ? placeOf(after, true) : placeOf(prefix, false);
  const entries: string[] = [];
  let last = '';
  let count = 0;
  while (count < PAGE && at < keys.length && (keys[at] as string).startsWith(prefix)) {
    const key = keys[at] as string;
    const slash = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    count += 1;
    if (slash >= 0) {
      last = `${key.slice(0, slash + 1)}\u{10ffff}`;
      entries.push(`<CommonPrefixes><Prefix>${key.slice(0, slash + 1)}</Prefix></CommonPrefixes>`);
      at = placeOf(last, true);
      continue;
    }
    last = key;
    const size = (bodies[bodyOf.get(key) ?? 0] as Buffer).length;
    const etag = `e${bodyOf.get(key)}`;
    entries.push(`<Contents><Key>${key}</Key><Size>${size}</Size><ETag>&quot;${etag}&quot;</ETag></Contents>`);
    at += 1;
  }
  const isCut = at < keys.length && (keys[at] as string).startsWith(prefix);
  const next = isCut ? `<NextContinuationToken>${last}</NextContinuationToken>` : '';
  return `<?xml version="1.0"?><ListBucketResult><IsTruncated>${isCut}</IsTruncated>${next}${entries.join('')}</ListBucketResult>`;
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://stub');
  if (url.searchParams.has('list-type')) {
    response.setHeader('content-type', 'application/xml');
    response.end(listing(url.searchParams));
    return;
  }
  const number = bodyOf.get(decodeURIComponent(url.pathname).split('/').slice(2).join('/'));
  if (number === undefined) response.writeHead(404).end();
  else response.writeHead(200, { etag: `"e${number}"` }).end(bodies[number]);
}

if (process.argv[2] === 'stub') {
  const latency = Number(process.argv[3]);
  for await (const text of createInterface({ input: process.stdin })) {
    const line = JSON.parse(text) as StubLine;
    if ('body' in line) bodies.push(Buffer.from(line.body, 'base64'));
    else {
      keys.push(line.key);
      bodyOf.set(line.key, line.of);
    }
  }
  keys.sort();
  const server = createServer((request, response) => {
    if (latency > 0) setTimeout(answer, latency, request, response);
    else answer(request, response);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
}
