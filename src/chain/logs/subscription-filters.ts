import type { Kysely } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import { parseArn, type Scope } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import { findQueueByArn, isFifo } from '../queues/queue.ts';
import { checkQuotas, moveRevision } from './filter-quotas.ts';
import { checkFieldSelection, compileFilterPattern, invalid } from './filter-rules.ts';
import type { LogGroup } from './log-groups.ts';
import { afterPrefix } from './name-range.ts';
import {
  type SubscriptionFilter,
  type SubscriptionFilterDraft,
  subscriptionFilterFrom,
} from './subscription-filter.ts';

const SYSTEM_FIELDS: ReadonlySet<string> = new Set(['@aws.account', '@aws.region', '@source.log']);

/**
 * Makes a subscription filter, or replaces the one of the same name. It forwards events that arrive
 * from now on. Refuses what AWS refuses, with its messages, and every destination but a standard
 * queue of the same account and region.
 */
export async function putSubscriptionFilter(
  tx: Tx,
  group: LogGroup,
  draft: SubscriptionFilterDraft,
  now: number,
): Promise<void> {
  const compiled = checkSubscriptionFilter(draft);
  if (group.class !== 'STANDARD')
    throw new Refusal(
      'InvalidOperationException',
      'Subscription filters work on log groups of the Standard class only.',
    );
  await checkDestination(tx, group, draft.destination);
  await checkQuotas(tx, group, { table: 'subscription_filters', name: draft.name, compiled });
  const values = { pattern: draft.pattern, destination: draft.destination, options: JSON.stringify(draft.options) };
  await tx.db
    .insertInto('subscription_filters')
    .values({ group_id: group.id, name: draft.name, created_at: now, ...values })
    .onConflict((conflict) => conflict.columns(['group_id', 'name']).doUpdateSet(values))
    .execute();
  await moveRevision(tx, group);
}

/** Checks all that can be checked without the store. Gives the compiled pattern. */
export function checkSubscriptionFilter({ pattern, options }: SubscriptionFilterDraft) {
  const compiled = compileFilterPattern(pattern);
  const unknown = options.emitSystemFields?.find((field) => !SYSTEM_FIELDS.has(field));
  if (unknown !== undefined) throw invalid(`Invalid system field: ${unknown}`);
  checkFieldSelection(options.fieldSelectionCriteria);
  return compiled;
}

async function checkDestination({ db }: Tx, scope: Scope, destination: string): Promise<void> {
  const arn = parseArn(destination);
  if (!arn) throw invalid('destinationArn is not an ARN.');
  if (arn.service !== 'sqs')
    throw invalid(
      `PutSubscriptionFilter operation cannot work with destinationArn for vendor ${arn.service}. Trailbell delivers to its own SQS queues: give the ARN of one.`,
    );
  const isNear = arn.account === scope.account && arn.region === scope.region;
  const queue = isNear ? await findQueueByArn(db, destination) : undefined;
  if (!queue)
    throw invalid(
      'Could not deliver test message to specified SQS queue. Check if the given queue exists in the account and region of the log group.',
    );
  if (isFifo(queue)) throw invalid('destinationArn must not be a FIFO queue: log events have no message group.');
}

/** Deletes a subscription filter; refuses with AWS's ResourceNotFoundException when there is none of that name. */
export async function deleteSubscriptionFilter(tx: Tx, group: LogGroup, name: string): Promise<void> {
  const deleted = await tx.db
    .deleteFrom('subscription_filters')
    .where('group_id', '=', group.id)
    .where('name', '=', name)
    .returning('id')
    .executeTakeFirst();
  if (!deleted) throw new Refusal('ResourceNotFoundException', 'The specified subscription filter does not exist.');
  await moveRevision(tx, group);
}

export interface SubscriptionFilterSearch {
  readonly prefix?: string | undefined;
  /** Only names after this one. */
  readonly after?: string | undefined;
  readonly limit?: number;
}

/** The subscription filters of one group, by name. */
export async function subscriptionFiltersOf(
  db: Kysely<Tables>,
  groupId: number,
  { prefix, after, limit }: SubscriptionFilterSearch = {},
): Promise<SubscriptionFilter[]> {
  let query = db.selectFrom('subscription_filters').selectAll().where('group_id', '=', groupId);
  if (prefix !== undefined) {
    query = query.where('name', '>=', prefix);
    const end = afterPrefix(prefix);
    if (end !== undefined) query = query.where('name', '<', end);
  }
  if (after !== undefined) query = query.where('name', '>', after);
  if (limit !== undefined) query = query.limit(limit);
  const rows = await query.orderBy('name').execute();
  return rows.map(subscriptionFilterFrom);
}
