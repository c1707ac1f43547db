import type { Kysely } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import { arnOf, type Scope } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import type { ChainContext } from '../context.ts';
import { forgetSequence } from '../fifo/admit.ts';
import { sequenceOf } from './ordering.ts';
import { invalidParameter } from './refusals.ts';
import { findTopic, needTopic, readArn, type Topic, topicOf } from './topic.ts';
import { describeTopic, mergeTopicAttributes, newTopicAttributes } from './topic-attributes.ts';
import { mergeTags, type Tag } from './topic-tags.ts';

export interface TopicWish extends Scope {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly tags?: readonly Tag[];
}

const MOST_TOPICS = 100_000;
const MOST_FIFO_TOPICS = 1_000;

/**
 * Creates a topic, or gives back the one of that name when it would not differ.
 * @throws Refusal InvalidParameter, TopicLimitExceeded
 */
export async function createTopic(ctx: ChainContext, wish: TopicWish): Promise<Topic> {
  if (!/^[A-Za-z0-9_-]{1,256}$/.test(wish.name.replace(/\.fifo$/, '')) || wish.name.length > 256) {
    throw invalidParameter('Topic Name');
  }
  const attributes = newTopicAttributes(wish.name, wish.attributes ?? {});
  const tags = mergeTags({}, wish.tags ?? []);
  return ctx.store.write(async ({ db, onCommit }) => {
    const existing = await findTopic(db, wish, wish.name);
    if (existing) return sameTopic(db, existing, attributes, tags);
    await refuseTooMany(db, wish, attributes.FifoTopic === 'true');
    const row = await db
      .insertInto('topics')
      .values({
        account: wish.account,
        region: wish.region,
        name: wish.name,
        attributes: JSON.stringify(attributes),
        tags: JSON.stringify(tags),
        created_at: ctx.clock.now(),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    onCommit(() => ctx.signals.raise('heartbeats'));
    return topicOf(row);
  });
}

async function sameTopic(
  db: Kysely<Tables>,
  topic: Topic,
  attributes: Record<string, string>,
  tags: Record<string, string>,
): Promise<Topic> {
  const differs = (wanted: Record<string, string>, present: Readonly<Record<string, string>>): boolean =>
    Object.entries(wanted).some(([name, value]) => !Object.hasOwn(present, name) || present[name] !== value);
  if (differs(attributes, await describeTopic(db, topic))) {
    throw invalidParameter('Attributes Reason: Topic already exists with different attributes');
  }
  if (differs(tags, topic.tags)) throw invalidParameter('Tags Reason: Topic already exists with different tags');
  return topic;
}

async function refuseTooMany(db: Kysely<Tables>, scope: Scope, fifo: boolean): Promise<void> {
  const { count } = await db
    .selectFrom('topics')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('account', '=', scope.account)
    .where('region', '=', scope.region)
    .where('name', fifo ? 'like' : 'not like', '%.fifo')
    .executeTakeFirstOrThrow();
  if (count >= (fifo ? MOST_FIFO_TOPICS : MOST_TOPICS))
    throw new Refusal('TopicLimitExceededException', 'Topic limit exceeded');
}

/** Deletes a topic with its subscriptions and what was still on the way to them. An unknown one is no error. */
export async function deleteTopic(ctx: ChainContext, scope: Scope, arn: string): Promise<void> {
  const { region } = readArn(arn, 'TopicArn');
  return ctx.store.write(async (tx) => {
    const { db } = tx;
    if (region !== scope.region) throw invalidParameter('TopicArn');
    const topic = await needTopic(db, scope, arn).catch(unknownIsFine);
    if (!topic) return;
    await db.deleteFrom('deliveries').where('topic_arn', '=', topic.arn).where('status', '=', 'waiting').execute();
    await db.deleteFrom('subscriptions').where('topic_id', '=', topic.id).execute();
    await forgetSequence(tx, sequenceOf(topic));
    await db.deleteFrom('topics').where('id', '=', topic.id).execute();
  });
}

const unknownIsFine = (error: unknown): undefined => {
  if (error instanceof Refusal && error.code === 'NotFoundException') return undefined;
  throw error;
};

/** The ARNs of a scope's topics, in the order they were made, from the one after id `after`. */
export async function listTopics(db: Kysely<Tables>, scope: Scope, after: number, limit: number) {
  const rows = await db
    .selectFrom('topics')
    .select(['id', 'name'])
    .where('account', '=', scope.account)
    .where('region', '=', scope.region)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ id: row.id, arn: arnOf('sns', scope, row.name) }));
}

/** Sets one attribute. @throws Refusal InvalidParameter, NotFound */
export function setTopicAttribute(
  ctx: ChainContext,
  scope: Scope,
  arn: string,
  name: string,
  value: string,
): Promise<void> {
  return ctx.store.write(async ({ db }) => {
    const topic = await needTopic(db, scope, arn);
    const attributes = mergeTopicAttributes(topic.attributes, { [name]: value });
    await db
      .updateTable('topics')
      .set({ attributes: JSON.stringify(attributes) })
      .where('id', '=', topic.id)
      .execute();
  });
}

/** Sets tags and takes the named ones away. @throws Refusal ResourceNotFound */
export function tagTopic(
  ctx: ChainContext,
  scope: Scope,
  arn: string,
  change: { readonly set?: readonly Tag[]; readonly remove?: readonly string[] },
): Promise<void> {
  return ctx.store.write(async ({ db, onCommit }) => {
    const topic = await needTaggedTopic(db, scope, arn);
    const kept = Object.entries(topic.tags).filter(([key]) => !change.remove?.includes(key));
    const tags = mergeTags(Object.fromEntries(kept), change.set ?? []);
    await db
      .updateTable('topics')
      .set({ tags: JSON.stringify(tags) })
      .where('id', '=', topic.id)
      .execute();
    onCommit(() => ctx.signals.raise('heartbeats'));
  });
}

/** The topic of a tagging call, which has an error of its own for one that is not there. */
export async function needTaggedTopic(db: Kysely<Tables>, scope: Scope, arn: string): Promise<Topic> {
  const topic = await needTopic(db, scope, arn).catch(unknownIsFine);
  if (!topic) throw new Refusal('ResourceNotFoundException', 'Resource does not exist');
  return topic;
}

/**
 * Changes a topic's policy by what its present one is.
 * @throws Refusal InvalidParameter, NotFound
 */
export function changeTopicPolicy(
  ctx: ChainContext,
  scope: Scope,
  arn: string,
  change: (topic: Topic) => string,
): Promise<void> {
  return ctx.store.write(async ({ db }) => {
    const topic = await needTopic(db, scope, arn);
    const attributes = { ...topic.attributes, Policy: change(topic) };
    await db
      .updateTable('topics')
      .set({ attributes: JSON.stringify(attributes) })
      .where('id', '=', topic.id)
      .execute();
  });
}
