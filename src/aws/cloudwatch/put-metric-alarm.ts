import { putAlarm } from '../../chain/alarms/alarms.ts';
import { checkActions, defineAlarm } from '../../chain/alarms/definition.ts';
import type { CloudWatchDeps, CloudWatchOperation } from './deps.ts';
import { dimensionsOf } from './dimensions.ts';
import { checkTagKeys, mergedTags } from './tags.ts';

export const putMetricAlarm =
  ({ store, clock, signals }: CloudWatchDeps): CloudWatchOperation<'PutMetricAlarm'> =>
  async (input, { scope }) => {
    const definition = defineAlarm({ ...input });
    checkActions({ ...input }, scope);
    dimensionsOf(input.Dimensions);
    checkTagKeys(input.Tags ?? []);
    const tags = mergedTags({}, input.Tags ?? []);
    const draft = { definition, actionsEnabled: input.ActionsEnabled ?? true, tags };
    await store.write(async (tx) => {
      await putAlarm(tx, scope, draft, clock.now());
      tx.onCommit(() => signals.raise('alarms'));
    });
    return {};
  };
