/** Members of CloudTrail records as AWS writes them; a selector differing in case finds nothing. */
const MEMBERS = [
  ...['eventVersion', 'userIdentity', 'eventTime', 'eventSource', 'eventName', 'awsRegion', 'sourceIPAddress'],
  ...['userAgent', 'errorCode', 'errorMessage', 'requestParameters', 'responseElements', 'additionalEventData'],
  ...['requestID', 'eventID', 'eventType', 'apiVersion', 'managementEvent', 'readOnly', 'resources'],
  ...['recipientAccountId', 'serviceEventDetails', 'sharedEventID', 'vpcEndpointId', 'eventCategory', 'tlsDetails'],
];
const IDENTITY_MEMBERS = [
  'type',
  'userName',
  'principalId',
  'arn',
  'accountId',
  'accessKeyId',
  'sessionContext',
  'invokedBy',
];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  'userIdentity.type': [
    ...['Root', 'IAMUser', 'AssumedRole', 'Role', 'FederatedUser', 'Directory', 'AWSAccount', 'AWSService'],
    ...['IdentityCenterUser', 'SAMLUser', 'WebIdentityUser', 'Unknown'],
  ],
  eventType: [
    'AwsApiCall',
    'AwsServiceEvent',
    'AwsConsoleAction',
    'AwsConsoleSignIn',
    'AwsVpceEvent',
    'AwsCloudTrailInsight',
  ],
  'additionalEventData.MFAUsed': ['Yes', 'No'],
  'responseElements.ConsoleLogin': ['Success', 'Failure'],
};

/** JSON booleans in a record, and strings that read like one. */
export const BOOLEAN_PATHS: ReadonlySet<string> = new Set([
  'readOnly',
  'managementEvent',
  'sessionCredentialFromConsole',
]);
export const BOOLEAN_TEXT_PATHS: ReadonlySet<string> = new Set([
  'userIdentity.sessionContext.attributes.mfaAuthenticated',
]);

const sameButForCase = (name: string, known: readonly string[]): string | undefined =>
  known.find((each) => each !== name && each.toLowerCase() === name.toLowerCase());

/** How CloudTrail writes a member that differs from `path` in case only. */
export function properPath(path: readonly string[]): readonly string[] | undefined {
  const [first, second, ...rest] = path;
  if (first === undefined) return undefined;
  const top = sameButForCase(first, MEMBERS);
  const inner =
    second !== undefined && (top ?? first) === 'userIdentity' ? sameButForCase(second, IDENTITY_MEMBERS) : undefined;
  if (!top && !inner) return undefined;
  return [top ?? first, ...(second === undefined ? [] : [inner ?? second, ...rest])];
}

/** How CloudTrail writes a value that differs from `value` in case only. */
export const properValue = (path: string, value: string): string | undefined =>
  Object.hasOwn(VALUES, path) ? sameButForCase(value, VALUES[path] ?? []) : undefined;
