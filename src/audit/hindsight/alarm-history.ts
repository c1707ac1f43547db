import { z } from 'zod';
import { StateError } from '../state.ts';

/** An item of `cloudwatch:DescribeAlarmHistory`, with the alarm's account and region. */
const item = z.object({
  AlarmName: z.string().max(300),
  account: z.string().regex(/^\d{12}$/),
  region: z.string().max(32),
  /** ISO 8601, or milliseconds since 1970. */
  Timestamp: z.union([z.number(), z.string().max(64)]),
  HistoryItemType: z.string().max(64),
  HistorySummary: z.string().max(4_096).default(''),
  HistoryData: z.string().max(65_536).default('{}'),
});

export type HistoryItem = z.input<typeof item>;

interface Moment {
  /** `111122223333/us-east-1/root-usage` */
  readonly alarm: string;
  readonly name: string;
  readonly at: number;
}

/** A change of an alarm's state. */
export interface Transition extends Moment {
  readonly to: string;
}

/** What became of telling one topic. */
export interface Telling extends Moment {
  readonly outcome: 'Succeeded' | 'Failed' | 'Muted';
  readonly topic: string;
  readonly error: string;
}

/** What a history says, oldest first. */
export interface AlarmHistory {
  readonly transitions: readonly Transition[];
  readonly tellings: readonly Telling[];
  readonly created: readonly Moment[];
  readonly changed: readonly Moment[];
}

const MOST_ITEMS = 200_000;

/** Reads the items of any alarms. @throws StateError for what is no list of history items */
export function readAlarmHistory(value: unknown): AlarmHistory {
  const read = z.array(item).max(MOST_ITEMS).safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new StateError(`alarm history: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const history = {
    transitions: [] as Transition[],
    tellings: [] as Telling[],
    created: [] as Moment[],
    changed: [] as Moment[],
  };
  for (const { AlarmName, account, region, Timestamp, HistoryItemType, HistorySummary, HistoryData } of read.data) {
    const at = typeof Timestamp === 'number' ? Timestamp : Date.parse(Timestamp);
    if (Number.isNaN(at)) throw new StateError(`alarm history: ${Timestamp} is no time`);
    const moment = { alarm: `${account}/${region}/${AlarmName}`, name: AlarmName, at };
    const data = documentIn(HistoryData);
    if (HistoryItemType === 'StateUpdate') {
      const to = /^Alarm updated from \S+ to (\S+)$/.exec(HistorySummary)?.[1];
      if (to !== undefined) history.transitions.push({ ...moment, to });
    }
    if (HistoryItemType === 'Action') {
      const outcome =
        (['Succeeded', 'Failed', 'Muted'] as const).find((word) => word === data.actionState) ??
        outcomeIn(HistorySummary);
      const topic = textOf(data.notificationResource) || (/arn:\S+[^\s.]/.exec(HistorySummary)?.[0] ?? '');
      history.tellings.push({ ...moment, outcome, topic, error: textOf(data.error) });
    }
    if (HistoryItemType === 'ConfigurationUpdate')
      (data.type === 'Create' ? history.created : history.changed).push(moment);
  }
  for (const list of Object.values(history)) list.sort((a, b) => a.at - b.at);
  return history;
}

/** Old items have no word for the outcome but in their summary. */
const outcomeIn = (summary: string): Telling['outcome'] =>
  summary.startsWith('Successfully') ? 'Succeeded' : 'Failed';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function documentIn(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
