import { textAt, valueAt } from '../../../trail/record.ts';
import type { EventItem, ForwardItem } from '../../item.ts';
import { type Told, toldBy } from '../told.ts';
import { detectionFinding } from './detection-finding.ts';
import {
  accountOf,
  classOf,
  cloudOf,
  hasPlaceForAll,
  OCSF_VERSION,
  observablesOf,
  ownProduct,
  resourcesOf,
  SEVERITIES,
  sessionOf,
  some,
  sourceOf,
  statusOf,
  trailMetadata,
  userOf,
} from './ocsf-common.ts';

/**
 * One event of the Open Cybersecurity Schema Framework: a sign-in is Authentication (3002), any other record API Activity
 * (6003), a ring Detection Finding (2004), a
 * finding of the audit Compliance Finding (2003), and a log event that is no CloudTrail record the Base Event (0).
 */
export function ocsfEvent(item: ForwardItem): string {
  if (item.kind === 'ring') return JSON.stringify(detectionFinding(item));
  if (item.kind === 'finding') return JSON.stringify(item.documents.ocsf);
  const told = toldBy(item);
  if (!told) return JSON.stringify(baseEvent(item));
  return JSON.stringify(isSignIn(told) ? authentication(told, item) : apiActivity(told, item));
}

const isSignIn = ({ record, happening }: Told): boolean =>
  happening.signIn || textAt(record, 'eventSource') === 'signin.amazonaws.com';

/** Activities of Authentication by the name of the sign-in event; all others are Other (99). */
const SIGN_INS: Readonly<Record<string, readonly [number, string]>> = {
  ConsoleLogin: [1, 'Logon'],
  UserAuthentication: [1, 'Logon'],
  Authenticate: [1, 'Logon'],
  SignOut: [2, 'Logoff'],
  SwitchRole: [7, 'Account Switch'],
  ExitRole: [7, 'Account Switch'],
};

function authentication(told: Told, item: EventItem): object {
  const { record, happening } = told;
  const name = textAt(record, 'eventName') ?? 'unknown';
  const activity = Object.hasOwn(SIGN_INS, name) ? (SIGN_INS[name] ?? [99, name]) : ([99, name] as const);
  const source = sourceOf(told);
  const user = userOf(told);
  return {
    ...classOf([3, 'Identity & Access Management'], [3002, 'Authentication'], activity),
    ...commonOf(told, item),
    user,
    actor: { user, ...sessionOf(told) },
    service: { name: textAt(record, 'eventSource') || 'signin.amazonaws.com' },
    src_endpoint: source,
    is_remote: true,
    ...(happening.mfa !== 'unknown' && { is_mfa: happening.mfa === 'yes' }),
    ...httpRequestOf(told),
    ...observablesOf(told, 'user', source),
    ...unmapped(told, false),
  };
}

/** Activities of API Activity by the verb of the call, in the order of trying. */
const VERBS: readonly (readonly [RegExp, readonly [number, string]])[] = [
  [/^(Create|Run|Register|Allocate|Import|Generate)/, [1, 'Create']],
  [/^(Get|List|Describe|Head|BatchGet|Lookup|Search|Query|Scan|Select|Download)/, [2, 'Read']],
  [/^(Delete|Terminate|Deregister|Remove|Release)/, [4, 'Delete']],
  [
    /^(Update|Put|Modify|Set|Attach|Detach|Add|Change|Enable|Disable|Start|Stop|Tag|Untag|Associate|Disassociate)/,
    [3, 'Update'],
  ],
];

function apiActivity(told: Told, item: EventItem): object {
  const { record, happening } = told;
  const operation = textAt(record, 'eventName') || 'unknown';
  const known = VERBS.find(([verb]) => verb.test(operation))?.[1];
  const activity = known ?? (happening.readOnly === true ? ([2, 'Read'] as const) : ([99, operation] as const));
  const resources = resourcesOf(told);
  const source = sourceOf(told);
  const invokedBy = textAt(record, 'userIdentity', 'invokedBy');
  return {
    ...classOf([6, 'Application Activity'], [6003, 'API Activity'], activity),
    ...commonOf(told, item),
    actor: { user: userOf(told), ...sessionOf(told), ...some({ invoked_by: invokedBy }) },
    api: {
      operation,
      ...some({ version: textAt(record, 'apiVersion') }),
      service: { name: textAt(record, 'eventSource') || 'unknown' },
      request: { uid: textAt(record, 'requestID') ?? '', ...dataOf(valueAt(record, 'requestParameters')) },
      response: {
        ...some({ error: textAt(record, 'errorCode'), error_message: textAt(record, 'errorMessage') }),
        ...dataOf(valueAt(record, 'responseElements')),
      },
    },
    src_endpoint: source,
    ...httpRequestOf(told),
    ...(resources.length > 0 && { resources }),
    ...observablesOf(told, 'actor.user', source),
    ...unmapped(told, true),
  };
}

function commonOf(told: Told, item: EventItem) {
  const weight = item.filters.length > 0 ? 'medium' : told.happening.refused ? 'low' : 'info';
  return {
    time: item.at,
    ...SEVERITIES[weight],
    message: told.sentence,
    metadata: trailMetadata(told, item),
    cloud: cloudOf(told),
    ...statusOf(told),
  };
}

const dataOf = (data: unknown) => (data === undefined || data === null ? {} : { data });

function httpRequestOf({ record }: Told) {
  const user_agent = textAt(record, 'userAgent');
  return user_agent === undefined || user_agent === '' ? {} : { http_request: { user_agent } };
}

/** Members that have a place of their own in events of all classes, where they are texts. */
const PLACED: ReadonlySet<string> = new Set([
  'awsRegion',
  'errorCode',
  'errorMessage',
  'eventID',
  'eventSource',
  'eventTime',
  'eventType',
  'eventVersion',
  'recipientAccountId',
  'sourceIPAddress',
  'userAgent',
]);

/** Those that API Activity has a place for besides. */
const PLACED_IN_CALLS: ReadonlySet<string> = new Set(['eventName', 'requestID']);
const DATA_OF_CALLS: ReadonlySet<string> = new Set(['requestParameters', 'responseElements']);

/** What of a record has no place of its own goes on as it is. */
function unmapped({ record }: Told, isCall: boolean) {
  const rest = Object.entries(record).filter(([name, value]) => {
    if (isCall && DATA_OF_CALLS.has(name)) return false;
    if (isCall && name === 'resources') return !hasPlaceForAll(value);
    return typeof value !== 'string' || !(PLACED.has(name) || (isCall && PLACED_IN_CALLS.has(name)));
  });
  return rest.length > 0 ? { unmapped: Object.fromEntries(rest) } : {};
}

function baseEvent({ at, receivedAt, id, view, account, region, logGroup, logStream, filters }: EventItem): object {
  return {
    ...classOf([0, 'Uncategorized'], [0, 'Base Event'], [99, 'Log event']),
    time: at,
    ...SEVERITIES[filters.length > 0 ? 'medium' : 'info'],
    message: view.message,
    metadata: {
      version: OCSF_VERSION,
      profiles: ['cloud'],
      product: { name: 'CloudWatch Logs', vendor_name: 'AWS' },
      uid: id,
      logged_time: receivedAt,
      log_provider: ownProduct.name,
      ...some({ log_name: logGroup, log_source: logStream }),
      ...(filters.length > 0 && { labels: filters.map((filter) => `metric-filter:${filter}`) }),
    },
    cloud: { provider: 'AWS', ...some({ region }), ...(account !== '' && { account: accountOf(account) }) },
  };
}
