import type { Kysely } from 'kysely';
import { Refusal } from '../../../base/refusal.ts';
import { arnOf } from '../../../base/scope.ts';
import type { Tables } from '../../../store/tables.ts';
import { type AccountCaller, accountRequest } from '../../access/account-request.ts';
import { findQueue, type Queue } from '../queue.ts';
import { queueMissing } from '../refusals.ts';
import { decideOnQueue } from './queue-policy.ts';

/** What of a queue its policy can open to other accounts; all else is its owner's. */
export type SharedAction =
  | 'SendMessage'
  | 'ReceiveMessage'
  | 'DeleteMessage'
  | 'ChangeMessageVisibility'
  | 'GetQueueAttributes'
  | 'GetQueueUrl'
  | 'ListDeadLetterSourceQueues'
  | 'PurgeQueue';

/** A queue by whose it is and its name. */
export interface QueuePlace {
  readonly account: string;
  readonly name: string;
}

/**
 * A queue of the caller's region, if he may do to it what he wants: the owner what no statement clearly denies,
 * another account what a statement clearly allows and none may deny.
 * @throws Refusal QueueDoesNotExist, AccessDenied
 */
export async function needPermittedQueue(
  db: Kysely<Tables>,
  caller: AccountCaller,
  action: SharedAction,
  { account, name }: QueuePlace,
): Promise<Queue> {
  const place = { account, region: caller.scope.region };
  const queue = await findQueue(db, place, name);
  if (!queue) throw queueMissing();
  const own = account === caller.scope.account;
  if (own && queue.attributes.Policy === undefined) return queue;
  const decision = decideOnQueue(queue, accountRequest(caller, `sqs:${action}`, queue.arn));
  if (own ? !decision.denied : decision.allowed) return queue;
  const what = `sqs:${action.toLowerCase()}`;
  const why = decision.denied
    ? 'with an explicit deny in a resource-based policy'
    : `because no resource-based policy allows the ${what} action`;
  throw new Refusal(
    'AccessDeniedException',
    `User: ${caller.principalArn} is not authorized to perform: ${what} on resource: ${arnOf('sqs', place, name)} ${why}`,
  );
}
