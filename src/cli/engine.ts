import { gzipSync } from 'node:zlib';
import { CommandError, EXIT } from './terminal.ts';

export const DEFAULT_ENDPOINT = 'http://127.0.0.1:4780';

/** Talks to a running engine's own API. */
export class Engine {
  readonly endpoint: string;

  constructor(endpoint: string = process.env.AWS_ENDPOINT_URL ?? DEFAULT_ENDPOINT) {
    this.endpoint = endpoint.replace(/\/+$/, '');
  }

  get<T>(path: string): Promise<T> {
    return this.#call<T>(path, { method: 'GET' });
  }

  /** Sends newline-delimited records; `path` carries the query. */
  post<T>(path: string, body: Uint8Array = new Uint8Array()): Promise<T> {
    const headers = { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' };
    return this.#call<T>(path, { method: 'POST', headers, body: gzipSync(body, { level: 1 }) });
  }

  async #call<T>(path: string, request: RequestInit): Promise<T> {
    let response: Response;
    try {
      response = await fetch(`${this.endpoint}${path}`, request);
    } catch (error) {
      const cause = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).message;
      throw new CommandError(
        `No engine answers at ${this.endpoint} (${cause}). Start one with "npm start", or name it with --endpoint-url.`,
        EXIT.unfinished,
      );
    }
    const text = await response.text();
    if (!response.ok) {
      throw new CommandError(`${this.endpoint} refused: ${messageOf(text) ?? response.statusText}`, EXIT.unfinished);
    }
    return JSON.parse(text) as T;
  }
}

function messageOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { message?: string }).message;
  } catch {
    return text.slice(0, 300) || undefined;
  }
}
