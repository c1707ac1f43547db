import { createLogGroup, deleteLogGroup, getLogGroup } from '../../chain/logs/log-groups.ts';
import { invalid } from './invalid.ts';
import type { LogsDeps, LogsOperation } from './logs-deps.ts';

export const createLogGroupOperation =
  ({ store, clock }: LogsDeps): LogsOperation<'CreateLogGroup'> =>
  async ({ logGroupName, logGroupClass, kmsKeyId, tags, deletionProtectionEnabled }, { scope }) => {
    if (deletionProtectionEnabled) throw invalid('Deletion protection is not supported by this server.');
    const group = { name: logGroupName, class: logGroupClass, kmsKey: kmsKeyId, tags };
    await store.write((tx) => createLogGroup(tx, scope, group, clock.now()));
    return {};
  };

export const deleteLogGroupOperation =
  ({ store }: LogsDeps): LogsOperation<'DeleteLogGroup'> =>
  async ({ logGroupName }, { scope }) => {
    await store.write(async (tx) => deleteLogGroup(tx, await getLogGroup(tx.db, scope, logGroupName)));
    return {};
  };
