import { gzipSync } from 'node:zlib';
import { CommandError, EXIT } from './terminal.ts';

export const DEFAULT_ENDPOINT = 'http://127.0.0.1:4780';

/** Nothing at all answers at the address. */
export class NoEngineError extends CommandError {}

/** An access key for the own API of an engine that runs with `--auth keys`. */
export interface OwnKey {
  readonly id: string;
  readonly secret: string;
}

/**
 * `TRAILBELL_ACCESS_KEY_ID` and `TRAILBELL_SECRET_ACCESS_KEY`. Those of AWS are not read: the own API
 * takes the secret itself, and AWS's must never leave the machine.
 */
export function ownKey(env: NodeJS.ProcessEnv): OwnKey | undefined {
  const { TRAILBELL_ACCESS_KEY_ID: id, TRAILBELL_SECRET_ACCESS_KEY: secret } = env;
  return id && secret ? { id, secret } : undefined;
}

/** Talks to a running engine's own API. */
export class Engine {
  readonly endpoint: string;
  readonly #key: OwnKey | undefined;

  constructor(endpoint: string = process.env.AWS_ENDPOINT_URL ?? DEFAULT_ENDPOINT, key = ownKey(process.env)) {
    this.endpoint = endpoint.replace(/\/+$/, '');
    this.#key = key;
    if (!/^https?:$/.test(URL.canParse(endpoint) ? new URL(endpoint).protocol : '')) {
      throw new CommandError(`--endpoint-url ${endpoint} is no address: write it like ${DEFAULT_ENDPOINT}`);
    }
    const { protocol, hostname } = new URL(endpoint);
    if (key && protocol === 'http:' && !isLoopback(hostname)) {
      throw new CommandError(`the access key is not sent to ${hostname} in the clear: use https (serve --tls-cert)`);
    }
  }

  get<T>(path: string): Promise<T> {
    return this.#call<T>(path, { method: 'GET' });
  }

  /** Sends newline-delimited records; `path` carries the query. */
  post<T>(path: string, body: Uint8Array = new Uint8Array()): Promise<T> {
    const headers = { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' };
    return this.#call<T>(path, { method: 'POST', headers, body: gzipSync(body, { level: 1 }) });
  }

  /** Sends JSON; what is wrong with it is the caller's to mend. */
  send<T>(method: 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
    const content = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return this.#call<T>(path, { method, ...content }, EXIT.usage);
  }

  async #call<T>(path: string, request: RequestInit, onInvalid: number = EXIT.unfinished): Promise<T> {
    let response: Response;
    try {
      response = await fetch(`${this.endpoint}${path}`, {
        ...request,
        headers: { ...request.headers, ...this.#authorization() },
      });
    } catch (error) {
      throw this.#unreachable(error);
    }
    const text = await response.text();
    if (response.status === 401 || response.status === 403) {
      throw new CommandError(`${this.endpoint} refused: ${this.#locked(messageOf(text))}`, EXIT.unfinished);
    }
    if (!response.ok) {
      const code = response.status === 400 || response.status === 404 ? onInvalid : EXIT.unfinished;
      throw new CommandError(`${this.endpoint} refused: ${messageOf(text) ?? response.statusText}`, code);
    }
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new CommandError(`${this.endpoint} answers, but is no engine of Trailbell`, EXIT.unfinished);
    }
  }

  #authorization(): Record<string, string> {
    if (!this.#key) return {};
    return { authorization: `Basic ${Buffer.from(`${this.#key.id}:${this.#key.secret}`).toString('base64')}` };
  }

  #unreachable(error: unknown): CommandError {
    const { cause, message } = error as { cause?: { code?: string; message?: string }; message: string };
    const why = cause?.code ?? cause?.message ?? message;
    if (/CERT|SELF_SIGNED|TLS/.test(why)) {
      const fix = "name its authority's PEM file in NODE_EXTRA_CA_CERTS";
      const said = `${this.endpoint} shows a certificate that is not trusted here (${why}): ${fix}`;
      return new CommandError(said, EXIT.unfinished);
    }
    const fix = 'Start one with "trailbell serve", or name it with --endpoint-url.';
    return new NoEngineError(`No engine answers at ${this.endpoint} (${why}). ${fix}`, EXIT.unfinished);
  }

  #locked(message = 'not allowed'): string {
    const hint = this.#key
      ? `The key ${this.#key.id} was shown.`
      : 'Export TRAILBELL_ACCESS_KEY_ID and TRAILBELL_SECRET_ACCESS_KEY.';
    return `${message.trim()} ${hint}`;
  }
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);

function messageOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { message?: string }).message;
  } catch {
    return text.slice(0, 300) || undefined;
  }
}
