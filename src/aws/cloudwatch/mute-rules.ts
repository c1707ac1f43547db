import type { AlarmMuteRuleSummary } from '@aws-sdk/client-cloudwatch';
import { Refusal } from '../../base/refusal.ts';
import { arnOf } from '../../base/scope.ts';
import {
  deleteMuteRule,
  findMuteRule,
  listMuteRules,
  type MuteRule,
  muteStatus,
  muteType,
  putMuteRule,
} from '../../chain/alarms/mute-rules.ts';
import type { CloudWatchDeps, CloudWatchOperation } from './deps.ts';
import { readToken, writeToken } from './page-token.ts';
import { checkTagKeys, mergedTags } from './tags.ts';

const PAGE = 50;

export const putAlarmMuteRule =
  ({ store, clock, signals }: CloudWatchDeps): CloudWatchOperation<'PutAlarmMuteRule'> =>
  async ({ Tags, StartDate, ExpireDate, ...rest }, { scope }) => {
    checkTagKeys(Tags ?? []);
    const tags = mergedTags({}, Tags ?? []);
    const definition = { ...rest, StartDate: StartDate?.getTime(), ExpireDate: ExpireDate?.getTime() };
    await store.write(async (tx) => {
      await putMuteRule(tx, scope, definition, tags, clock.now());
      tx.onCommit(() => signals.raise('alarms'));
    });
    return {};
  };

export const getAlarmMuteRule =
  ({ store, clock }: CloudWatchDeps): CloudWatchOperation<'GetAlarmMuteRule'> =>
  async ({ AlarmMuteRuleName }, { scope }) => {
    const rule = await findMuteRule(store.read, scope, AlarmMuteRuleName);
    if (!rule)
      throw new Refusal('ResourceNotFoundException', `Alarm mute rule ${AlarmMuteRuleName} does not exist`, {
        detail: { ResourceType: 'AlarmMuteRule', ResourceId: AlarmMuteRuleName },
      });
    const { Name, Description, Rule, MuteTargets, StartDate } = rule.definition;
    return {
      ...summaryOf(rule, clock.now()),
      Name,
      ...(Description !== undefined && { Description }),
      Rule,
      ...(MuteTargets && { MuteTargets: { AlarmNames: [...MuteTargets.AlarmNames] } }),
      ...(StartDate !== undefined && { StartDate: new Date(StartDate) }),
    };
  };

export const listAlarmMuteRules =
  ({ store, clock }: CloudWatchDeps): CloudWatchOperation<'ListAlarmMuteRules'> =>
  async ({ AlarmName, Statuses, MaxRecords = PAGE, NextToken }, { scope }) => {
    const now = clock.now();
    const [after] = readToken(NextToken, ['string']) ?? [];
    const rules = await listMuteRules(store.read, scope, AlarmName, after as string | undefined);
    const asked = Statuses?.length ? rules.filter((rule) => Statuses.includes(muteStatus(rule, now))) : rules;
    const page = asked.slice(0, MaxRecords);
    const last = page.at(-1);
    return {
      AlarmMuteRuleSummaries: page.map((rule) => summaryOf(rule, now)),
      NextToken: asked.length > page.length && last ? writeToken([last.definition.Name]) : undefined,
    };
  };

/** A rule that is not there is deleted already. */
export const deleteAlarmMuteRule =
  ({ store, clock, signals }: CloudWatchDeps): CloudWatchOperation<'DeleteAlarmMuteRule'> =>
  async ({ AlarmMuteRuleName }, { scope }) => {
    await store.write(async (tx) => {
      await deleteMuteRule(tx, scope, AlarmMuteRuleName, clock.now());
      tx.onCommit(() => signals.raise('alarms'));
    });
    return {};
  };

function summaryOf(rule: MuteRule, now: number): AlarmMuteRuleSummary {
  const { Name, ExpireDate } = rule.definition;
  return {
    AlarmMuteRuleArn: arnOf('cloudwatch', rule.scope, `alarm-mute-rule:${Name}`),
    ...(ExpireDate !== undefined && { ExpireDate: new Date(ExpireDate) }),
    Status: muteStatus(rule, now),
    MuteType: muteType(rule),
    LastUpdatedTimestamp: new Date(rule.updatedAt),
  };
}
