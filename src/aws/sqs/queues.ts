import { Refusal } from '../../base/refusal.ts';
import {
  createQueue,
  deadLetterSources,
  deleteQueue,
  listQueues,
  purgeQueue,
  setQueueAttributes,
  tagQueue,
} from '../../chain/queues/manage.ts';
import { needQueue } from '../../chain/queues/queue.ts';
import { describeQueue } from '../../chain/queues/queue-attributes.ts';
import { invalidParameter } from '../../chain/queues/refusals.ts';
import type { SqsHandlers } from '../wire/handlers.ts';
import type { SqsDeps } from './deps.ts';
import { ownQueue, permittedQueue, queueUrl, sharedQueue } from './queue-url.ts';

const MOST_LISTED = 1_000;

/** Queues, their attributes and their tags. */
export const queueHandlers = (deps: SqsDeps): SqsHandlers => {
  const { chain } = deps;
  const db = chain.store.read;
  return {
    async CreateQueue({ QueueName, Attributes = {}, tags = {} }, call) {
      const attributes = Attributes as Record<string, string>;
      const queue = await createQueue(chain, {
        ...call.scope,
        name: QueueName,
        attributes,
        tags: tags as Record<string, string>,
      });
      return { QueueUrl: queueUrl(deps, call, queue) };
    },

    async DeleteQueue({ QueueUrl }, call) {
      await deleteQueue(chain, call.scope, ownQueue(QueueUrl, call));
      return {};
    },

    async GetQueueUrl({ QueueName, QueueOwnerAWSAccountId }, call) {
      const place = { account: QueueOwnerAWSAccountId || call.scope.account, name: QueueName };
      return { QueueUrl: queueUrl(deps, call, await permittedQueue(chain, place, call, 'GetQueueUrl')) };
    },

    async ListQueues({ QueueNamePrefix, NextToken, MaxResults }, call) {
      const limit = pageSize(MaxResults);
      const after = readToken(NextToken);
      const found = await listQueues(db, call.scope, { ...prefixOf(QueueNamePrefix), ...after, limit: limit + 1 });
      const page = found.slice(0, limit);
      // Without MaxResults AWS gives the first thousand and says nothing of the rest.
      const more = MaxResults !== undefined && found.length > limit;
      return {
        QueueUrls: page.map((queue) => queueUrl(deps, call, queue)),
        ...(more ? { NextToken: writeToken(page.at(-1)?.name ?? '') } : {}),
      };
    },

    async ListDeadLetterSourceQueues({ QueueUrl }, call) {
      const target = await sharedQueue(deps, QueueUrl, call, 'ListDeadLetterSourceQueues');
      const sources = await deadLetterSources(db, target);
      return { queueUrls: sources.map((queue) => queueUrl(deps, call, queue)) };
    },

    async PurgeQueue({ QueueUrl }, call) {
      const queue = await sharedQueue(deps, QueueUrl, call, 'PurgeQueue');
      await purgeQueue(chain, queue, queue.name);
      return {};
    },

    async GetQueueAttributes({ QueueUrl, AttributeNames = [] }, call) {
      const queue = await sharedQueue(deps, QueueUrl, call, 'GetQueueAttributes');
      const all = await describeQueue(db, queue, chain.clock.now());
      const wanted = new Set<string>(AttributeNames);
      const chosen = Object.entries(all).filter(([name]) => wanted.has('All') || wanted.has(name));
      return chosen.length === 0 ? {} : { Attributes: Object.fromEntries(chosen) };
    },

    async SetQueueAttributes({ QueueUrl, Attributes }, call) {
      await setQueueAttributes(chain, call.scope, ownQueue(QueueUrl, call), Attributes as Record<string, string>);
      return {};
    },

    async TagQueue({ QueueUrl, Tags }, call) {
      await tagQueue(chain, call.scope, ownQueue(QueueUrl, call), { set: Tags as Record<string, string> });
      return {};
    },

    async UntagQueue({ QueueUrl, TagKeys }, call) {
      await tagQueue(chain, call.scope, ownQueue(QueueUrl, call), { remove: TagKeys });
      return {};
    },

    async ListQueueTags({ QueueUrl }, call) {
      const { tags } = await needQueue(db, call.scope, ownQueue(QueueUrl, call));
      return Object.keys(tags).length === 0 ? {} : { Tags: { ...tags } };
    },
  };
};

function pageSize(most: number | undefined): number {
  if (most === undefined) return MOST_LISTED;
  if (most >= 1 && most <= MOST_LISTED) return most;
  throw invalidParameter(most, 'MaxResults', 'MaxResults must be an integer between 1 and 1000.');
}

const prefixOf = (prefix: string | undefined) => (prefix === undefined ? {} : { prefix });

const writeToken = (name: string): string => Buffer.from(`1:${name}`).toString('base64url');

function readToken(token: string | undefined): { after?: string } {
  if (token === undefined) return {};
  const text = token.length > 512 ? '' : Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith('1:')) throw new Refusal('InvalidParameterValueException', 'Invalid or expired next token.');
  return { after: text.slice(2) };
}
