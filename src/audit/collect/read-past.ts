import type { JsonObject } from '../../pattern/index.ts';
import type { HistoryItem } from '../hindsight/alarm-history.ts';
import type { Alarm } from '../state.ts';
import { documentOf } from './document-of.ts';
import type { WatchedDoor } from './watched-door.ts';

const DAY = 86_400_000;
/** How far back CloudTrail tells of events, and CloudWatch of what alarms did. */
export const EVENT_DAYS = 90;
export const HISTORY_DAYS = 30;
/** Two calls a second are allowed: more events than this would take an hour a region. */
const MOST_EVENTS = 100_000;

/** What root did in the last 90 days, from CloudTrail's own event history of each region. */
export async function readRootEvents(
  door: WatchedDoor,
  regions: readonly string[],
  now: number,
): Promise<{ readonly records: JsonObject[]; readonly isWhole: boolean }> {
  const read = await Promise.all(
    regions.map((region) =>
      door.askAll(
        'cloudtrail:LookupEvents',
        region,
        {
          LookupAttributes: [{ AttributeKey: 'Username', AttributeValue: 'root' }],
          StartTime: new Date(now - EVENT_DAYS * DAY),
          EndTime: new Date(now),
          MaxResults: 50,
        },
        { items: ({ Events }) => Events, next: ({ NextToken }) => NextToken, token: 'NextToken', most: MOST_EVENTS },
      ),
    ),
  );
  const events = read.flatMap((outcome) => (outcome.kind === 'answer' ? outcome.output : []));
  return {
    records: events.flatMap(({ CloudTrailEvent = '' }): JsonObject[] => {
      const record = documentOf(CloudTrailEvent);
      return record ? [record as JsonObject] : [];
    }),
    isWhole: read.every(({ kind }) => kind === 'answer'),
  };
}

/** What the alarms of `door`'s account did, as far back as CloudWatch tells. */
export async function readAlarmHistories(
  door: WatchedDoor,
  alarms: readonly Pick<Alarm, 'AlarmName' | 'account' | 'region' | 'type'>[],
  now: number,
): Promise<HistoryItem[]> {
  const own = alarms.filter(({ account }) => account === door.account);
  const read = await Promise.all(
    own.map(async ({ AlarmName, account, region, type }) => {
      const outcome = await door.askAll(
        'cloudwatch:DescribeAlarmHistory',
        region,
        {
          AlarmName,
          AlarmTypes: [type === 'metric' ? 'MetricAlarm' : 'CompositeAlarm'],
          StartDate: new Date(now - HISTORY_DAYS * DAY),
          EndDate: new Date(now),
          MaxRecords: 100,
        },
        { items: ({ AlarmHistoryItems }) => AlarmHistoryItems, next: ({ NextToken }) => NextToken, token: 'NextToken' },
      );
      if (outcome.kind !== 'answer') return [];
      return outcome.output.map(
        ({ Timestamp, HistoryItemType = '', HistorySummary = '', HistoryData = '{}' }): HistoryItem => ({
          AlarmName,
          account,
          region,
          Timestamp: Timestamp?.getTime() ?? 0,
          HistoryItemType,
          HistorySummary,
          HistoryData,
        }),
      );
    }),
  );
  return read.flat();
}
