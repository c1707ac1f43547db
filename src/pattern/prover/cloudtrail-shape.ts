import { type Draft, object, scalar, writeDraft } from './draft.ts';

/** What a CloudTrail record always has, with plain values, in the order of real records. */
const DEFAULTS: readonly (readonly [string, Draft])[] = [
  ['eventVersion', scalar('"1.11"')],
  ['userIdentity', object([['type', scalar('"IAMUser"')]])],
  ['eventTime', scalar('"2026-01-01T12:00:00Z"')],
  ['eventSource', scalar('"ec2.amazonaws.com"')],
  ['eventName', scalar('"DescribeInstances"')],
  ['awsRegion', scalar('"us-east-1"')],
  ['sourceIPAddress', scalar('"203.0.113.7"')],
  ['eventType', scalar('"AwsApiCall"')],
];

/** Top-level members of CloudTrail records, in their usual order. */
const MEMBERS = [
  ...['eventVersion', 'userIdentity', 'eventTime', 'eventSource', 'eventName', 'awsRegion', 'sourceIPAddress'],
  ...['userAgent', 'errorCode', 'errorMessage', 'requestParameters', 'responseElements', 'additionalEventData'],
  ...['requestID', 'eventID', 'readOnly', 'resources', 'eventType', 'apiVersion', 'managementEvent'],
  ...['recipientAccountId', 'sharedEventID', 'vpcEndpointId', 'eventCategory', 'sessionCredentialFromConsole'],
];

/** Values that real records have at a path, tried before made-up ones. */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  eventVersion: ['1.11'],
  eventTime: ['2026-01-01T12:00:00Z'],
  eventSource: ['ec2.amazonaws.com', 'iam.amazonaws.com', 's3.amazonaws.com', 'signin.amazonaws.com'],
  eventName: ['DescribeInstances', 'CreateUser', 'ConsoleLogin', 'DeleteTrail', 'PutObject'],
  awsRegion: ['us-east-1', 'eu-west-1'],
  sourceIPAddress: ['203.0.113.7', 'autoscaling.amazonaws.com', '10.0.0.1', '2001:db8::1'],
  userAgent: ['aws-cli/2.15.0', 'console.amazonaws.com'],
  errorCode: ['NoSuchEntityException', 'AccessDenied', 'Client.UnauthorizedOperation'],
  errorMessage: ['No such entity', 'Failed authentication'],
  eventType: ['AwsApiCall', 'AwsConsoleSignIn', 'AwsServiceEvent'],
  recipientAccountId: ['111122223333'],
  eventID: ['00000000-0000-4000-8000-000000000001'],
  'userIdentity.type': ['IAMUser', 'Root', 'AssumedRole', 'AWSService'],
  'userIdentity.invokedBy': ['autoscaling.amazonaws.com'],
  'userIdentity.userName': ['alice'],
  'userIdentity.accountId': ['111122223333'],
  'userIdentity.arn': ['arn:aws:iam::111122223333:user/alice', 'arn:aws:iam::111122223333:root'],
  'additionalEventData.MFAUsed': ['No', 'Yes'],
  'responseElements.ConsoleLogin': ['Success', 'Failure'],
};

/** Members that every record has. */
const ALWAYS = new Set([
  'eventVersion',
  'eventTime',
  'eventSource',
  'eventName',
  'awsRegion',
  'eventType',
  'userIdentity.type',
]);
const BOOLEANS = new Set(['readOnly', 'managementEvent']);

/** What real records have at a path, as far as that is known. */
export interface Usual {
  readonly texts: readonly string[];
  /** A text, true or false; undefined where it can be anything. */
  readonly kind: 'text' | 'boolean' | undefined;
  readonly isAlwaysThere: boolean;
}

export function usualAt(path: string): Usual {
  const texts = (Object.hasOwn(USUAL, path) && USUAL[path]) || [];
  const kind = texts.length > 0 ? 'text' : BOOLEANS.has(path) ? 'boolean' : undefined;
  return { texts, kind, isAlwaysThere: ALWAYS.has(path) };
}

/** For values that are no part of a record. */
export const UNUSUAL: Usual = { texts: [], kind: undefined, isAlwaysThere: false };

/**
 * Gives an event the shape of a CloudTrail record, as far as `isFit` still holds for its text. An
 * event that has nothing of such a record is left alone.
 */
export function shapeRecord(event: Draft, isFit: (message: string) => boolean): Draft {
  if (event.kind !== 'object') return event;
  const own = [...event.members.keys()];
  if (own.length > 0 && !own.some((name) => MEMBERS.includes(name))) return event;
  let shaped = event;
  for (const [name, value] of DEFAULTS) {
    const known = shaped.members.get(name);
    const candidate = !known ? value : name === 'userIdentity' ? withMembersOf(known, value) : known;
    if (candidate === known) continue;
    const attempt = ordered(new Map([...shaped.members, [name, candidate]]));
    if (isFit(writeDraft(attempt))) shaped = attempt;
  }
  const sorted = ordered(shaped.members);
  return isFit(writeDraft(sorted)) ? sorted : shaped;
}

function withMembersOf(known: Draft, more: Draft): Draft {
  if (known.kind !== 'object' || more.kind !== 'object') return known;
  const missing = [...more.members].filter(([name]) => !known.members.has(name));
  return missing.length === 0 ? known : object([...missing, ...known.members]);
}

function ordered(members: ReadonlyMap<string, Draft>): Draft & { kind: 'object' } {
  const place = (name: string): number => (MEMBERS.includes(name) ? MEMBERS.indexOf(name) : MEMBERS.length);
  const sorted = [...members].sort(([a], [b]) => place(a) - place(b));
  return { kind: 'object', members: new Map(sorted) };
}
