import { plainText } from '../../trail/plain-text.ts';
import { accountPhrase } from '../../trail/principal.ts';
import { type MeaningOf, noMeaning } from './meaning.ts';

/** What an alarm's message tells, as far as it can be read. */
export interface Notice {
  readonly alarm: string;
  readonly alarmArn: string;
  readonly description: string;
  /** What it means, in words of ours where there are any. */
  readonly meaning: string;
  readonly account: string;
  readonly region: string;
  readonly change: string;
  readonly oldState: string;
  readonly newState: string;
  readonly reason: string;
  readonly time: string;
  readonly metric: string;
  readonly headline: string;
  /** Of the ring: its id, and why it rings (`transition`, `session`, `repeat`, …). Empty for alarms of others. */
  readonly ringId: string;
  readonly ringKind: string;
  /** Of an update: the kind of the ring that it brings up to date. */
  readonly updates: string;
  /** By the alarm's tags. */
  readonly severity: string;
  readonly runbook: string;
  /** Events behind the alarm in all, of which `events` are the first. */
  readonly total: number;
  /** Sign-in sessions in all, of which `sessions` are the first, a sentence each. */
  readonly sessionTotal: number;
  readonly sessions: readonly string[];
  readonly events: readonly NoticeEvent[];
}

/** One thing that somebody did. */
export interface NoticeEvent {
  readonly time: string;
  readonly principal: string;
  readonly action: string;
  readonly result: string;
  readonly from: string;
  readonly userAgent: string;
  readonly mfa: string;
  readonly region: string;
  readonly eventId: string;
}

type Fields = Readonly<Record<string, unknown>>;

const MOST_EVENTS = 100;
const MOST_SESSIONS = 50;
const LONGEST = 1_000;

/** Reads the JSON of an alarm; undefined when the text is something else. Nothing in it is trusted to be there. */
export function readNotice(text: string, meaningOf: MeaningOf = noMeaning): Notice | undefined {
  const message = parsed(text);
  const alarm = shown(message, 'AlarmName');
  if (!message || alarm === '' || shown(message, 'NewStateValue') === '') return undefined;
  const ring = fieldsOf(message.Trailbell) ?? {};
  const events = listOf(ring.events).slice(0, MOST_EVENTS).map(readEvent);
  const sessions = listOf(ring.sessions)
    .slice(0, MOST_SESSIONS)
    .map(readSession)
    .filter((line) => line !== '');
  // History rings on a line of its own: the alarm's state has not changed.
  const isHistory = shown(ring, 'ring') === 'history';
  const change = isHistory ? 'history' : `${shown(message, 'OldStateValue')} → ${shown(message, 'NewStateValue')}`;
  const isOver = shown(message, 'NewStateValue') === 'OK' && shown(message, 'OldStateValue') === 'ALARM';
  return {
    alarm,
    alarmArn: shown(message, 'AlarmArn'),
    description: shown(message, 'AlarmDescription'),
    meaning: meaningOf(metricName(fieldsOf(message.Trigger) ?? {})) ?? '',
    account: shown(message, 'AWSAccountId'),
    region: shown(message, 'Region'),
    change,
    oldState: shown(message, 'OldStateValue'),
    newState: shown(message, 'NewStateValue'),
    reason: shown(message, 'NewStateReason'),
    time: shown(message, 'StateChangeTime'),
    metric: metricOf(fieldsOf(message.Trigger) ?? {}),
    headline: shown(ring, 'headline') || (isOver ? `${alarm} is over: it is back to OK` : `${alarm}: ${change}`),
    ringId: shown(ring, 'id'),
    ringKind: shown(ring, 'ring'),
    updates: shown(ring, 'updates'),
    severity: shown(ring, 'severity'),
    runbook: shown(ring, 'runbook'),
    total: countOf(ring.total, events.length),
    sessionTotal: countOf(ring.sessionTotal, sessions.length),
    sessions,
    events,
  };
}

const countOf = (value: unknown, atLeast: number): number =>
  Math.max(Number.isSafeInteger(value) ? (value as number) : 0, atLeast);

function parsed(text: string): Fields | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

function listOf(value: unknown): Fields[] {
  const items: unknown[] = Array.isArray(value) ? value : [];
  return items.flatMap((item): Fields[] => {
    const fields = fieldsOf(item);
    return fields ? [fields] : [];
  });
}

/** A member as one line of text; empty when it has none. */
function shown(fields: Fields | undefined, ...names: string[]): string {
  for (const name of names) {
    const value = fields && Object.hasOwn(fields, name) ? fields[name] : undefined;
    const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    if (plain && value !== '') return plainText(String(value), LONGEST);
  }
  return '';
}

const readEvent = (event: Fields): NoticeEvent => ({
  time: shown(event, 'time'),
  principal: whoIs(event),
  action: shown(event, 'action'),
  result: shown(event, 'result'),
  from: shown(event, 'sourceAddress'),
  userAgent: shown(event, 'userAgent'),
  mfa: known(shown(event, 'mfa')),
  region: shown(event, 'region'),
  eventId: shown(event, 'eventId'),
});

/** `root of 1111-2222-3333` */
function whoIs(fields: Fields): string {
  const account = shown(fields, 'account');
  const name = shown(fields, 'accountName');
  const names = name === '' ? undefined : new Map([[account, name]]);
  return [shown(fields, 'principal'), account === '' ? '' : accountPhrase(account, names)]
    .filter((part) => part !== '')
    .join(' of ');
}

const known = (text: string): string => (text === 'unknown' ? '' : text);

/** A sign-in session in one sentence: its own, or who it was. */
const readSession = (session: Fields): string => shown(session, 'sentence') || whoIs(session);

const metricName = (trigger: Fields): string =>
  [shown(trigger, 'Namespace'), shown(trigger, 'MetricName')].filter((part) => part !== '').join('/');

function metricOf(trigger: Fields): string {
  const name = metricName(trigger);
  if (name === '') return '';
  const rule = [shown(trigger, 'ComparisonOperator'), shown(trigger, 'Threshold')].join(' ').trim();
  const statistic = shown(trigger, 'Statistic', 'ExtendedStatistic');
  const period = shown(trigger, 'Period');
  return [name, statistic, rule, period === '' ? '' : `over ${period} s`].filter((part) => part !== '').join(', ');
}

/** A time as people read it. AWS writes `2026-03-04T12:00:00.000+0000`, events end in `Z`: all are UTC. */
export const clockText = (time: string): string =>
  time.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?(Z|\+0000)$/, '$1 $2 UTC');
