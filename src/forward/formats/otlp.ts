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

export type OtlpValue =
  | { readonly stringValue: string }
  | { readonly arrayValue: { readonly values: readonly OtlpValue[] } };

/** A log record by the names of OTLP's JSON form. */
export interface OtlpRecord {
  /** Nanoseconds as text; 0 where the time is none that 64 bits can hold. */
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: OtlpValue;
  readonly attributes: readonly { readonly key: string; readonly value: OtlpValue }[];
}

type Value = string | readonly string[] | undefined;

/** Attributes by OpenTelemetry's semantic conventions, and what of a CloudTrail record goes there. */
const ATTRIBUTES: readonly (readonly [name: string, value: (told: Told, item: EventItem) => Value])[] = [
  ['log.record.uid', ({ happening }, { id }) => happening.eventId || id],
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

/** One log record of OTLP. The body is the record itself, exactly as it came in. */
export function otlpRecord(item: ForwardItem): OtlpRecord {
  if (item.kind === 'finding') return findingRecord(item);
  return item.kind === 'ring' ? ringRecord(item) : eventRecord(item);
}

function eventRecord(item: EventItem): OtlpRecord {
  const { at, receivedAt, filters, logGroup, logStream, view } = item;
  const told = toldBy(item);
  const weight = filters.length > 0 ? 'medium' : told?.happening.refused ? 'low' : 'info';
  const facts: readonly (readonly [string, Value])[] = told
    ? ATTRIBUTES.map(([name, value]) => [name, value(told, item)])
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

function ringRecord({ id, at, ring }: RingItem): OtlpRecord {
  return record(at, at, severityOf(ring), 'trailbell.ring', JSON.stringify(ringFacts(ring)), [
    ['log.record.uid', id],
    ['cloud.provider', 'aws'],
    ['cloud.account.id', ring.account],
    ['cloud.region', ring.region],
    ['trailbell.alarm', ring.alarm_name],
    ['trailbell.sentence', ring.headline],
  ]);
}

function findingRecord(item: FindingItem): OtlpRecord {
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
): OtlpRecord {
  const [severityNumber, severityText] = SEVERITIES[severity];
  return {
    timeUnixNano: nanoseconds(at),
    observedTimeUnixNano: nanoseconds(observedAt),
    severityNumber,
    severityText,
    eventName,
    body: textOf(body),
    attributes: attributes.flatMap(([key, value]) => {
      if (value === undefined || value === '') return [];
      return [
        { key, value: typeof value === 'string' ? textOf(value) : { arrayValue: { values: value.map(textOf) } } },
      ];
    }),
  };
}

/** Half of a surrogate pair is no text to strict readers. */
const textOf = (text: string): OtlpValue => ({ stringValue: text.replace(/\p{Cs}/gu, '\ufffd') });

const LATEST = 2n ** 64n - 1n;

function nanoseconds(milliseconds: number): string {
  const nanos = BigInt(milliseconds) * 1_000_000n;
  return nanos < 0 || nanos > LATEST ? '0' : String(nanos);
}
