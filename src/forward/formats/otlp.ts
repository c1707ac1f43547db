import { textAt } from '../../trail/record.ts';
import type { EventItem, FindingItem, ForwardItem, RingItem } from '../item.ts';
import { findingFacts } from './finding-facts.ts';
import { ringFacts } from './ring-facts.ts';
import { type Severity, severityOf } from './severity.ts';
import { type Told, toldBy } from './told.ts';

/** Numbers and names of OpenTelemetry's severities. */
const SEVERITIES: Readonly<Record<Severity, readonly [number, string]>> = {
  critical: [21, 'FATAL'],
  high: [17, 'ERROR'],
  medium: [13, 'WARN'],
  low: [10, 'INFO2'],
  info: [9, 'INFO'],
};

type Value = string | readonly string[] | undefined;

/** Attributes by OpenTelemetry's semantic conventions, and what of a CloudTrail record goes there. */
const ATTRIBUTES: readonly (readonly [name: string, value: (told: Told) => Value])[] = [
  ['log.record.uid', ({ happening }) => happening.eventId],
  ['cloud.account.id', ({ record, happening }) => textAt(record, 'recipientAccountId') ?? happening.account],
  ['cloud.region', ({ happening }) => happening.region],
  ['rpc.service', ({ record }) => textAt(record, 'eventSource')],
  ['rpc.method', ({ record }) => textAt(record, 'eventName')],
  ['client.address', ({ happening }) => happening.sourceAddress],
  ['user.name', ({ happening }) => happening.principal.name],
  ['user.id', ({ record }) => textAt(record, 'userIdentity', 'principalId')],
  ['user_agent.original', ({ record }) => textAt(record, 'userAgent')],
  ['error.type', ({ record }) => textAt(record, 'errorCode')],
  ['aws.request_id', ({ record }) => textAt(record, 'requestID')],
  ['trailbell.sentence', ({ sentence }) => sentence],
];

/** One log record of OTLP in its JSON form. The body is the record itself, exactly as it came in. */
export function otlpRecord(item: ForwardItem): string {
  if (item.kind === 'finding') return JSON.stringify(findingRecord(item));
  return JSON.stringify(item.kind === 'ring' ? ringRecord(item) : eventRecord(item));
}

function eventRecord(item: EventItem): object {
  const { at, receivedAt, filters, logGroup, logStream, view } = item;
  const told = toldBy(item);
  const weight = filters.length > 0 ? 'medium' : told?.happening.refused ? 'low' : 'info';
  const facts: readonly (readonly [string, Value])[] = told
    ? ATTRIBUTES.map(([name, value]) => [name, value(told)])
    : [
        ['log.record.uid', item.id],
        ['cloud.account.id', item.account],
        ['cloud.region', item.region],
      ];
  return record(at, receivedAt, weight, told ? 'aws.cloudtrail' : 'aws.cloudwatch.log_event', view.message, [
    ...facts,
    ['cloud.provider', 'aws'],
    ['aws.log.group.names', logGroup === '' ? undefined : [logGroup]],
    ['aws.log.stream.names', logStream === '' ? undefined : [logStream]],
    ['trailbell.filters', filters.length > 0 ? filters : undefined],
  ]);
}

function ringRecord({ id, at, ring }: RingItem): object {
  return record(at, at, severityOf(ring), 'trailbell.ring', JSON.stringify(ringFacts(ring)), [
    ['log.record.uid', id],
    ['cloud.provider', 'aws'],
    ['cloud.account.id', ring.account],
    ['cloud.region', ring.region],
    ['trailbell.alarm', ring.alarm_name],
    ['trailbell.sentence', ring.headline],
  ]);
}

function findingRecord(item: FindingItem): object {
  const { title, account, region, severity } = findingFacts(item);
  return record(item.at, item.at, severity, 'trailbell.finding', JSON.stringify(item.documents.finding), [
    ['log.record.uid', item.id],
    ['cloud.provider', 'aws'],
    ['cloud.account.id', account],
    ['cloud.region', region],
    ['trailbell.sentence', title],
  ]);
}

function record(
  at: number,
  observedAt: number,
  severity: Severity,
  eventName: string,
  body: string,
  attributes: readonly (readonly [string, Value])[],
): object {
  const [severityNumber, severityText] = SEVERITIES[severity];
  return {
    timeUnixNano: nanoseconds(at),
    observedTimeUnixNano: nanoseconds(observedAt),
    severityNumber,
    severityText,
    eventName,
    body: { stringValue: body },
    attributes: attributes.flatMap(([key, value]) => {
      if (value === undefined || value === '') return [];
      return [
        { key, value: typeof value === 'string' ? textOf(value) : { arrayValue: { values: value.map(textOf) } } },
      ];
    }),
  };
}

const textOf = (text: string) => ({ stringValue: text });

/** Whole nanoseconds as text: they do not fit into a number. */
const nanoseconds = (milliseconds: number): string => `${milliseconds}000000`;
