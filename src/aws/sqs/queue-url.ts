import { needPermittedQueue, type QueuePlace, type SharedAction } from '../../chain/queues/access/permitted-queue.ts';
import type { Queue } from '../../chain/queues/queue.ts';
import { queueMissing } from '../../chain/queues/refusals.ts';
import type { Call } from '../wire/handlers.ts';
import { principalOf } from '../wire/principal.ts';
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

/** Whose queue a URL names, whatever its host; one without an account is the caller's. @throws Refusal QueueDoesNotExist */
function placeIn(url: string, { scope }: Call): QueuePlace {
  const [, account = scope.account, name] =
    /(?:^|\/)(?:(\d{12})\/)?([A-Za-z0-9_.-]{1,80})\/?$/.exec(url.slice(-400)) ?? [];
  if (!name) throw queueMissing();
  return { account, name };
}

/**
 * The name in a queue URL, for what only the owner may do.
 * @throws Refusal QueueDoesNotExist
 */
export function ownQueue(url: string, call: Call): string {
  const { account, name } = placeIn(url, call);
  if (account !== call.scope.account) throw queueMissing();
  return name;
}

/**
 * The queue of a URL, another account's too, if its policy lets the caller do to it what he wants.
 * @throws Refusal QueueDoesNotExist, AccessDenied
 */
export function sharedQueue({ chain }: SqsDeps, url: string, call: Call, action: SharedAction): Promise<Queue> {
  return permittedQueue(chain, placeIn(url, call), call, action);
}

/** The same by owner and name. */
export const permittedQueue = (
  { store }: SqsDeps['chain'],
  place: QueuePlace,
  call: Call,
  action: SharedAction,
): Promise<Queue> =>
  needPermittedQueue(
    store.read,
    { scope: call.scope, principalArn: principalOf(call), secure: call.secure },
    action,
    place,
  );
