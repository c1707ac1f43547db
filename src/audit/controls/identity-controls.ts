import type { Control } from './control.ts';

/** Places 1 to 9: people, rights, keys, buckets and the recorders themselves. Patterns are verbatim. */
export const identityControls: readonly Control[] = [
  {
    slug: 'unauthorized-api-calls',
    place: 1,
    title: 'Refused API calls are noticed',
    intent: 'Refused calls give away reconnaissance, stolen credentials or broken software.',
    advice:
      'Somebody or something called an API that it may not call. A burst from one principal or address is worth a look: find out whose key it is, and disable it if nobody can say.',
    securityHub: 'CloudWatch.2',
    since: '1.2.0',
    canonical: [
      { since: '1.2.0', pattern: '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }' },
      {
        since: '1.3.0',
        pattern:
          '{ ($.errorCode ="*UnauthorizedOperation") || ($.errorCode ="AccessDenied*") && ($.sourceIPAddress!="delivery.logs.amazonaws.com") && ($.eventName!="HeadBucket") }',
      },
    ],
    // As printed, the inequalities are joined by OR: true for nearly every event.
    misprinted: [
      {
        from: '1.3.0',
        to: '1.5.0',
        pattern:
          '{ ($.errorCode = *UnauthorizedOperation) || ($.errorCode = AccessDenied*) || ($.sourceIPAddress!=delivery.logs.amazonaws.com) || ($.eventName!=HeadBucket) }',
      },
    ],
    accepted: [
      '{(($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*")) && (($.sourceIPAddress!="delivery.logs.amazonaws.com") && ($.eventName!="HeadBucket"))}',
      '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
    ],
  },
  {
    slug: 'console-sign-in-without-mfa',
    place: 2,
    title: 'Console sign-ins without a second factor are noticed',
    intent: 'A password alone is the easiest way into the console.',
    advice:
      'Somebody tried to sign in to the console without a second factor. If it was a person with a password, have MFA set up now; a sign-in through an identity provider may have had its factor there.',
    securityHub: 'CloudWatch.3',
    since: '1.2.0',
    canonical: [
      { since: '1.2.0', pattern: '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }' },
    ],
    alsoPrinted: [
      {
        since: '1.4.0',
        pattern:
          '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }',
      },
    ],
    accepted: [
      '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }',
    ],
  },
  {
    slug: 'root-usage',
    place: 3,
    title: 'Use of the root user is noticed',
    intent: 'The root user has no limits and should be idle; every use must be known, sign-in attempts included.',
    advice:
      'The root user acted, or somebody tried to sign in as root. Unless you expected exactly this, treat it as a break-in: change the root password, check its MFA and access keys, and review what was done.',
    securityHub: 'CloudWatch.1',
    since: '1.2.0',
    canonical: [
      {
        since: '1.2.0',
        pattern:
          '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }',
      },
    ],
    accepted: [],
  },
  {
    slug: 'iam-policy-changes',
    place: 4,
    title: 'Changes of IAM policies are noticed',
    intent: 'Rights are widened and narrowed through sixteen IAM calls.',
    advice:
      'A policy was written, attached or removed. Check who gained which rights, and take back what no change request explains.',
    securityHub: 'CloudWatch.4',
    since: '1.2.0',
    canonical: [
      {
        since: '1.2.0',
        pattern:
          '{($.eventName=DeleteGroupPolicy)||($.eventName=DeleteRolePolicy)||($.eventName=DeleteUserPolicy)||($.eventName=PutGroupPolicy)||($.eventName=PutRolePolicy)||($.eventName=PutUserPolicy)||($.eventName=CreatePolicy)||($.eventName=DeletePolicy)||($.eventName=CreatePolicyVersion)||($.eventName=DeletePolicyVersion)||($.eventName=AttachRolePolicy)||($.eventName=DetachRolePolicy)||($.eventName=AttachUserPolicy)||($.eventName=DetachUserPolicy)||($.eventName=AttachGroupPolicy)||($.eventName=DetachGroupPolicy)}',
      },
    ],
    accepted: [
      '{ ($.eventSource=iam.amazonaws.com) && (($.eventName=DeleteGroupPolicy)||($.eventName=DeleteRolePolicy)||($.eventName=DeleteUserPolicy)||($.eventName=PutGroupPolicy)||($.eventName=PutRolePolicy)||($.eventName=PutUserPolicy)||($.eventName=CreatePolicy)||($.eventName=DeletePolicy)||($.eventName=CreatePolicyVersion)||($.eventName=DeletePolicyVersion)||($.eventName=AttachRolePolicy)||($.eventName=DetachRolePolicy)||($.eventName=AttachUserPolicy)||($.eventName=DetachUserPolicy)||($.eventName=AttachGroupPolicy)||($.eventName=DetachGroupPolicy)) }',
    ],
  },
  {
    slug: 'cloudtrail-changes',
    place: 5,
    title: 'Changes of CloudTrail are noticed',
    intent: 'Blinding the recorder is the first thing an intruder does.',
    advice:
      'A trail was made, changed, stopped or deleted. Make sure that recording goes on everywhere, then find out who wanted it off.',
    securityHub: 'CloudWatch.5',
    since: '1.2.0',
    canonical: [
      {
        since: '1.2.0',
        pattern:
          '{ ($.eventName = CreateTrail) || ($.eventName = UpdateTrail) || ($.eventName = DeleteTrail) || ($.eventName = StartLogging) || ($.eventName = StopLogging) }',
      },
    ],
    accepted: [],
  },
  {
    slug: 'console-sign-in-failures',
    place: 6,
    title: 'Failed console sign-ins are noticed',
    intent: 'Passwords are guessed before they are used.',
    advice:
      'Somebody gave a wrong password at the console. One is a slip; many from one address, or over many users, is an attack on passwords.',
    securityHub: 'CloudWatch.6',
    since: '1.2.0',
    canonical: [
      { since: '1.2.0', pattern: '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }' },
    ],
    accepted: [],
  },
  {
    slug: 'kms-key-removal',
    place: 7,
    title: 'Disabling or deleting a customer key is noticed',
    intent: 'Data under a lost key is lost.',
    advice:
      'A key was disabled or will be deleted when its waiting period ends. If anything is encrypted with it, cancel the deletion while you still can.',
    securityHub: 'CloudWatch.7',
    since: '1.2.0',
    canonical: [
      {
        since: '1.2.0',
        pattern:
          '{($.eventSource = kms.amazonaws.com) && (($.eventName=DisableKey)||($.eventName=ScheduleKeyDeletion)) }',
      },
    ],
    accepted: [],
  },
  {
    slug: 's3-bucket-policy-changes',
    place: 8,
    title: 'Changes of bucket policies are noticed',
    intent: 'Data is exposed through the settings of buckets.',
    advice:
      'The access, sharing or replication settings of a bucket changed. Check that it did not become readable for the world or for a foreign account.',
    securityHub: 'CloudWatch.8',
    since: '1.2.0',
    canonical: [
      {
        since: '1.2.0',
        pattern:
          '{ ($.eventSource = s3.amazonaws.com) && (($.eventName = PutBucketAcl) || ($.eventName = PutBucketPolicy) || ($.eventName = PutBucketCors) || ($.eventName = PutBucketLifecycle) || ($.eventName = PutBucketReplication) || ($.eventName = DeleteBucketPolicy) || ($.eventName = DeleteBucketCors) || ($.eventName = DeleteBucketLifecycle) || ($.eventName = DeleteBucketReplication)) }',
      },
    ],
    accepted: [],
  },
  {
    slug: 'config-changes',
    place: 9,
    title: 'Changes of AWS Config are noticed',
    intent: 'Without the configuration recorder nobody can say what changed.',
    advice:
      'The configuration recorder or its delivery channel was changed or stopped. Start it again and find out who wanted changes to go unseen.',
    securityHub: 'CloudWatch.9',
    since: '1.2.0',
    canonical: [
      {
        since: '1.2.0',
        pattern:
          '{ ($.eventSource = config.amazonaws.com) && (($.eventName=StopConfigurationRecorder)||($.eventName=DeleteDeliveryChannel)||($.eventName=PutDeliveryChannel)||($.eventName=PutConfigurationRecorder)) }',
      },
    ],
    accepted: [],
  },
];
