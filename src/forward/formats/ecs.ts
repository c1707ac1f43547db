import { isIP } from 'node:net';
import { textAt, valueAt } from '../../trail/record.ts';
import type { EventItem, FindingItem, ForwardItem, RingItem } from '../item.ts';
import { findingFacts } from './finding-facts.ts';
import { ringFacts } from './ring-facts.ts';
import { type Severity, severityOf } from './severity.ts';
import { type Told, toldBy } from './told.ts';

/** The version of the Elastic Common Schema that the tests hold this to. */
const ECS_VERSION = '9.3.0';

/** `event.severity`, as Elastic's own detection rules number their severities. */
const NUMBERS: Readonly<Record<Severity, number>> = { critical: 99, high: 73, medium: 47, low: 21, info: 0 };

type Value = string | number | boolean | readonly string[] | undefined;
type Field = readonly [name: string, value: (told: Told, item: EventItem) => Value];

/** Fields and what of a CloudTrail record goes there; besides ECS's own, those that Elastic's AWS integration has. */
const FIELDS: readonly Field[] = [
  ['message', ({ sentence }) => sentence],
  ['event.id', ({ happening }, { id }) => happening.eventId || id],
  ['event.action', ({ record }) => textAt(record, 'eventName')],
  ['event.provider', ({ record }) => textAt(record, 'eventSource')],
  ['event.outcome', ({ happening }) => (happening.failed ? 'failure' : 'success')],
  ['event.category', (told) => categoriesOf(told)],
  ['event.type', (told) => [typeOf(told)]],
  ['event.original', (_, { view }) => view.message],
  ['error.code', ({ record }) => textAt(record, 'errorCode')],
  ['error.message', ({ record }) => textAt(record, 'errorMessage')],
  ['cloud.provider', () => 'aws'],
  ['cloud.account.id', ({ record, happening }) => textAt(record, 'recipientAccountId') ?? happening.account],
  ['cloud.region', ({ happening }) => happening.region],
  ['user.id', ({ record }) => textAt(record, 'userIdentity', 'principalId')],
  ['user.name', ({ happening }) => happening.principal.name],
  ['source.address', ({ happening }) => happening.sourceAddress],
  ['source.ip', ({ happening }) => ipOf(happening.sourceAddress)],
  ['user_agent.original', ({ record }) => textAt(record, 'userAgent')],
  ['tls.version', ({ record }) => /^TLSv?(\d.*)$/.exec(textAt(record, 'tlsDetails', 'tlsVersion') ?? '')?.[1]],
  ['tls.cipher', ({ record }) => textAt(record, 'tlsDetails', 'cipherSuite')],
  ['tls.client.server_name', ({ record }) => textAt(record, 'tlsDetails', 'clientProvidedHostHeader')],
  ['related.ip', ({ happening }) => listOf(ipOf(happening.sourceAddress))],
  ['related.user', ({ happening }) => listOf(happening.principal.name)],
  ['aws.cloudtrail.event_type', ({ record }) => textAt(record, 'eventType')],
  ['aws.cloudtrail.event_version', ({ record }) => textAt(record, 'eventVersion')],
  ['aws.cloudtrail.event_category', ({ record }) => textAt(record, 'eventCategory')],
  ['aws.cloudtrail.recipient_account_id', ({ record }) => textAt(record, 'recipientAccountId')],
  ['aws.cloudtrail.request_id', ({ record }) => textAt(record, 'requestID')],
  ['aws.cloudtrail.shared_event_id', ({ record }) => textAt(record, 'sharedEventID')],
  ['aws.cloudtrail.read_only', ({ happening }) => happening.readOnly],
  ['aws.cloudtrail.error_code', ({ record }) => textAt(record, 'errorCode')],
  ['aws.cloudtrail.error_message', ({ record }) => textAt(record, 'errorMessage')],
  ['aws.cloudtrail.user_identity.type', ({ record }) => textAt(record, 'userIdentity', 'type')],
  ['aws.cloudtrail.user_identity.arn', ({ record }) => textAt(record, 'userIdentity', 'arn')],
  ['aws.cloudtrail.user_identity.access_key_id', ({ happening }) => happening.accessKeyId],
  ['aws.cloudtrail.user_identity.invoked_by', ({ record }) => textAt(record, 'userIdentity', 'invokedBy')],
  ['aws.cloudtrail.user_identity.session_context.mfa_authenticated', ({ happening }) => mfaOf(happening.mfa)],
  ['aws.cloudtrail.user_identity.session_context.creation_date', ({ happening }) => timeOf(happening.createdAt)],
  ['aws.cloudtrail.request_parameters', ({ record }) => jsonOf(valueAt(record, 'requestParameters'))],
  ['aws.cloudtrail.response_elements', ({ record }) => jsonOf(valueAt(record, 'responseElements'))],
  ['aws.cloudtrail.additional_eventdata', ({ record }) => jsonOf(valueAt(record, 'additionalEventData'))],
];

/** One document in the Elastic Common Schema. */
export function ecsDocument(item: ForwardItem): string {
  if (item.kind === 'finding') return JSON.stringify(findingDocument(item));
  return JSON.stringify(item.kind === 'ring' ? ringDocument(item) : eventDocument(item));
}

function eventDocument(item: EventItem): object {
  const { at, receivedAt, filters, logGroup, view } = item;
  const told = toldBy(item);
  const document = nested([
    ['@timestamp', new Date(at).toISOString()],
    ['ecs.version', ECS_VERSION],
    ['event.kind', 'event'],
    ['event.created', new Date(receivedAt).toISOString()],
    ['event.module', 'aws'],
    ['event.dataset', told ? 'aws.cloudtrail' : 'aws.cloudwatch_logs'],
    ['observer.vendor', 'Trailbell'],
    ['observer.product', 'Trailbell'],
    ['aws.cloudwatch.log_group', logGroup],
    ['trailbell.filters', filters.length > 0 ? filters : undefined],
    ...(told
      ? FIELDS.map(([name, value]) => [name, value(told, item)] as const)
      : ([
          ['message', view.message],
          ['event.id', item.id],
          ['cloud.provider', 'aws'],
          ['cloud.account.id', item.account],
          ['cloud.region', item.region],
        ] as const)),
  ]);
  return document;
}

function ringDocument({ ring, at }: RingItem): object {
  const { detail, ...facts } = ringFacts(ring);
  return {
    ...nested([
      ['@timestamp', new Date(at).toISOString()],
      ['ecs.version', ECS_VERSION],
      ['message', ring.headline],
      ['event.kind', 'alert'],
      ['event.id', ring.id],
      ['event.action', ring.new_state === 'ALARM' ? `ring-${ring.kind}` : 'ring-over'],
      ['event.module', 'trailbell'],
      ['event.dataset', 'trailbell.ring'],
      ['event.category', ['intrusion_detection']],
      ['event.type', ['info']],
      ['event.severity', NUMBERS[severityOf(ring)]],
      ['event.start', new Date(ring.at).toISOString()],
      ['rule.name', ring.alarm_name],
      ['cloud.provider', 'aws'],
      ['cloud.account.id', ring.account],
      ['cloud.region', ring.region],
      ['observer.vendor', 'Trailbell'],
      ['observer.product', 'Trailbell'],
    ]),
    trailbell: { ring: { ...facts, detail: JSON.stringify(detail) } },
  };
}

function findingDocument(item: FindingItem): object {
  const { title, verdict, account, region, control, reason, severity } = findingFacts(item);
  return {
    ...nested([
      ['@timestamp', new Date(item.at).toISOString()],
      ['ecs.version', ECS_VERSION],
      ['message', title],
      ['event.kind', 'state'],
      ['event.id', item.id],
      ['event.action', 'finding'],
      ['event.module', 'trailbell'],
      ['event.dataset', 'trailbell.finding'],
      ['event.category', ['configuration']],
      ['event.type', ['info']],
      ['event.outcome', verdict === 'PASS' ? 'success' : verdict === 'FAIL' ? 'failure' : 'unknown'],
      ['event.reason', reason],
      ['event.severity', NUMBERS[severity]],
      ['rule.id', control],
      ['rule.name', title.replace(/: [A-Z]+$/, '')],
      ['cloud.provider', 'aws'],
      ['cloud.account.id', account],
      ['cloud.region', region],
      ['observer.vendor', 'Trailbell'],
      ['observer.product', 'Trailbell'],
    ]),
    trailbell: { finding: JSON.stringify(item.documents.finding) },
  };
}

function categoriesOf({ record, happening }: Told): string[] {
  if (happening.signIn) return ['authentication'];
  const service = textAt(record, 'eventSource') ?? '';
  return /^(iam|sso|identitystore|sso-directory)\.amazonaws\.com/.test(service) ? ['api', 'iam'] : ['api'];
}

/** Types that ECS expects of each of the categories, by the verb of the call. */
const TYPES: readonly (readonly [RegExp, string])[] = [
  [/^(Create|Run|Register|Allocate|Import)/, 'creation'],
  [/^(Delete|Terminate|Deregister|Remove|Release)/, 'deletion'],
  [/^(Get|List|Describe|Head|BatchGet|Lookup|Search|Query|Scan)/, 'info'],
];

function typeOf({ record, happening }: Told): string {
  if (happening.signIn) return 'start';
  const action = textAt(record, 'eventName') ?? '';
  return TYPES.find(([verb]) => verb.test(action))?.[1] ?? (happening.readOnly === true ? 'info' : 'change');
}

const ipOf = (address: string | undefined): string | undefined =>
  address !== undefined && isIP(address) !== 0 ? address : undefined;

const listOf = (value: string | undefined): string[] | undefined => (value === undefined ? undefined : [value]);

const mfaOf = (mfa: string): boolean | undefined => (mfa === 'unknown' ? undefined : mfa === 'yes');

const timeOf = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString();

/** As text, like Elastic's integration: parameters of all services as fields of their own would be too many for an index. */
const jsonOf = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : JSON.stringify(value);

/** Objects in objects from dotted names; what is missing or empty is left out. */
function nested(fields: readonly (readonly [string, Value])[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [name, value] of fields) {
    if (value === undefined || value === '') continue;
    const path = name.split('.');
    const last = path.pop() as string;
    let object = root;
    for (const step of path) {
      object[step] ??= {};
      object = object[step] as Record<string, unknown>;
    }
    object[last] = value;
  }
  return root;
}
