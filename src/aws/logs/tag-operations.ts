import { addTags, getLogGroup, removeTags, tagsOf } from '../../chain/logs/log-groups.ts';
import { nameOfIdentifier } from './group-of-call.ts';
import type { LogsDeps, LogsOperation } from './logs-deps.ts';

/** Tags by the group's name: AWS's older calls. */
export const tagLogGroup =
  ({ store }: LogsDeps): LogsOperation<'TagLogGroup'> =>
  async ({ logGroupName, tags }, { scope }) => {
    await store.write(async (tx) => addTags(tx, await getLogGroup(tx.db, scope, logGroupName), tags));
    return {};
  };

export const untagLogGroup =
  ({ store }: LogsDeps): LogsOperation<'UntagLogGroup'> =>
  async ({ logGroupName, tags }, { scope }) => {
    await store.write(async (tx) => removeTags(tx, await getLogGroup(tx.db, scope, logGroupName), tags));
    return {};
  };

export const listTagsLogGroup =
  ({ store }: LogsDeps): LogsOperation<'ListTagsLogGroup'> =>
  async ({ logGroupName }, { scope }) => ({ tags: tagsOf(await getLogGroup(store.read, scope, logGroupName)) });

/** Tags by the group's ARN. */
export const tagResource =
  ({ store }: LogsDeps): LogsOperation<'TagResource'> =>
  async ({ resourceArn, tags }, { scope }) => {
    const name = nameOfIdentifier(scope, resourceArn);
    await store.write(async (tx) => addTags(tx, await getLogGroup(tx.db, scope, name), tags));
    return {};
  };

export const untagResource =
  ({ store }: LogsDeps): LogsOperation<'UntagResource'> =>
  async ({ resourceArn, tagKeys }, { scope }) => {
    const name = nameOfIdentifier(scope, resourceArn);
    await store.write(async (tx) => removeTags(tx, await getLogGroup(tx.db, scope, name), tagKeys));
    return {};
  };

export const listTagsForResource =
  ({ store }: LogsDeps): LogsOperation<'ListTagsForResource'> =>
  async ({ resourceArn }, { scope }) => ({
    tags: tagsOf(await getLogGroup(store.read, scope, nameOfIdentifier(scope, resourceArn))),
  });
