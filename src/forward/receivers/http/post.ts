import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Network, NetworkReply } from '../../../base/network.ts';
import { readSecret, type SecretSource } from '../../../base/secret.ts';
import { SecretError } from './judge-answer.ts';

const compressed = promisify(gzip);
const TIMEOUT = 60_000;
/** Answers that speak of single items are as long as the batch. */
const READ = 16 * 1_048_576;

export interface Post {
  readonly url: string;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  readonly gzip: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Posts a batch. Rejects where there is no answer. */
export async function post(network: Network, { url, contentType, body, gzip, headers }: Post): Promise<NetworkReply> {
  return network.request({
    method: 'POST',
    url,
    headers: { 'content-type': contentType, ...(gzip && { 'content-encoding': 'gzip' }), ...headers },
    body: gzip ? await compressed(body) : body,
    timeoutMs: TIMEOUT,
    maxResponseBytes: READ,
  });
}

/** Reads a secret anew, so that one that was replaced counts at once. Rejects with a sentence about its place. */
export async function freshSecret(source: SecretSource): Promise<string> {
  try {
    return await readSecret(source);
  } catch (error) {
    throw new SecretError((error as Error).message);
  }
}

/** Headers of the settings, with their secrets. */
export async function headersFrom(
  headers: Readonly<Record<string, string | SecretSource>>,
): Promise<Record<string, string>> {
  const made: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    made[name.toLowerCase()] = typeof value === 'string' ? value : await freshSecret(value);
  return made;
}
