import type { IntakeSettings } from '../intake-settings.ts';
import { queueArn } from '../sqs/queue-names.ts';

/** A statement as IAM takes it. */
interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface IntakePolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** The least that intakes which read with `role` need; undefined for those that take on none. */
export function intakePolicy(
  { s3 = [], sqs = [] }: Pick<IntakeSettings, 's3' | 'sqs'>,
  role: string | undefined,
  keys: readonly string[],
): IntakePolicy {
  const polled = s3.filter((intake) => intake.role === role);
  const noted = sqs.filter((intake) => intake.role === role);
  const entered = role === undefined ? [...s3, ...sqs].flatMap((intake) => intake.role ?? []) : [];
  const allow = (Sid: string, Action: string[], Resource: readonly string[]): Statement[] => {
    const resources = [...new Set(Resource)].sort();
    return resources.length === 0 ? [] : [{ Sid, Effect: 'Allow', Action, Resource: resources }];
  };
  const partition = partitionOf(role);
  const bucketArn = (bucket: string): string => `arn:${partition}:s3:::${bucket}`;
  return {
    Version: '2012-10-17',
    Statement: [
      ...polled.flatMap(({ bucket, prefix }, index) =>
        allow(`TrailbellList${index + 1}`, ['s3:ListBucket'], [bucketArn(bucket)]).map((statement) =>
          prefix === '' ? statement : { ...statement, Condition: { StringLike: { 's3:prefix': `${prefix}*` } } },
        ),
      ),
      // Without it S3 does not say that an object is gone, but that it is forbidden.
      ...allow(
        'TrailbellMiss',
        ['s3:ListBucket'],
        noted.flatMap(({ buckets }) => buckets.map(bucketArn)),
      ),
      ...allow(
        'TrailbellRead',
        ['s3:GetObject'],
        [
          ...polled.map(({ bucket, prefix }) => `${bucketArn(bucket)}/${prefix}*`),
          ...noted.flatMap(({ buckets }) => buckets.map((bucket) => `${bucketArn(bucket)}/*`)),
        ],
      ),
      ...allow(
        'TrailbellQueue',
        ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
        noted.map(({ queueUrl, queueRegion }) => queueArn(queueUrl, queueRegion, partition)),
      ),
      ...allow('TrailbellDecrypt', ['kms:Decrypt'], polled.length + noted.length > 0 ? keys : []),
      ...allow(
        'TrailbellProve',
        ['cloudtrail:ListPublicKeys'],
        polled.some(({ verify, publicKeys }) => verify && publicKeys === undefined) ? ['*'] : [],
      ),
      ...allow('TrailbellEnter', ['sts:AssumeRole'], entered),
    ],
  };
}

/** Who may take on a role, and with which external id. */
export const trustPolicy = (reader: string, externalId: string | undefined): object => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: reader },
      Action: 'sts:AssumeRole',
      ...(externalId !== undefined && { Condition: { StringEquals: { 'sts:ExternalId': externalId } } }),
    },
  ],
});

const partitionOf = (role: string | undefined): string => /^arn:(aws[a-z-]*):/.exec(role ?? '')?.[1] ?? 'aws';
