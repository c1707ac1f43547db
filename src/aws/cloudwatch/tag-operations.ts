import type { Kysely } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import { parseArn } from '../../base/scope.ts';
import { setTags } from '../../chain/alarms/alarms.ts';
import { findAnyAlarm } from '../../chain/alarms/find-alarm.ts';
import { findMuteRule, setMuteRuleTags } from '../../chain/alarms/mute-rules.ts';
import { findDashboard, setDashboardTags } from '../../chain/dashboards/dashboards.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import type { CloudWatchDeps, CloudWatchOperation } from './deps.ts';
import { checkTagKeys, mergedTags, type Tags } from './tags.ts';

export const tagResource =
  ({ store, clock, signals }: CloudWatchDeps): CloudWatchOperation<'TagResource'> =>
  async ({ ResourceARN, Tags }) => {
    checkTagKeys(Tags);
    await store.write(async (tx) => {
      const tagged = await taggedThing(tx.db, ResourceARN);
      await tagged.set(tx, mergedTags(tagged.tags, Tags), clock.now());
      tx.onCommit(() => signals.raise('alarms'));
    });
    return {};
  };

export const untagResource =
  ({ store, clock, signals }: CloudWatchDeps): CloudWatchOperation<'UntagResource'> =>
  async ({ ResourceARN, TagKeys }) => {
    await store.write(async (tx) => {
      const tagged = await taggedThing(tx.db, ResourceARN);
      const kept = Object.entries(tagged.tags).filter(([key]) => !TagKeys.includes(key));
      await tagged.set(tx, Object.fromEntries(kept), clock.now());
      tx.onCommit(() => signals.raise('alarms'));
    });
    return {};
  };

export const listTagsForResource =
  ({ store }: CloudWatchDeps): CloudWatchOperation<'ListTagsForResource'> =>
  async ({ ResourceARN }) => {
    const { tags } = await taggedThing(store.read, ResourceARN);
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
  };

interface Tagged {
  readonly tags: Tags;
  readonly set: (tx: Tx, tags: Tags, now: number) => Promise<void>;
}

/** @throws Refusal ResourceNotFoundException */
async function taggedThing(db: Kysely<Tables>, arn: string): Promise<Tagged> {
  const parts = parseArn(arn);
  const dashboard = parts?.service === 'cloudwatch' && /^dashboard\/(.+)$/s.exec(parts.resource)?.[1];
  if (dashboard) return taggedDashboard(db, parts.account, dashboard, arn);
  const [, kind, name] =
    (parts?.service === 'cloudwatch' && /^(alarm|alarm-mute-rule):(.+)$/s.exec(parts.resource)) || [];
  const alarm = parts && name && kind === 'alarm' ? await findAnyAlarm(db, parts, name) : undefined;
  if (alarm) return { tags: alarm.tags, set: (tx, tags, now) => setTags(tx, alarm, tags, now) };
  const rule = parts && name && kind === 'alarm-mute-rule' ? await findMuteRule(db, parts, name) : undefined;
  if (rule) return { tags: rule.tags, set: (tx, tags) => setMuteRuleTags(tx, rule.id, tags) };
  throw unknown(arn, 'Alarm');
}

async function taggedDashboard(db: Kysely<Tables>, account: string, name: string, arn: string): Promise<Tagged> {
  const dashboard = await findDashboard(db, account, name);
  if (!dashboard) throw unknown(arn, 'Dashboard');
  return { tags: dashboard.tags, set: (tx, tags) => setDashboardTags(tx, account, name, tags) };
}

const unknown = (arn: string, type: string): Refusal =>
  new Refusal('ResourceNotFoundException', `Resource ${arn} does not exist`, {
    detail: { ResourceType: type, ResourceId: arn },
  });
