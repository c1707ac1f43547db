import type { Kysely } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import type { Scope } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import type { ChainContext } from '../context.ts';
import { forgetSequence } from '../fifo/admit.ts';
import { findQueue, needQueue, type Queue, queueOf, queueSetting, sequenceOf } from './queue.ts';
import { describeQueue, mergeQueueAttributes } from './queue-attributes.ts';
import { redrivePolicyOf } from './redrive-policy.ts';
import { invalidValue } from './refusals.ts';

export interface QueueWish extends Scope {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * Creates a queue, or gives back the one of that name when none of its attributes would differ.
 * @throws Refusal QueueNameExists, or what is wrong with the name or an attribute
 */
export async function createQueue(ctx: ChainContext, wish: QueueWish): Promise<Queue> {
  checkName(wish);
  return ctx.store.write(async ({ db }) => {
    const attributes = await mergeQueueAttributes(db, { ...wish, attributes: {} }, wish.attributes ?? {});
    const existing = await findQueue(db, wish, wish.name);
    if (existing) return sameQueue(db, existing, attributes, ctx.clock.now());
    const now = ctx.clock.now();
    const row = await db
      .insertInto('queues')
      .values({
        account: wish.account,
        region: wish.region,
        name: wish.name,
        attributes: JSON.stringify(attributes),
        tags: JSON.stringify(wish.tags ?? {}),
        created_at: now,
        modified_at: now,
        purged_at: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return queueOf(row);
  });
}

function checkName({ name, attributes = {} }: QueueWish): void {
  if (attributes.FifoQueue === 'true') {
    if (/^[A-Za-z0-9_-]{1,75}\.fifo$/.test(name)) return;
    throw invalidValue(
      'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
    );
  }
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(name)) {
    throw invalidValue('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length');
  }
}

async function sameQueue(db: Kysely<Tables>, queue: Queue, wanted: Record<string, string>, now: number) {
  const present = new Map(Object.entries(await describeQueue(db, queue, now)));
  const different = Object.entries(wanted).find(([name, value]) => present.get(name) !== value);
  if (!different) return queue;
  throw new Refusal(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${different[0]}`,
  );
}

/** Deletes a queue and all its messages. @throws Refusal QueueDoesNotExist */
export function deleteQueue(ctx: ChainContext, scope: Scope, name: string): Promise<void> {
  return ctx.store.write(async (tx) => {
    const { db } = tx;
    const queue = await needQueue(db, scope, name);
    await forgetSequence(tx, sequenceOf(queue));
    await db.deleteFrom('queue_messages').where('queue_id', '=', queue.id).execute();
    await db.deleteFrom('receive_attempts').where('queue_id', '=', queue.id).execute();
    await db.deleteFrom('queues').where('id', '=', queue.id).execute();
  });
}

/** Queues in order of their names, from the one after `after`. */
export async function listQueues(
  db: Kysely<Tables>,
  scope: Scope,
  page: { readonly prefix?: string; readonly after?: string; readonly limit: number },
): Promise<Queue[]> {
  const rows = await db
    .selectFrom('queues')
    .selectAll()
    .where('account', '=', scope.account)
    .where('region', '=', scope.region)
    .where('name', '>', page.after ?? '')
    .orderBy('name')
    .execute();
  return rows
    .filter((row) => row.name.startsWith(page.prefix ?? ''))
    .slice(0, page.limit)
    .map(queueOf);
}

/** Lays attributes over those of a queue. @throws Refusal QueueDoesNotExist, InvalidAttributeName, … */
export function setQueueAttributes(
  ctx: ChainContext,
  scope: Scope,
  name: string,
  given: Readonly<Record<string, string>>,
): Promise<void> {
  return ctx.store.write(async ({ db }) => {
    const queue = await needQueue(db, scope, name);
    const attributes = await mergeQueueAttributes(db, queue, given);
    await db
      .updateTable('queues')
      .set({ attributes: JSON.stringify(attributes), modified_at: ctx.clock.now() })
      .where('id', '=', queue.id)
      .execute();
    const kept = queueSetting({ attributes }, 'MessageRetentionPeriod') * 1000;
    if (kept === queueSetting(queue, 'MessageRetentionPeriod') * 1000) return;
    await db
      .updateTable('queue_messages')
      .set((e) => ({ expires_at: e('sent_at', '+', kept) }))
      .where('queue_id', '=', queue.id)
      .execute();
  });
}

/** Changes a queue's policy by what its present one is; empty takes it away. @throws Refusal QueueDoesNotExist */
export function changeQueuePolicy(
  ctx: ChainContext,
  scope: Scope,
  name: string,
  change: (queue: Queue) => string,
): Promise<void> {
  return ctx.store.write(async ({ db }) => {
    const queue = await needQueue(db, scope, name);
    const attributes = await mergeQueueAttributes(db, queue, { Policy: change(queue) });
    await db
      .updateTable('queues')
      .set({ attributes: JSON.stringify(attributes), modified_at: ctx.clock.now() })
      .where('id', '=', queue.id)
      .execute();
  });
}

/** AWS allows one purge in this time. */
const PURGE_PAUSE = 60_000;

/** Deletes all messages. @throws Refusal QueueDoesNotExist, PurgeQueueInProgress */
export function purgeQueue(ctx: ChainContext, scope: Scope, name: string): Promise<void> {
  return ctx.store.write(async ({ db }) => {
    const queue = await needQueue(db, scope, name);
    const now = ctx.clock.now();
    if (queue.purgedAt !== null && now - queue.purgedAt < PURGE_PAUSE) {
      throw new Refusal(
        'PurgeQueueInProgress',
        `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`,
      );
    }
    await db.deleteFrom('queue_messages').where('queue_id', '=', queue.id).execute();
    await db.updateTable('queues').set({ purged_at: now }).where('id', '=', queue.id).execute();
  });
}

/** Sets tags and takes the named ones away. @throws Refusal QueueDoesNotExist */
export function tagQueue(
  ctx: ChainContext,
  scope: Scope,
  name: string,
  change: { readonly set?: Readonly<Record<string, string>>; readonly remove?: readonly string[] },
): Promise<void> {
  return ctx.store.write(async ({ db }) => {
    const queue = await needQueue(db, scope, name);
    const tags = new Map([...Object.entries(queue.tags), ...Object.entries(change.set ?? {})]);
    for (const key of change.remove ?? []) tags.delete(key);
    await db
      .updateTable('queues')
      .set({ tags: JSON.stringify(Object.fromEntries(tags)) })
      .where('id', '=', queue.id)
      .execute();
  });
}

/** The queues whose dead letters go to `target`. */
export async function deadLetterSources(db: Kysely<Tables>, target: Queue): Promise<Queue[]> {
  const queues = await listQueues(db, target, { limit: Number.MAX_SAFE_INTEGER });
  return queues.filter((queue) => redrivePolicyOf(queue.attributes)?.deadLetterTargetArn === target.arn);
}
