import type { Queue } from '../../chain/queues/queue.ts';
import { queueMissing } from '../../chain/queues/refusals.ts';
import type { Call } from '../wire/handlers.ts';
import type { SqsDeps } from './deps.ts';

/** `http://127.0.0.1:4780/000000000000/jobs`, under the address by which the caller reached us. */
export function queueUrl(
  { publicUrl }: SqsDeps,
  { host, secure }: Call,
  { account, name }: Pick<Queue, 'account' | 'name'>,
): string {
  const base = host === '' ? publicUrl().replace(/\/+$/, '') : `${secure ? 'https' : 'http'}://${host}`;
  return `${base}/${account}/${name}`;
}

/**
 * The name in a queue URL, whatever its host. A URL of another account is not the caller's to use.
 * @throws Refusal QueueDoesNotExist
 */
export function queueName(url: string, { scope }: Call): string {
  const [, account, name] = /(?:^|\/)(?:(\d{12})\/)?([A-Za-z0-9_.-]{1,80})\/?$/.exec(url.slice(-400)) ?? [];
  if (!name || (account !== undefined && account !== scope.account)) throw queueMissing();
  return name;
}
