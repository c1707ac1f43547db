import type { Kysely } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import { parseArn } from '../../base/scope.ts';
import type { Alarm } from '../../chain/alarms/alarm.ts';
import { findAlarm, setTags } from '../../chain/alarms/alarms.ts';
import type { Tables } from '../../store/tables.ts';
import type { CloudWatchDeps, CloudWatchOperation } from './deps.ts';
import { checkTagKeys, mergedTags } from './tags.ts';

export const tagResource =
  ({ store }: CloudWatchDeps): CloudWatchOperation<'TagResource'> =>
  async ({ ResourceARN, Tags }) => {
    checkTagKeys(Tags);
    await store.write(async (tx) => {
      const alarm = await taggedAlarm(tx.db, ResourceARN);
      await setTags(tx, alarm, mergedTags(alarm.tags, Tags));
    });
    return {};
  };

export const untagResource =
  ({ store }: CloudWatchDeps): CloudWatchOperation<'UntagResource'> =>
  async ({ ResourceARN, TagKeys }) => {
    await store.write(async (tx) => {
      const alarm = await taggedAlarm(tx.db, ResourceARN);
      const kept = Object.entries(alarm.tags).filter(([key]) => !TagKeys.includes(key));
      await setTags(tx, alarm, Object.fromEntries(kept));
    });
    return {};
  };

export const listTagsForResource =
  ({ store }: CloudWatchDeps): CloudWatchOperation<'ListTagsForResource'> =>
  async ({ ResourceARN }) => {
    const { tags } = await taggedAlarm(store.read, ResourceARN);
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
  };

/** @throws Refusal ResourceNotFoundException */
async function taggedAlarm(db: Kysely<Tables>, arn: string): Promise<Alarm> {
  const parts = parseArn(arn);
  const name = parts?.service === 'cloudwatch' && /^alarm:(.+)$/s.exec(parts.resource)?.[1];
  const alarm = parts && name ? await findAlarm(db, parts, name) : undefined;
  if (alarm) return alarm;
  throw new Refusal('ResourceNotFoundException', `Resource ${arn} does not exist`, {
    detail: { ResourceType: 'Alarm', ResourceId: arn },
  });
}
