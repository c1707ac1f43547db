// Writes examples/archive: a small archive in CloudTrail's key layout, invented from end to end. It rings control
// 4.3 once. Run it again after a change; a test compares what it makes with what is checked in.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const ACCOUNT = '111122223333';
const DAY = '2026-03-04';
const ATTACKER = '203.0.113.7';
const OFFICE = '198.51.100.20';

let count = 0;

function record(time, eventSource, eventName, userIdentity, more = {}) {
  count += 1;
  return {
    eventVersion: '1.11',
    userIdentity,
    eventTime: `${DAY}T${time}Z`,
    eventSource: `${eventSource}.amazonaws.com`,
    eventName,
    awsRegion: 'us-east-1',
    sourceIPAddress: OFFICE,
    userAgent: 'aws-cli/2.27.0',
    requestParameters: null,
    responseElements: null,
    requestID: `00000000-1111-4000-8000-${String(count).padStart(12, '0')}`,
    eventID: `00000000-2222-4000-8000-${String(count).padStart(12, '0')}`,
    readOnly: /^(Describe|Get|List)/.test(eventName),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    eventCategory: 'Management',
    ...more,
  };
}

const root = {
  type: 'Root',
  principalId: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:root`,
  accountId: ACCOUNT,
};

const rootSession = (key) => ({
  ...root,
  accessKeyId: `ASIAEXAMPLE00000000${key}`,
  sessionContext: { attributes: { creationDate: `${DAY}T10:12:04Z`, mfaAuthenticated: 'false' } },
});

const byRoot = (time, source, name, more = {}) =>
  record(time, source, name, rootSession(source.length % 7), {
    sourceIPAddress: ATTACKER,
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/148.0',
    sessionCredentialFromConsole: 'true',
    ...more,
  });

const rootSignIn = (time, outcome, more = {}) =>
  record(
    time,
    'signin',
    'ConsoleLogin',
    { ...root, accessKeyId: '' },
    {
      sourceIPAddress: ATTACKER,
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/148.0',
      responseElements: { ConsoleLogin: outcome },
      additionalEventData: {
        LoginTo: 'https://console.aws.amazon.com/console/home',
        MobileVersion: 'No',
        MFAUsed: 'No',
      },
      requestID: undefined,
      readOnly: false,
      eventType: 'AwsConsoleSignIn',
      ...more,
    },
  );

const deployer = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLE000000001:ci',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/ci`,
  accountId: ACCOUNT,
  accessKeyId: 'ASIAEXAMPLE000000011',
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: 'AROAEXAMPLE000000001',
      arn: `arn:aws:iam::${ACCOUNT}:role/deploy`,
      accountId: ACCOUNT,
      userName: 'deploy',
    },
    attributes: { creationDate: `${DAY}T09:58:12Z`, mfaAuthenticated: 'false' },
  },
};

// People and machines that are not root, though they look like it.
const userNamedRoot = {
  type: 'IAMUser',
  principalId: 'AIDAEXAMPLE000000021',
  arn: `arn:aws:iam::${ACCOUNT}:user/Root`,
  accountId: ACCOUNT,
  accessKeyId: 'AKIAEXAMPLE000000021',
  userName: 'Root',
};
const roleNamedRoot = {
  ...deployer,
  principalId: 'AROAEXAMPLE000000031:Root',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Root/Root`,
  accessKeyId: 'ASIAEXAMPLE000000031',
  sessionContext: {
    ...deployer.sessionContext,
    sessionIssuer: {
      ...deployer.sessionContext.sessionIssuer,
      principalId: 'AROAEXAMPLE000000031',
      arn: `arn:aws:iam::${ACCOUNT}:role/Root`,
      userName: 'Root',
    },
  },
};

const files = {
  '1015Z_Ex4mpl3Arch1ve01': [
    record('10:09:51', 'ec2', 'DescribeInstances', deployer),
    record('10:10:02', 'iam', 'ListUsers', userNamedRoot),
    record('10:10:44', 'autoscaling', 'DescribeAutoScalingGroups', deployer),
    rootSignIn('10:11:31', 'Failure', { errorMessage: 'Failed authentication' }),
    record(
      '10:11:40',
      'ec2',
      'RunInstances',
      { ...root, invokedBy: 'autoscaling.amazonaws.com' },
      {
        sourceIPAddress: 'autoscaling.amazonaws.com',
        userAgent: 'autoscaling.amazonaws.com',
      },
    ),
    rootSignIn('10:12:05', 'Success'),
    byRoot('10:12:31', 'health', 'DescribeEventAggregates'),
  ],
  '1020Z_Ex4mpl3Arch1ve02': [
    byRoot('10:13:02', 'iam', 'ListUsers'),
    byRoot('10:13:02', 'iam', 'GetAccountSummary'),
    record(
      '10:13:30',
      'kms',
      'RotateKey',
      { ...root, invokedBy: 'AWS Internal' },
      {
        sourceIPAddress: 'AWS Internal',
        userAgent: 'AWS Internal',
        eventType: 'AwsServiceEvent',
      },
    ),
    byRoot('10:14:18', 'iam', 'CreateAccessKey', { requestParameters: { userName: 'backup' } }),
    record('10:15:09', 's3', 'ListBuckets', roleNamedRoot),
    byRoot('10:16:40', 's3', 'ListBuckets'),
  ],
  '1025Z_Ex4mpl3Arch1ve03': [
    record('10:17:03', 'sts', 'GetCallerIdentity', deployer),
    byRoot('10:19:55', 'ec2', 'DescribeInstances', { awsRegion: 'eu-west-1' }),
    byRoot('10:21:12', 'organizations', 'DescribeOrganization', {
      errorCode: 'AWSOrganizationsNotInUseException',
      errorMessage: 'Your account is not a member of an organization.',
    }),
    record('10:22:47', 'ec2', 'DescribeVolumes', deployer),
    byRoot('10:24:00', 'billing', 'GetBillingPreferences'),
  ],
};

const target = process.argv[2] ?? fileURLToPath(new URL('../examples/archive', import.meta.url));
rmSync(target, { recursive: true, force: true });
const folder = `AWSLogs/${ACCOUNT}/CloudTrail/us-east-1/${DAY.replaceAll('-', '/')}`;
for (const [stamp, records] of Object.entries(files)) {
  const name = `${ACCOUNT}_CloudTrail_us-east-1_${DAY.replaceAll('-', '')}T${stamp}.json.gz`;
  const path = join(target, folder, name);
  mkdirSync(dirname(path), { recursive: true });
  // Bytes 4 to 9 of a gzip header name time and system; node leaves the time out, and the system is set alike here.
  const bytes = gzipSync(JSON.stringify({ Records: records }));
  bytes[9] = 0xff;
  writeFileSync(path, bytes);
}
