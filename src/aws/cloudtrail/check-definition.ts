import type { Kysely } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import { arnOf, parseArn, type Scope } from '../../base/scope.ts';
import { parseLogGroupArn } from '../../chain/logs/log-group-arn.ts';
import { findLogGroup } from '../../chain/logs/log-groups.ts';
import type { TrailDefinition } from '../../chain/trails/trail.ts';
import type { Tables } from '../../store/tables.ts';

/** The members that CreateTrail and UpdateTrail share. */
export interface TrailInput {
  readonly S3BucketName?: string | undefined;
  readonly S3KeyPrefix?: string | undefined;
  readonly SnsTopicName?: string | undefined;
  readonly IncludeGlobalServiceEvents?: boolean | undefined;
  readonly IsMultiRegionTrail?: boolean | undefined;
  readonly IsOrganizationTrail?: boolean | undefined;
  readonly EnableLogFileValidation?: boolean | undefined;
  readonly CloudWatchLogsLogGroupArn?: string | undefined;
  readonly CloudWatchLogsRoleArn?: string | undefined;
  readonly KmsKeyId?: string | undefined;
}

/** A trail as a request leaves it. */
export interface Wanted {
  readonly definition: TrailDefinition;
  readonly logGroupArn: string | null;
}

const BLANK: Wanted = {
  definition: {
    S3BucketName: '',
    IncludeGlobalServiceEvents: true,
    IsMultiRegionTrail: false,
    IsOrganizationTrail: false,
    LogFileValidationEnabled: false,
  },
  logGroupArn: null,
};

/**
 * `before` (a new trail without it) with what `input` changes. An empty text takes a member away, as
 * on AWS. Refuses what AWS refuses; buckets, roles and keys are believed, because no other service
 * of AWS lives here to ask.
 */
export async function checkedDefinition(
  db: Kysely<Tables>,
  scope: Scope,
  input: TrailInput,
  before: Wanted = BLANK,
): Promise<Wanted> {
  const old = before.definition;
  const S3BucketName = input.S3BucketName ?? old.S3BucketName;
  checkBucket(S3BucketName);
  const S3KeyPrefix = input.S3KeyPrefix ?? old.S3KeyPrefix;
  if (S3KeyPrefix !== undefined && S3KeyPrefix.length > 200) {
    throw new Refusal('InvalidS3PrefixException', 'S3 key prefix cannot be longer than 200 characters.');
  }
  const IsMultiRegionTrail = input.IsMultiRegionTrail ?? old.IsMultiRegionTrail;
  // Turning a trail into one for all regions turns global events on, unless the request says no.
  const becomesMulti = IsMultiRegionTrail && !old.IsMultiRegionTrail;
  const IncludeGlobalServiceEvents =
    input.IncludeGlobalServiceEvents ?? (becomesMulti || old.IncludeGlobalServiceEvents);
  if (IsMultiRegionTrail && !IncludeGlobalServiceEvents) {
    throw new Refusal('InvalidParameterCombinationException', 'Multi-Region trail must include global service events.');
  }
  const logGroupArn = (input.CloudWatchLogsLogGroupArn ?? before.logGroupArn) || null;
  const role = (input.CloudWatchLogsRoleArn ?? old.CloudWatchLogsRoleArn) || undefined;
  // A group that was deleted since must not stand in the way of other changes.
  if (input.CloudWatchLogsLogGroupArn !== undefined || input.CloudWatchLogsRoleArn !== undefined) {
    await checkLogs(db, scope, logGroupArn, role);
  }
  const KmsKeyId = input.KmsKeyId ?? old.KmsKeyId;
  return {
    definition: {
      S3BucketName,
      ...(S3KeyPrefix && { S3KeyPrefix }),
      ...(input.SnsTopicName === undefined ? topicOf(old) : await checkedTopic(db, scope, input.SnsTopicName)),
      IncludeGlobalServiceEvents,
      IsMultiRegionTrail,
      IsOrganizationTrail: input.IsOrganizationTrail ?? old.IsOrganizationTrail,
      LogFileValidationEnabled: input.EnableLogFileValidation ?? old.LogFileValidationEnabled,
      ...(role && { CloudWatchLogsRoleArn: role }),
      ...(KmsKeyId && { KmsKeyId }),
    },
    logGroupArn,
  };
}

/** S3's rules for bucket names, as far as CloudTrail checks them. */
function checkBucket(name: string): void {
  if (name.length < 3 || name.length > 63) {
    throw new Refusal(
      'InvalidS3BucketNameException',
      `S3 bucket name must be between 3 and 63 characters. Specified name length: ${name.length} characters.`,
    );
  }
  if (!/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/.test(name) || name.includes('..') || /^\d+(\.\d+){3}$/.test(name)) {
    throw new Refusal('InvalidS3BucketNameException', `S3 bucket name is not valid: ${name}`);
  }
}

async function checkLogs(
  db: Kysely<Tables>,
  scope: Scope,
  logGroupArn: string | null,
  role: string | undefined,
): Promise<void> {
  if (logGroupArn === null) {
    if (role === undefined) return;
    throw new Refusal(
      'InvalidCloudWatchLogsLogGroupArnException',
      'You must specify a log group as well as a role ARN.',
    );
  }
  if (role === undefined) {
    throw new Refusal('InvalidCloudWatchLogsRoleArnException', 'You must specify a role ARN as well as a log group.');
  }
  const iam = parseArn(role);
  if (iam?.service !== 'iam' || !iam.resource.startsWith('role/')) {
    throw new Refusal('InvalidCloudWatchLogsRoleArnException', 'CloudTrail cannot validate the specified role ARN.');
  }
  const target = parseLogGroupArn(logGroupArn);
  const isOwn = target?.account === scope.account && target.region === scope.region;
  if (!target || !isOwn || !logGroupArn.endsWith(':*') || !(await findLogGroup(db, target, target.name))) {
    throw new Refusal(
      'InvalidCloudWatchLogsLogGroupArnException',
      'CloudTrail cannot validate the specified log group ARN.',
    );
  }
}

type Topic = Pick<TrailDefinition, 'SnsTopicName' | 'SnsTopicARN'>;

const topicOf = ({ SnsTopicName, SnsTopicARN }: Topic): Topic => ({
  ...(SnsTopicName && { SnsTopicName }),
  ...(SnsTopicARN && { SnsTopicARN }),
});

/** The topic that hears of new log files, by name or ARN. It must exist here. */
async function checkedTopic(db: Kysely<Tables>, scope: Scope, nameOrArn: string): Promise<Topic> {
  if (!nameOrArn) return {};
  if (nameOrArn.length > 256) {
    throw new Refusal('InvalidSnsTopicNameException', 'SNS topic name cannot be longer than 256 characters.');
  }
  const topicArn = nameOrArn.startsWith('arn:') ? nameOrArn : arnOf('sns', scope, nameOrArn);
  const arn = parseArn(topicArn);
  const topic =
    arn?.service === 'sns' &&
    (await db
      .selectFrom('topics')
      .select('id')
      .where('account', '=', arn.account)
      .where('region', '=', arn.region)
      .where('name', '=', arn.resource)
      .executeTakeFirst());
  if (!topic) {
    throw new Refusal(
      'InsufficientSnsTopicPolicyException',
      'SNS Topic does not exist or the topic policy is incorrect!',
    );
  }
  return { SnsTopicName: nameOrArn, SnsTopicARN: topicArn };
}
