import type { JsonObject } from '../../pattern/index.ts';
import { type Benchmark, DEFAULT_BENCHMARK } from '../controls/benchmark.ts';
import { type Control, canonicalPattern } from '../controls/control.ts';

/** Sources of the calls that a control's event names belong to. */
const SOURCES: Readonly<Record<string, string>> = {
  'iam-policy-changes': 'iam.amazonaws.com',
  'cloudtrail-changes': 'cloudtrail.amazonaws.com',
  'kms-key-removal': 'kms.amazonaws.com',
  's3-bucket-policy-changes': 's3.amazonaws.com',
  'config-changes': 'config.amazonaws.com',
  'security-group-changes': 'ec2.amazonaws.com',
  'network-acl-changes': 'ec2.amazonaws.com',
  'network-gateway-changes': 'ec2.amazonaws.com',
  'route-table-changes': 'ec2.amazonaws.com',
  'vpc-changes': 'ec2.amazonaws.com',
  'organizations-changes': 'organizations.amazonaws.com',
  'console-sign-in-without-mfa': 'signin.amazonaws.com',
  'console-sign-in-failures': 'signin.amazonaws.com',
};

/** The one service whose calls a control is about; undefined for controls about all services. */
export const eventSourceOf = ({ slug }: Control): string | undefined =>
  Object.hasOwn(SOURCES, slug) ? SOURCES[slug] : undefined;

/** The event names that a control's pattern lists. */
export const eventNamesIn = (pattern: string): readonly string[] => [
  ...new Set([...pattern.matchAll(/\$\.eventName\s*=\s*"?([A-Za-z0-9]+)/g)].map(([, name]) => name ?? '')),
];

/** Events as CloudTrail would record them that the control's pattern matches, the most telling first. */
export function exampleEvents(
  control: Control,
  account: string,
  benchmark: Benchmark = DEFAULT_BENCHMARK,
): readonly JsonObject[] {
  const person = personOf(account);
  switch (control.slug) {
    case 'root-usage':
      return rootUse(account);
    case 'unauthorized-api-calls':
      return [
        record(account, {
          userIdentity: person,
          eventSource: 'ec2.amazonaws.com',
          eventName: 'RunInstances',
          errorCode: 'Client.UnauthorizedOperation',
          readOnly: false,
        }),
        record(account, {
          userIdentity: person,
          eventSource: 'iam.amazonaws.com',
          eventName: 'ListUsers',
          errorCode: 'AccessDenied',
          readOnly: true,
        }),
      ];
    case 'console-sign-in-without-mfa':
      return [signIn(account, person, 'Success')];
    case 'console-sign-in-failures':
      return [{ ...signIn(account, person, 'Failure'), errorMessage: 'Failed authentication' }];
    default:
      return eventNamesIn(canonicalPattern(control, benchmark)).map((eventName) =>
        record(account, {
          userIdentity: person,
          eventSource: eventSourceOf(control) ?? 'ec2.amazonaws.com',
          eventName,
          readOnly: false,
        }),
      );
  }
}

function rootUse(account: string): readonly JsonObject[] {
  const root = {
    type: 'Root',
    principalId: account,
    arn: `arn:aws:iam::${account}:root`,
    accountId: account,
  };
  const keyed = { ...root, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' };
  return [
    signIn(account, root, 'Success'),
    record(account, {
      userIdentity: keyed,
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateAccessKey',
      readOnly: false,
    }),
    record(account, { userIdentity: keyed, eventSource: 'iam.amazonaws.com', eventName: 'ListUsers', readOnly: true }),
    record(account, {
      userIdentity: keyed,
      eventSource: 'ec2.amazonaws.com',
      eventName: 'RunInstances',
      awsRegion: 'ap-southeast-2',
      readOnly: false,
    }),
    record(account, {
      userIdentity: keyed,
      eventSource: 'kms.amazonaws.com',
      eventName: 'ScheduleKeyDeletion',
      readOnly: false,
    }),
    { ...signIn(account, root, 'Failure'), errorMessage: 'Failed authentication' },
  ];
}

const personOf = (account: string) => ({
  type: 'IAMUser',
  principalId: 'AIDACKCEVSQ6C2EXAMPLE',
  arn: `arn:aws:iam::${account}:user/alice`,
  accountId: account,
  userName: 'alice',
});

const signIn = (account: string, userIdentity: JsonObject, outcome: 'Success' | 'Failure'): JsonObject => ({
  ...record(account, { userIdentity, eventSource: 'signin.amazonaws.com', eventName: 'ConsoleLogin', readOnly: false }),
  responseElements: { ConsoleLogin: outcome },
  additionalEventData: { MobileVersion: 'No', MFAUsed: 'No' },
  eventType: 'AwsConsoleSignIn',
});

/** A management event with the members that every record of today has, in their usual order. */
export const record = (account: string, members: JsonObject): JsonObject => ({
  eventVersion: '1.11',
  userIdentity: {},
  eventTime: '2026-01-01T12:00:00Z',
  eventSource: 'ec2.amazonaws.com',
  eventName: 'DescribeInstances',
  awsRegion: 'us-east-1',
  sourceIPAddress: '203.0.113.7',
  userAgent: 'aws-cli/2.27.0',
  requestParameters: null,
  responseElements: null,
  requestID: '00000000-0000-4000-8000-000000000002',
  eventID: '00000000-0000-4000-8000-000000000001',
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: account,
  eventCategory: 'Management',
  ...members,
});
