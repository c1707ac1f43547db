import { defineComposite } from '../../chain/alarms/composite-definition.ts';
import { putComposite } from '../../chain/alarms/composites.ts';
import { checkActions } from '../../chain/alarms/definition.ts';
import type { CloudWatchDeps, CloudWatchOperation } from './deps.ts';
import { checkTagKeys, mergedTags } from './tags.ts';

export const putCompositeAlarm =
  (deps: CloudWatchDeps): CloudWatchOperation<'PutCompositeAlarm'> =>
  async (input, { scope }) => {
    const { store, clock } = deps;
    const definition = defineComposite({ ...input }, scope);
    checkActions({ ...input }, scope);
    checkTagKeys(input.Tags ?? []);
    const tags = mergedTags({}, input.Tags ?? []);
    const draft = { definition, actionsEnabled: input.ActionsEnabled ?? true, tags };
    await store.write((tx) => putComposite(tx, deps, scope, draft, clock.now()));
    return {};
  };
