import { getLogGroup, setRetention } from '../../chain/logs/log-groups.ts';
import { RETENTION_DAYS } from '../../chain/logs/retention-rule.ts';
import { describeViolations } from '../wire/violation.ts';
import { invalid } from './invalid.ts';
import type { LogsDeps, LogsOperation } from './logs-deps.ts';

export const putRetentionPolicy =
  ({ store }: LogsDeps): LogsOperation<'PutRetentionPolicy'> =>
  async ({ logGroupName, retentionInDays }, { scope }) => {
    if (!RETENTION_DAYS.includes(retentionInDays)) throw notOffered(retentionInDays);
    await store.write(async (tx) => setRetention(tx, await getLogGroup(tx.db, scope, logGroupName), retentionInDays));
    return {};
  };

const notOffered = (value: number): Error =>
  invalid(
    describeViolations([
      {
        path: 'retentionInDays',
        value,
        rule: `Member must satisfy enum value set: [${RETENTION_DAYS.join(', ')}]`,
        sensitive: false,
      },
    ]),
  );

export const deleteRetentionPolicy =
  ({ store }: LogsDeps): LogsOperation<'DeleteRetentionPolicy'> =>
  async ({ logGroupName }, { scope }) => {
    await store.write(async (tx) => setRetention(tx, await getLogGroup(tx.db, scope, logGroupName), null));
    return {};
  };
