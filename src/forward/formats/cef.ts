import { isIPv4, isIPv6 } from 'node:net';
import { plainText } from '../../trail/plain-text.ts';
import { textAt } from '../../trail/record.ts';
import type { EventItem, FindingItem, ForwardItem, RingItem } from '../item.ts';
import { findingFacts } from './finding-facts.ts';
import { type Severity, severityOf } from './severity.ts';
import { type Told, toldBy } from './told.ts';

/** ArcSight's scale of 0 to 10. */
const SCALE: Readonly<Record<Severity, number>> = { critical: 10, high: 8, medium: 5, low: 3, info: 1 };

/** The longest value that the format's dictionary allows for most keys. */
const LONGEST = 1_023;

type Value = string | number | undefined;

/** Keys of the Common Event Format, revision 25, and what of a CloudTrail record goes there. */
const EXTENSION: readonly (readonly [key: string, value: (told: Told, item: EventItem) => Value])[] = [
  ['rt', (_, { at }) => at],
  ['externalId', ({ happening }, { id }) => happening.eventId || id],
  ['cat', ({ record }) => textAt(record, 'eventType')],
  ['act', ({ record }) => textAt(record, 'eventName')],
  ['outcome', ({ happening }) => (happening.failed ? 'failure' : 'success')],
  ['reason', ({ record }) => textAt(record, 'errorCode') ?? textAt(record, 'errorMessage')],
  ['suser', ({ happening }) => happening.principal.name],
  ['suid', ({ record }) => textAt(record, 'userIdentity', 'principalId')],
  ['src', ({ record }) => addressOf(record, isIPv4)],
  ['c6a2', ({ record }) => addressOf(record, isIPv6)],
  ['c6a2Label', ({ record }) => addressOf(record, isIPv6) && 'Source IPv6 Address'],
  ['shost', ({ record }) => addressOf(record, (text) => !isIPv4(text) && !isIPv6(text))],
  ['destinationServiceName', ({ record }) => textAt(record, 'eventSource')],
  ['requestClientApplication', ({ record }) => textAt(record, 'userAgent')],
  ...labelled(1, 'AccountId', ({ record }) => textAt(record, 'recipientAccountId')),
  ...labelled(2, 'Region', ({ record }) => textAt(record, 'awsRegion')),
  ...labelled(3, 'MetricFilters', (_, { filters }) => (filters.length > 0 ? filters.join(',') : undefined)),
  ...labelled(4, 'IdentityType', ({ record }) => textAt(record, 'userIdentity', 'type')),
  ...labelled(5, 'MFA', ({ happening }) => (happening.mfa === 'unknown' ? undefined : happening.mfa)),
  ...labelled(6, 'AccessKeyId', ({ happening }) => happening.accessKeyId),
  ['msg', ({ sentence }) => sentence],
];

/** One line in the Common Event Format. */
export function cefLine(item: ForwardItem): string {
  if (item.kind === 'ring') return ringLine(item);
  if (item.kind === 'finding') return findingLine(item);
  const told = toldBy(item);
  if (!told) return line('log-event', 'Log event', SCALE.info, otherFacts(item));
  const { record, happening } = told;
  const severity = item.filters.length > 0 ? SCALE.medium : happening.refused ? SCALE.low : SCALE.info;
  const facts = EXTENSION.map(([key, value]) => [key, value(told, item)] as const);
  return line(textAt(record, 'eventName') ?? '', happening.action, severity, facts);
}

function ringLine({ ring, at }: RingItem): string {
  return line(`ring-${ring.kind}`, ring.headline, SCALE[severityOf(ring)], [
    ['rt', at],
    ['start', ring.at],
    ['externalId', ring.id],
    ['cat', 'ring'],
    ['act', ring.new_state],
    ['outcome', ring.acknowledged_at === null ? undefined : 'acknowledged'],
    ['suser', ring.acknowledged_by ?? undefined],
    ['cs1', ring.account],
    ['cs1Label', 'AccountId'],
    ['cs2', ring.region],
    ['cs2Label', 'Region'],
    ['cs3', ring.alarm_name],
    ['cs3Label', 'Alarm'],
    ['msg', ring.headline],
  ]);
}

function findingLine(item: FindingItem): string {
  const { title, verdict, account, region, control, reason, severity } = findingFacts(item);
  return line('finding', title, SCALE[severity], [
    ['rt', item.at],
    ['externalId', item.id],
    ['cat', 'finding'],
    ['outcome', verdict],
    ['cs1', account],
    ['cs1Label', 'AccountId'],
    ['cs2', region],
    ['cs2Label', 'Region'],
    ['cs3', control],
    ['cs3Label', 'Control'],
    ['msg', reason],
  ]);
}

const otherFacts = ({ at, id, account, region, logGroup, view }: EventItem): (readonly [string, Value])[] => [
  ['rt', at],
  ['externalId', id],
  ['cs1', account],
  ['cs1Label', 'AccountId'],
  ['cs2', region],
  ['cs2Label', 'Region'],
  ['cs3', logGroup],
  ['cs3Label', 'LogGroup'],
  ['msg', view.message],
];

function line(signature: string, name: string, severity: number, facts: readonly (readonly [string, Value])[]): string {
  const header = ['Trailbell', 'Trailbell', '1', signature, name].map(headerValue).join('|');
  const extension = facts
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}=${extensionValue(String(value))}`)
    .join(' ');
  return `CEF:0|${header}|${severity}|${extension}`;
}

const headerValue = (text: string): string => plainText(text, 512).replace(/[\\|]/g, '\\$&');

/** Backslash and equals sign are escaped, line breaks are written as such; other control characters go. */
const extensionValue = (text: string): string =>
  text
    .slice(0, LONGEST)
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/[\\=]/g, '\\$&')
    .replace(/\r\n|\r|\n/g, '\\n')
    .replace(/\p{Cc}+/gu, ' ');

/** A custom text and the label that says what it is. */
function labelled(number: number, label: string, value: (told: Told, item: EventItem) => Value): typeof EXTENSION {
  return [
    [`cs${number}`, value],
    [`cs${number}Label`, (told, item) => ((value(told, item) ?? '') === '' ? undefined : label)],
  ];
}

function addressOf(record: unknown, wanted: (text: string) => boolean): string | undefined {
  const text = textAt(record, 'sourceIPAddress');
  return text !== undefined && wanted(text) ? text : undefined;
}
