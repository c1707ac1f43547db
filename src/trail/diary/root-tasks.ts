/** Whether a deed needs the root user itself. */
export type Need =
  /** Only the root user can. */
  | 'root'
  /** A member account's root need not sign in: AssumeRoot from the management account does it. */
  | 'central'
  /** Any administrator can. */
  | 'none'
  /** The record does not tell. */
  | 'unknown';

/** A kind of deed, and what its records look like. */
export interface RootTask {
  readonly id: string;
  readonly need: Need;
  /** To stand after "it": `changed who may sign in as root`. */
  readonly deed: string;
  /** What to do instead, or how to do it well. */
  readonly advice: string;
  /** eventSource without its domain, and names of events. */
  readonly events: readonly (readonly [source: string, ...names: string[]])[];
  /** A member of requestParameters that must be there, by its path. */
  readonly parameter?: readonly string[];
  /** True where the deed is meant for root itself: no IAM user is named. */
  readonly ofRoot?: boolean;
}

/** When the list was last compared with AWS's pages. */
export const TASKS_AS_OF = '2026-11-25';

/**
 * What AWS documents as tasks that require the root user (IAM User Guide, "Tasks that require root user credentials")
 * and as privileged tasks of central root access ("Perform a privileged task on an AWS Organizations member account"),
 * as far as CloudTrail shows them; in our words. Tasks that leave no record of their own (tax invoices, the seller
 * registration of the Reserved Instance Marketplace, GovCloud, lost KMS keys, Mechanical Turk) show as pages of the
 * console, whose need is unknown. The first that fits counts.
 */
export const ROOT_TASKS: readonly RootTask[] = [
  {
    id: 'mfa-delete',
    need: 'root',
    deed: 'switched MFA delete of a bucket',
    advice:
      'S3 Object Lock protects versions without root; where MFA delete must be, plan the change and have two people do it',
    events: [['s3', 'PutBucketVersioning']],
    parameter: ['VersioningConfiguration', 'MfaDelete'],
  },
  {
    id: 'root-sign-in-data',
    need: 'root',
    deed: 'changed the password or the address of root',
    advice:
      'expected after a change of people; the address of member accounts can be changed from the management account (account:StartPrimaryEmailUpdate)',
    events: [
      ['signin', 'PasswordUpdated', 'EmailUpdated', 'PasswordRecoveryRequested', 'PasswordRecoveryCompleted'],
      ['account', 'StartPrimaryEmailUpdate', 'AcceptPrimaryEmailUpdate'],
    ],
  },
  {
    id: 'root-keys',
    need: 'root',
    deed: 'made or changed an access key of root',
    advice: 'root should have no access key: delete it, and give whatever uses it a role',
    events: [['iam', 'CreateAccessKey', 'UpdateAccessKey', 'UploadSigningCertificate']],
    ofRoot: true,
  },
  {
    id: 'root-mfa',
    need: 'root',
    deed: 'gave root a second factor',
    advice: 'right to do; in an organisation member accounts need no root credentials at all (central root access)',
    events: [['iam', 'EnableMFADevice', 'ResyncMFADevice']],
    ofRoot: true,
  },
  {
    id: 'close-account',
    need: 'root',
    deed: 'closed the account',
    advice: 'member accounts can be closed from the management account (organizations:CloseAccount)',
    events: [
      ['account', 'CloseAccount'],
      ['billingconsole', 'CloseAccount'],
      ['portal', 'CloseAccount'],
    ],
  },
  {
    id: 'root-credentials-removed',
    need: 'central',
    deed: 'removed credentials of root',
    advice: 'from the management account: AssumeRoot with the task policy IAMDeleteRootUserCredentials',
    events: [['iam', 'DeleteAccessKey', 'DeactivateMFADevice', 'DeleteLoginProfile', 'DeleteSigningCertificate']],
    ofRoot: true,
  },
  {
    id: 'root-password-allowed',
    need: 'central',
    deed: 'let root have a password again',
    advice: 'from the management account: AssumeRoot with the task policy IAMCreateRootUserPassword',
    events: [['iam', 'CreateLoginProfile']],
    ofRoot: true,
  },
  {
    id: 'bucket-policy',
    need: 'central',
    deed: 'changed the policy of a bucket',
    advice:
      'a policy that locks everybody out: AssumeRoot with the task policy S3UnlockBucketPolicy; any other: a role',
    events: [['s3', 'PutBucketPolicy', 'DeleteBucketPolicy']],
  },
  {
    id: 'queue-policy',
    need: 'central',
    deed: 'changed the policy of a queue',
    advice:
      'a policy that locks everybody out: AssumeRoot with the task policy SQSUnlockQueuePolicy; any other: a role',
    events: [['sqs', 'AddPermission', 'RemovePermission']],
  },
  {
    id: 'queue-policy-attribute',
    need: 'central',
    deed: 'changed the policy of a queue',
    advice:
      'a policy that locks everybody out: AssumeRoot with the task policy SQSUnlockQueuePolicy; any other: a role',
    events: [['sqs', 'SetQueueAttributes']],
    parameter: ['attributes', 'Policy'],
  },
  {
    id: 'administrator-rights',
    need: 'unknown',
    deed: 'gave rights to an identity',
    advice: 'needed only where the last administrator lost theirs; else an administrator can. Keep a break-glass role',
    events: [
      ['iam', 'AttachUserPolicy', 'PutUserPolicy', 'AttachRolePolicy', 'PutRolePolicy'],
      ['iam', 'AttachGroupPolicy', 'PutGroupPolicy', 'AddUserToGroup', 'DeleteUserPermissionsBoundary'],
    ],
  },
];

/** An API call that any identity with the rights could have made. */
export const EVERYDAY = 'everyday';

/** A page of the console that is no API: some of them only root can use. */
export const CONSOLE_PAGE = 'console-page';
