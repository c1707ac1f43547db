import { invalidParameter } from '../../chain/topics/refusals.ts';
import { needTopic } from '../../chain/topics/topic.ts';
import { describeTopic } from '../../chain/topics/topic-attributes.ts';
import type { Tag } from '../../chain/topics/topic-tags.ts';
import {
  createTopic,
  deleteTopic,
  listTopics,
  needTaggedTopic,
  setTopicAttribute,
  tagTopic,
} from '../../chain/topics/topics.ts';
import type { SnsHandlers } from '../wire/handlers.ts';
import { scopeFor } from './asking.ts';
import type { SnsDeps } from './deps.ts';
import { cutPage, PAGE, readToken } from './paging.ts';

/** Topics, their attributes and their tags. */
export const topicHandlers = ({ chain }: SnsDeps): SnsHandlers => ({
  async CreateTopic({ Name, Attributes = {}, Tags = [], DataProtectionPolicy }, { scope }) {
    if (DataProtectionPolicy)
      throw invalidParameter('DataProtectionPolicy: not supported by this version of Trailbell');
    const attributes = Attributes as Record<string, string>;
    const topic = await createTopic(chain, { ...scope, name: Name, attributes, tags: Tags.map(tagOf) });
    return { TopicArn: topic.arn };
  },

  async DeleteTopic({ TopicArn }, call) {
    await deleteTopic(chain, await scopeFor(chain, call, 'DeleteTopic', TopicArn), TopicArn);
    return {};
  },

  async ListTopics({ NextToken }, { scope }) {
    const after = Number(readToken(NextToken) ?? 0);
    if (!Number.isSafeInteger(after)) throw invalidParameter('NextToken');
    const { page, token } = cutPage(await listTopics(chain.store.read, scope, after, PAGE + 1), ({ id }) => String(id));
    return { Topics: page.map(({ arn }) => ({ TopicArn: arn })), NextToken: token };
  },

  async GetTopicAttributes({ TopicArn }, call) {
    const scope = await scopeFor(chain, call, 'GetTopicAttributes', TopicArn);
    const topic = await needTopic(chain.store.read, scope, TopicArn);
    return { Attributes: await describeTopic(chain.store.read, topic) };
  },

  async SetTopicAttributes({ TopicArn, AttributeName, AttributeValue = '' }, call) {
    const scope = await scopeFor(chain, call, 'SetTopicAttributes', TopicArn);
    await setTopicAttribute(chain, scope, TopicArn, AttributeName, AttributeValue);
    return {};
  },

  async TagResource({ ResourceArn, Tags }, { scope }) {
    await tagTopic(chain, scope, ResourceArn, { set: Tags.map(tagOf) });
    return {};
  },

  async UntagResource({ ResourceArn, TagKeys }, { scope }) {
    await tagTopic(chain, scope, ResourceArn, { remove: TagKeys });
    return {};
  },

  async ListTagsForResource({ ResourceArn }, { scope }) {
    const topic = await needTaggedTopic(chain.store.read, scope, ResourceArn);
    return { Tags: Object.entries(topic.tags).map(([Key, Value]) => ({ Key, Value })) };
  },
});

const tagOf = ({ Key, Value }: { Key: string; Value: string }): Tag => ({ Key, Value });
