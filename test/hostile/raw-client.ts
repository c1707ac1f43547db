import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface RawReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** Shorter than the longest poll, so that one which goes on is seen. */
const PATIENCE = 15_000;

/** A bare connection to a server, over which a test says what no HTTP client would. */
export class RawClient {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    // A server that hangs up on nonsense may do so with a reset.
    socket.on('error', () => undefined);
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
    }
    onTestFinished(() => void socket.destroy());
  }

  /** Connects to the host and port of a URL. */
  static open(url: string): Promise<RawClient> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      // Half open, so that this side can end while the other still speaks.
      const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true }, () =>
        resolve(new RawClient(socket)),
      );
      socket.once('error', reject);
    });
  }

  /** Sends bytes; resolves when the system has taken them or the server has hung up. */
  send(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (!this.socket.writable) return resolve();
      this.socket.once('close', resolve);
      this.socket.write(bytes, () => {
        this.socket.removeListener('close', resolve);
        resolve();
      });
    });
  }

  /** The next reply with a content-length; undefined when the server hung up without one. */
  async reply(): Promise<RawReply | undefined> {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const reply = this.#take();
      if (reply) return reply;
      if (this.#ended) return undefined;
      await this.#more(end);
    }
  }

  /** Resolves when the server has hung up. */
  async closed(): Promise<void> {
    const end = Date.now() + PATIENCE;
    while (!this.#ended) await this.#more(end);
  }

  #take(): RawReply | undefined {
    const at = this.#received.indexOf('\r\n\r\n');
    if (at < 0) return undefined;
    const [first = '', ...lines] = this.#received.subarray(0, at).toString('latin1').split('\r\n');
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
      }),
    );
    const from = at + 4;
    const to = from + Number(headers.get('content-length') ?? 0);
    if (this.#received.length < to) return undefined;
    const body = this.#received.subarray(from, to);
    this.#received = this.#received.subarray(to);
    return { status: Number(first.split(' ')[1]), headers, body };
  }

  #more(end: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('The server kept silent')), Math.max(0, end - Date.now()));
      this.#wake = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }
}

/** The head and body of one request; the length is told unless the headers tell another. */
export function httpRequest(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array = '',
): Buffer {
  const bytes = Buffer.from(body);
  const all = { host: 'localhost', 'content-length': String(bytes.length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}
