/** Services with their share of records, and what is called there, most often first (a Zipf tail). */
export interface Service {
  readonly name: string;
  readonly share: number;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly dataEvents?: readonly string[];
}

const words = (text: string): string[] => text.split(' ');
const each = (verb: string, nouns: string): string[] => words(nouns).map((noun) => verb + noun);

export const SERVICES: readonly Service[] = [
  {
    name: 'ec2',
    share: 24,
    reads: each(
      'Describe',
      'Instances RouteTables NatGateways VpcAttribute Vpcs Subnets AccountAttributes SecurityGroups Volumes NetworkInterfaces Tags InstanceStatus Images Snapshots Addresses KeyPairs InternetGateways NetworkAcls FlowLogs LaunchTemplates Regions AvailabilityZones VpcEndpoints DhcpOptions TransitGateways SpotInstanceRequests ReservedInstances Hosts PlacementGroups VpnConnections CustomerGateways PrefixLists',
    ),
    writes: words(
      'CreateTags RunInstances CreateSnapshot AuthorizeSecurityGroupIngress DeleteSnapshot TerminateInstances CreateNetworkInterface CreateNetworkAclEntry AttachInternetGateway CreateRoute CreateVpc ModifyInstanceAttribute',
    ),
  },
  {
    name: 's3',
    share: 17,
    reads: each(
      'GetBucket',
      'Acl Logging Location Versioning Policy Tagging Encryption PublicAccessBlock Lifecycle Replication Notification Website Cors',
    ),
    writes: words('CreateBucket PutBucketTagging PutBucketPolicy DeleteBucketPolicy PutBucketAcl PutBucketEncryption'),
    dataEvents: words('PutObject GetObject HeadObject ListObjects DeleteObject HeadBucket'),
  },
  {
    name: 'kms',
    share: 14,
    reads: words('Decrypt GenerateDataKey DescribeKey Encrypt ListAliases ListKeys GetKeyPolicy GetKeyRotationStatus'),
    writes: words('CreateGrant RetireGrant CreateKey EnableKeyRotation DisableKey ScheduleKeyDeletion'),
  },
  {
    name: 'sts',
    share: 12,
    reads: words('GetCallerIdentity'),
    writes: words('AssumeRole AssumeRole AssumeRole AssumeRoleWithWebIdentity'),
  },
  {
    name: 'ssm',
    share: 8,
    reads: words(
      'GetParameter DescribeParameters ListTagsForResource GetParametersByPath DescribeInstanceInformation ListInstanceAssociations ListAssociations GetDocument DescribeDocument',
    ),
    writes: words('PutParameter DeleteParameter UpdateInstanceInformation SendCommand PutInventory'),
  },
  {
    name: 'iam',
    share: 6,
    reads: words(
      'GetUser ListAttachedRolePolicies ListRolePolicies GetRole GetPolicy GetPolicyVersion ListUsers ListRoles ListGroups ListAccessKeys GetInstanceProfile ListMFADevices GetAccountSummary',
    ),
    writes: words(
      'CreateRole PutRolePolicy AttachRolePolicy CreatePolicyVersion DetachUserPolicy PassRole CreateUser TagRole',
    ),
  },
  {
    name: 'secretsmanager',
    share: 4,
    reads: words('GetSecretValue GetResourcePolicy DescribeSecret ListSecrets'),
    writes: words('PutSecretValue CreateSecret RotateSecret TagResource'),
  },
  {
    name: 'logs',
    share: 4,
    reads: words('DescribeLogGroups DescribeLogStreams FilterLogEvents GetLogEvents ListTagsLogGroup'),
    writes: words('CreateLogStream PutRetentionPolicy CreateLogGroup PutMetricFilter'),
  },
  {
    name: 'lambda',
    share: 3,
    reads: words('GetFunction20150331v2 ListFunctions20150331 GetPolicy20150331v2 ListTags20170331'),
    writes: words('UpdateFunctionCode20150331v2 CreateFunction20150331 AddPermission20150331v2 PublishVersion20150331'),
  },
  {
    name: 'dynamodb',
    share: 2,
    reads: words('DescribeTable ListTables DescribeTimeToLive DescribeContinuousBackups'),
    writes: words('CreateTable UpdateTable TagResource'),
  },
  {
    name: 'rds',
    share: 2,
    reads: words('DescribeDBInstances DescribeDBClusters DescribeDBSnapshots ListTagsForResource DescribeDBParameters'),
    writes: words('CreateDBSnapshot ModifyDBInstance AddTagsToResource'),
  },
  {
    name: 'monitoring',
    share: 1,
    reads: words('DescribeAlarms GetDashboard ListDashboards'),
    writes: words('PutMetricAlarm DeleteAlarms'),
  },
  {
    name: 'autoscaling',
    share: 1,
    reads: words('DescribeAutoScalingGroups DescribeLaunchConfigurations DescribeLifecycleHooks'),
    writes: words('SetDesiredCapacity UpdateAutoScalingGroup'),
  },
  {
    name: 'elasticloadbalancing',
    share: 1,
    reads: words('DescribeLoadBalancers DescribeTargetHealth DescribeListeners DescribeRules DescribeTargetGroups'),
    writes: words('RegisterTargets ModifyTargetGroup'),
  },
  {
    name: 'ecs',
    share: 0.8,
    reads: words('DescribeServices DescribeTasks ListTasks DescribeClusters'),
    writes: words('RegisterTaskDefinition UpdateService RunTask'),
  },
  {
    name: 'ecr',
    share: 0.8,
    reads: words('BatchGetImage GetAuthorizationToken DescribeRepositories GetDownloadUrlForLayer'),
    writes: words('PutImage InitiateLayerUpload'),
  },
  {
    name: 'cloudformation',
    share: 0.6,
    reads: words('DescribeStacks ListStackResources DescribeStackEvents GetTemplate'),
    writes: words('CreateChangeSet ExecuteChangeSet UpdateStack'),
  },
  {
    name: 'cloudtrail',
    share: 0.5,
    reads: words('DescribeTrails GetTrailStatus LookupEvents GetEventSelectors'),
    writes: words('UpdateTrail StopLogging StartLogging PutEventSelectors'),
  },
  {
    name: 'config',
    share: 0.5,
    reads: words('DescribeConfigRules DescribeConfigurationRecorders GetComplianceDetailsByConfigRule'),
    writes: words('PutEvaluations PutConfigurationRecorder StopConfigurationRecorder'),
  },
  {
    name: 'sqs',
    share: 0.5,
    reads: words('GetQueueAttributes ListQueues GetQueueUrl'),
    writes: words('CreateQueue SetQueueAttributes'),
  },
  {
    name: 'sns',
    share: 0.5,
    reads: words('ListTopics GetTopicAttributes ListSubscriptions'),
    writes: words('Subscribe CreateTopic SetTopicAttributes'),
  },
  {
    name: 'organizations',
    share: 0.3,
    reads: words('DescribeOrganization ListAccounts ListParents DescribeAccount'),
    writes: words('CreateAccount MoveAccount AttachPolicy'),
  },
  {
    name: 'health',
    share: 0.3,
    reads: words('DescribeEventAggregates DescribeEvents'),
    writes: words('EnableHealthServiceAccessForOrganization'),
  },
  {
    name: 'route53',
    share: 0.3,
    reads: words('ListHostedZones ListResourceRecordSets GetHostedZone'),
    writes: words('ChangeResourceRecordSets'),
  },
  {
    name: 'eks',
    share: 0.3,
    reads: words('DescribeCluster ListNodegroups DescribeNodegroup'),
    writes: words('UpdateNodegroupConfig'),
  },
  {
    name: 'guardduty',
    share: 0.2,
    reads: words('ListDetectors GetFindings ListFindings GetDetector'),
    writes: words('UpdateDetector'),
  },
  {
    name: 'backup',
    share: 0.2,
    reads: words('ListBackupJobs DescribeBackupVault ListRecoveryPointsByBackupVault'),
    writes: words('StartBackupJob'),
  },
  {
    name: 'acm',
    share: 0.2,
    reads: words('ListCertificates DescribeCertificate'),
    writes: words('RequestCertificate'),
  },
];
