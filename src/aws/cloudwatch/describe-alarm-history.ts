import type { AlarmHistoryItem } from '@aws-sdk/client-cloudwatch';
import { readHistory } from '../../chain/alarms/history.ts';
import type { CloudWatchDeps, CloudWatchOperation } from './deps.ts';
import { readToken, writeToken } from './page-token.ts';

const PAGE = 100;

export const describeAlarmHistory =
  ({ store }: CloudWatchDeps): CloudWatchOperation<'DescribeAlarmHistory'> =>
  async (input, { scope }) => {
    const isForMetricAlarms = input.AlarmTypes === undefined || input.AlarmTypes.includes('MetricAlarm');
    if (!isForMetricAlarms || input.AlarmContributorId) return { AlarmHistoryItems: [] };
    const [at, id] = readToken(input.NextToken, ['number', 'number']) ?? [];
    const limit = input.MaxRecords ?? PAGE;
    const items = await readHistory(store.read, {
      scope,
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
          AlarmType: 'MetricAlarm',
          Timestamp: new Date(item.at),
          HistoryItemType: item.type as NonNullable<AlarmHistoryItem['HistoryItemType']>,
          HistorySummary: item.summary,
          HistoryData: item.data,
        }),
      ),
      NextToken: items.length > limit && last ? writeToken([last.at, last.id]) : undefined,
    };
  };
