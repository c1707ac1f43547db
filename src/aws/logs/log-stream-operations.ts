import { getLogGroup } from '../../chain/logs/log-groups.ts';
import { createLogStream, deleteLogStream, getLogStream } from '../../chain/logs/log-streams.ts';
import type { LogsDeps, LogsOperation } from './logs-deps.ts';

export const createLogStreamOperation =
  ({ store, clock }: LogsDeps): LogsOperation<'CreateLogStream'> =>
  async ({ logGroupName, logStreamName }, { scope }) => {
    await store.write(async (tx) =>
      createLogStream(tx, await getLogGroup(tx.db, scope, logGroupName), logStreamName, clock.now()),
    );
    return {};
  };

export const deleteLogStreamOperation =
  ({ store }: LogsDeps): LogsOperation<'DeleteLogStream'> =>
  async ({ logGroupName, logStreamName }, { scope }) => {
    await store.write(async (tx) => {
      const group = await getLogGroup(tx.db, scope, logGroupName);
      await deleteLogStream(tx, group, await getLogStream(tx.db, group, logStreamName));
    });
    return {};
  };
