import { record } from './example-events.ts';

const ACCOUNT = '111122223333';
const role = {
  type: 'AssumedRole',
  principalId: 'AROACKCEVSQ6C2EXAMPLE:app',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/app/app`,
  accountId: ACCOUNT,
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  sessionContext: { sessionIssuer: { type: 'Role', userName: 'app' }, attributes: { mfaAuthenticated: 'false' } },
};
const person = {
  type: 'IAMUser',
  principalId: 'AIDACKCEVSQ6C2EXAMPLE',
  arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
  accountId: ACCOUNT,
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  userName: 'alice',
};
const service = (name: string) => ({ type: 'AWSService', invokedBy: `${name}.amazonaws.com` });

/** What busy accounts record all day: who, service, calls that read, calls that write. */
const CALLS: readonly (readonly [object, string, readonly string[], readonly string[]])[] = [
  [
    role,
    'ec2',
    ['DescribeInstances', 'DescribeVolumes', 'DescribeTags', 'DescribeSubnets'],
    ['CreateTags', 'RunInstances'],
  ],
  [person, 'ec2', ['DescribeInstances', 'DescribeRegions'], ['StartInstances']],
  [role, 'sts', ['GetCallerIdentity'], []],
  [service('ec2'), 'sts', ['AssumeRole'], []],
  [service('lambda'), 'sts', ['AssumeRole'], []],
  [role, 'sts', ['AssumeRole'], []],
  [role, 'logs', ['DescribeLogGroups'], ['CreateLogStream', 'PutRetentionPolicy']],
  [role, 'kms', ['DescribeKey'], ['GenerateDataKey']],
  [{ ...role, invokedBy: 'ebs.amazonaws.com' }, 'kms', ['Decrypt'], ['GenerateDataKey']],
  [role, 's3', ['ListBuckets', 'GetBucketLocation', 'GetBucketAcl'], []],
  [person, 's3', ['GetBucketPolicy'], []],
  [role, 'iam', ['GetRole', 'ListRoles'], []],
  [person, 'iam', ['ListUsers'], []],
  [role, 'ssm', ['GetParameter', 'DescribeInstanceInformation'], ['UpdateInstanceInformation']],
  [role, 'secretsmanager', ['GetSecretValue'], []],
  [role, 'monitoring', ['DescribeAlarms', 'GetMetricData'], []],
  [role, 'ecr', ['DescribeRepositories'], ['GetAuthorizationToken']],
  [role, 'ecs', ['DescribeServices', 'DescribeTasks'], ['UpdateService']],
  [role, 'eks', ['DescribeCluster'], []],
  [role, 'lambda', ['GetFunction20150331v2', 'ListFunctions20150331'], ['UpdateFunctionCode20150331v2']],
  [role, 'autoscaling', ['DescribeAutoScalingGroups'], ['SetDesiredCapacity']],
  [role, 'elasticloadbalancing', ['DescribeTargetHealth', 'DescribeLoadBalancers'], ['RegisterTargets']],
  [role, 'rds', ['DescribeDBInstances'], []],
  [role, 'dynamodb', ['DescribeTable'], []],
  [role, 'cloudformation', ['DescribeStacks'], ['UpdateStack']],
  [role, 'cloudtrail', ['LookupEvents', 'DescribeTrails'], []],
  [{ ...role, invokedBy: 'config.amazonaws.com' }, 'config', ['DescribeConfigRules'], ['PutEvaluations']],
  [person, 'health', ['DescribeEventAggregates'], []],
  [role, 'organizations', ['DescribeOrganization'], []],
];

const calls = CALLS.flatMap(([userIdentity, name, reads, writes]) =>
  [...reads, ...writes].map((eventName) => {
    const invokedBy = (userIdentity as { invokedBy?: string }).invokedBy;
    return record(ACCOUNT, {
      userIdentity,
      eventSource: `${name}.amazonaws.com`,
      eventName,
      readOnly: reads.includes(eventName),
      ...(invokedBy !== undefined && { sourceIPAddress: invokedBy, userAgent: invokedBy }),
    });
  }),
);

const others = [
  record(ACCOUNT, {
    userIdentity: person,
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    responseElements: { ConsoleLogin: 'Success' },
    additionalEventData: { MobileVersion: 'No', MFAUsed: 'Yes' },
    readOnly: false,
    eventType: 'AwsConsoleSignIn',
  }),
  record(ACCOUNT, {
    userIdentity: { accountId: ACCOUNT, invokedBy: 'kms.amazonaws.com' },
    eventSource: 'kms.amazonaws.com',
    eventName: 'RotateKey',
    readOnly: false,
    eventType: 'AwsServiceEvent',
  }),
  record(ACCOUNT, {
    userIdentity: role,
    eventSource: 's3.amazonaws.com',
    eventName: 'GetBucketLifecycle',
    errorCode: 'NoSuchLifecycleConfiguration',
    readOnly: true,
  }),
  record(ACCOUNT, {
    userIdentity: { type: 'AWSAccount', accountId: '444455556666' },
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRole',
    readOnly: true,
  }),
];

/**
 * Everyday events as messages: none is a use of root, a refused call, or a call that a control lists. A
 * filter that matches many of them matches all the time.
 */
export const EVERYDAY_EVENTS: readonly string[] = [...calls, ...others].map((event) => JSON.stringify(event));
