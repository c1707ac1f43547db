import { isIP } from 'node:net';
import { textAt, valueAt } from '../../../trail/record.ts';
import type { EventItem } from '../../item.ts';
import type { Severity } from '../severity.ts';
import type { Told } from '../told.ts';

/** The version of OCSF that the tests hold this to. */
export const OCSF_VERSION = '1.8.0';

/** `severity_id` and its caption. */
export const SEVERITIES: Readonly<Record<Severity, { readonly severity_id: number; readonly severity: string }>> = {
  critical: { severity_id: 5, severity: 'Critical' },
  high: { severity_id: 4, severity: 'High' },
  medium: { severity_id: 3, severity: 'Medium' },
  low: { severity_id: 2, severity: 'Low' },
  info: { severity_id: 1, severity: 'Informational' },
};

/** Category, class and activity, as every event has to name them. */
export function classOf(
  category: readonly [uid: number, name: string],
  cls: readonly [uid: number, name: string],
  activity: readonly [id: number, name: string],
) {
  return {
    category_uid: category[0],
    category_name: category[1],
    class_uid: cls[0],
    class_name: cls[1],
    activity_id: activity[0],
    activity_name: activity[1],
    type_uid: cls[0] * 100 + activity[0],
    type_name: `${cls[1]}: ${activity[1]}`,
  };
}

export const ownProduct = { name: 'Trailbell', vendor_name: 'Trailbell' };

/** `metadata` of what came from CloudTrail: its product is CloudTrail, and Trailbell passed it on. */
export function trailMetadata({ record, happening }: Told, { id, receivedAt, filters, logGroup }: EventItem) {
  return {
    version: OCSF_VERSION,
    profiles: ['cloud'],
    product: { name: 'CloudTrail', vendor_name: 'AWS', ...some({ version: textAt(record, 'eventVersion') }) },
    uid: happening.eventId ?? id,
    event_code: textAt(record, 'eventType') ?? 'AwsApiCall',
    logged_time: receivedAt,
    ...some({ log_name: logGroup, log_provider: 'Trailbell', original_time: textAt(record, 'eventTime') }),
    ...(filters.length > 0 && { labels: filters.map((filter) => `metric-filter:${filter}`) }),
  };
}

export function cloudOf({ record, happening }: Told) {
  const uid = textAt(record, 'recipientAccountId') ?? happening.account;
  return { provider: 'AWS', ...some({ region: happening.region }), ...(uid !== '' && { account: accountOf(uid) }) };
}

export const accountOf = (uid: string) => ({ uid, type_id: 10, type: 'AWS Account' });

/** Whose the identity is: an admin is root, a service is AWS's. */
export function userOf({ record, happening }: Told) {
  const { principal, account, accessKeyId } = happening;
  const [type_id, type] =
    principal.kind === 'root'
      ? [2, 'Admin']
      : principal.kind === 'service'
        ? [3, 'System']
        : principal.kind === 'unknown'
          ? [0, 'Unknown']
          : [1, 'User'];
  return {
    ...some({
      name: principal.name || 'unknown',
      uid: textAt(record, 'userIdentity', 'principalId'),
      uid_alt: textAt(record, 'userIdentity', 'arn'),
      credential_uid: accessKeyId,
    }),
    type_id,
    type,
    ...(account !== '' && { account: accountOf(account) }),
  };
}

export function sessionOf({ record, happening }: Told) {
  const { createdAt, mfa } = happening;
  const issuer = textAt(record, 'userIdentity', 'sessionContext', 'sessionIssuer', 'arn');
  const session = {
    ...(createdAt !== undefined && { created_time: createdAt }),
    ...(mfa !== 'unknown' && { is_mfa: mfa === 'yes' }),
    ...some({ issuer }),
  };
  return Object.keys(session).length > 0 ? { session } : {};
}

/** An address, or the name of the service that called. Every event has to have one. */
export function sourceOf({ happening }: Told) {
  const { sourceAddress } = happening;
  if (sourceAddress === undefined) return { svc_name: 'unknown' };
  // The schema's own expression leaves out some ways to write an address.
  if (isIP(sourceAddress) === 4) return { ip: sourceAddress };
  return isIP(sourceAddress) === 6 && /^[0-9a-f:]{2,39}$/i.test(sourceAddress)
    ? { ip: sourceAddress }
    : { svc_name: sourceAddress };
}

export function statusOf({ record, happening }: Told) {
  const status = happening.failed ? { status_id: 2, status: 'Failure' } : { status_id: 1, status: 'Success' };
  return {
    ...status,
    ...some({ status_code: textAt(record, 'errorCode'), status_detail: textAt(record, 'errorMessage') }),
  };
}

/** Type ids of observables in OCSF. */
const OBSERVABLES = { ip: [2, 'IP Address'], user: [4, 'User Name'], resource: [10, 'Resource UID'] } as const;

/** What to search by: the address, the user, what was acted on. */
export function observablesOf(told: Told, userPath: string, source: ReturnType<typeof sourceOf>) {
  const list = [
    ...('ip' in source ? [observable('ip', 'src_endpoint.ip', source.ip)] : []),
    observable('user', `${userPath}.name`, told.happening.principal.name || 'unknown'),
    ...resourcesOf(told).map(({ uid }) => observable('resource', 'resources[].uid', uid)),
  ];
  return { observables: list };
}

function observable(kind: keyof typeof OBSERVABLES, name: string, value: string) {
  const [type_id, type] = OBSERVABLES[kind];
  return { name, type_id, type, value };
}

const MOST_RESOURCES = 50;

export function resourcesOf({ record }: Told): { uid: string; type?: string }[] {
  const resources = valueAt(record, 'resources');
  if (!Array.isArray(resources)) return [];
  return resources.slice(0, MOST_RESOURCES).flatMap((resource) => {
    const uid = textAt(resource, 'ARN') ?? textAt(resource, 'ARNPrefix');
    const owner = textAt(resource, 'accountId');
    if (!uid) return [];
    return [
      { uid, ...some({ type: textAt(resource, 'type') }), ...(owner && { owner: { account: accountOf(owner) } }) },
    ];
  });
}

/** Whether `resourcesOf` leaves nothing of a record's resources out. */
export function hasPlaceForAll(resources: unknown): boolean {
  if (!Array.isArray(resources) || resources.length > MOST_RESOURCES) return false;
  return resources.every((resource) => {
    if (typeof resource !== 'object' || resource === null || 'ARN' in resource === 'ARNPrefix' in resource)
      return false;
    return Object.entries(resource).every(([name, value]) => typeof value === 'string' && RESOURCE_MEMBERS.has(name));
  });
}

const RESOURCE_MEMBERS: ReadonlySet<string> = new Set(['ARN', 'ARNPrefix', 'type', 'accountId']);

/** Without what is missing or empty. */
export function some(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
}
