import type { AlarmHistoryItem } from '@aws-sdk/client-cloudwatch';
import { readHistory } from '../../chain/alarms/history.ts';
import { kindsOf } from './alarm-types.ts';
import type { CloudWatchDeps, CloudWatchOperation } from './deps.ts';
import { readToken, writeToken } from './page-token.ts';

const PAGE = 100;

export const describeAlarmHistory =
  ({ store }: CloudWatchDeps): CloudWatchOperation<'DescribeAlarmHistory'> =>
  async (input, { scope }) => {
    const kinds = kindsOf(input.AlarmTypes);
    if (kinds.length === 0 || input.AlarmContributorId) return { AlarmHistoryItems: [] };
    const [at, id] = readToken(input.NextToken, ['number', 'number']) ?? [];
    const limit = input.MaxRecords ?? PAGE;
    const items = await readHistory(store.read, {
      scope,
      kinds,
      alarmName: input.AlarmName,
      type: input.HistoryItemType,
      from: input.StartDate?.getTime(),
      until: input.EndDate?.getTime(),
      order: input.ScanBy === 'TimestampAscending' ? 'asc' : 'desc',
      after: at === undefined || id === undefined ? undefined : { at: Number(at), id: Number(id) },
      limit: limit + 1,
    });
    const page = items.slice(0, limit);
    const last = page.at(-1);
    return {
      AlarmHistoryItems: page.map(
        (item): AlarmHistoryItem => ({
          AlarmName: item.alarm_name,
          AlarmType: item.alarm_kind === 'composite' ? 'CompositeAlarm' : 'MetricAlarm',
          Timestamp: new Date(item.at),
          HistoryItemType: item.type as NonNullable<AlarmHistoryItem['HistoryItemType']>,
          HistorySummary: item.summary,
          HistoryData: item.data,
        }),
      ),
      NextToken: items.length > limit && last ? writeToken([last.at, last.id]) : undefined,
    };
  };
