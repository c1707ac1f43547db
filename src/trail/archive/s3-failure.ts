import { FinalError, MissingObject } from './bucket.ts';

/** Why a store refuses, as far as its answer tells. */
export type S3FailureKind =
  | 'credentials'
  | 'identity-policy'
  | 'bucket-policy'
  | 'key-policy'
  | 'queue-policy'
  | 'scp'
  | 'denied'
  | 'key-unusable'
  | 'sse-c'
  | 'requester-pays'
  | 'no-bucket'
  | 'no-queue'
  | 'wrong-region'
  | 'clock'
  | 'archived'
  | 'no-object'
  | 'replaced'
  | 'busy'
  | 'unreachable'
  | 'other';

/** A refusal in a sentence, and the policy statement whose lack made it, where one would mend it. */
export interface S3Failure {
  readonly kind: S3FailureKind;
  readonly message: string;
  /** JSON of a statement, and into which policy it goes. */
  readonly statement?: string | undefined;
}

/** What was asked for. */
export interface S3Call {
  readonly action: 's3:ListBucket' | 's3:GetObject';
  readonly bucket: string;
  readonly key?: string | undefined;
}

interface SdkError extends Error {
  /** Of a provider of credentials that knows why it has none. */
  readonly failure?: S3Failure;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly Code?: string;
}

/** AWS's sentence since 2021 for S3 and KMS; the reason at its end came later, and not everywhere. */
const NOT_AUTHORIZED = /User: (\S+) is not authorized to perform: ([a-z0-9]+:\w+) on resource: "?([^\s"]+)"?(.*)$/s;

/** Says why a call failed. Errors that no other attempt mends are `FinalError`, with the failure in `failure`. */
export function s3ErrorOf(error: unknown, call: S3Call): Error {
  const { $metadata } = error as SdkError;
  const status = $metadata?.httpStatusCode ?? 0;
  const failure = s3FailureOf(error as SdkError, call);
  if (failure.kind === 'no-object') return new MissingObject(failure.message, failure);
  // Everything else may pass: throttling, faults of the store, broken connections.
  const isRefused = status >= 300 && status < 500 && status !== 408 && status !== 429;
  if (failure.kind === 'credentials' || isRefused) return new FinalError(failure.message, failure);
  return new Error(failure.message);
}

/** Reads an error of AWS's SDK. */
export function s3FailureOf(error: SdkError, call: S3Call): S3Failure {
  const { name, message } = error;
  const status = error.$metadata?.httpStatusCode ?? 0;
  const told = NOT_AUTHORIZED.exec(message);
  if (told) return notAuthorized(call, told);
  if (name === 'CredentialsProviderError')
    return (
      error.failure ?? {
        kind: 'credentials',
        message: 'no credentials: export AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
      }
    );
  if (/^(InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|ExpiredTokenException|InvalidToken)$/.test(name))
    return { kind: 'credentials', message: `the credentials are not accepted (${name})` };
  if (/^RequestTime(TooSkewed|Skewed)$/.test(name))
    return { kind: 'clock', message: 'the clock of this machine is wrong by more than 15 minutes' };
  if (name === 'NoSuchBucket') return { kind: 'no-bucket', message: 'there is no such bucket' };
  if (status === 301 || /PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraint/.test(name))
    return { kind: 'wrong-region', message: wrongRegion(message) };
  if (status === 412) return { kind: 'replaced', message: 'the object was replaced while it was read' };
  if (/customer-?provided|form of Server Side Encryption|SSE-?C\b/i.test(message))
    return {
      kind: 'sse-c',
      message:
        'the object is encrypted with a key that its writer gave (SSE-C): CloudTrail never does so, and without that key nobody can read it',
    };
  if (/requester.?pays|request-?payer/i.test(message)) return requesterPays();
  if (name === 'InvalidObjectState')
    return {
      kind: 'archived',
      message: 'the object lies in an archive class (Glacier): restore it first (aws s3api restore-object)',
    };
  if (/^KMS\.|KMS(Disabled|InvalidState|NotFound|KeyUnavailable)/i.test(name))
    return { kind: 'key-unusable', message: `its KMS key cannot be used (${name}): ${message}` };
  // The words of KMS about keys of other accounts.
  if (status === 403 && /ciphertext refers to a customer master key/i.test(message)) return keyDenied(undefined, '*');
  if (status === 403) return denied(name, call);
  if (name === 'NoSuchKey' || status === 404) return { kind: 'no-object', message: 'there is no such object' };
  if (status === 429 || status === 503 || name === 'SlowDown') return { kind: 'busy', message: `${name}: ${message}` };
  return { kind: status === 0 ? 'unreachable' : 'other', message: `${name}: ${message}` };
}

function notAuthorized(call: S3Call, [, user, action = '', resource = '', why = '']: RegExpExecArray): S3Failure {
  if (/service control policy|resource control policy/i.test(why)) {
    const message = `a policy of the organization (SCP or RCP) forbids ${action} on ${resource} to ${user}: only its administrator can lift that`;
    return { kind: 'scp', message };
  }
  const isOfResource = /resource-based policy/i.test(why);
  if (action.startsWith('kms:')) return keyDenied(isOfResource ? user : undefined, resource);
  const isDeny = /explicit deny/i.test(why);
  if (isDeny) {
    const where = isOfResource ? 'the bucket policy' : 'a policy of the caller';
    const message = `${where} forbids ${action} on ${resource} to ${user}: take out, or narrow, its Deny statement`;
    return { kind: isOfResource ? 'bucket-policy' : 'identity-policy', message };
  }
  const partition = partitionOf(resource);
  if (isOfResource) return bucketPolicy(call, user, action, partition);
  const message = `${user} may not ${action} on ${resource}`;
  return { kind: 'identity-policy', message, statement: identityStatement(call, action, partition) };
}

function bucketPolicy(call: S3Call, user: string | undefined, action: string, partition: string): S3Failure {
  return {
    kind: 'bucket-policy',
    message: `the bucket policy does not let ${user} call ${action}`,
    statement: inPolicy('the bucket policy', {
      Effect: 'Allow',
      Principal: { AWS: roleArnOf(user) },
      Action: action,
      Resource: arnFor(call, action, partition),
    }),
  };
}

/** `user` is known where the key's policy is what lacks; else it may be either. */
function keyDenied(user: string | undefined, key: string): S3Failure {
  const where = user === undefined ? "the reader's own policy" : "the key's policy";
  return {
    kind: 'key-policy',
    message: `the objects are encrypted (SSE-KMS), and ${where} does not allow kms:Decrypt with ${key === '*' ? 'their key' : key}`,
    statement:
      user === undefined
        ? inPolicy("the reader's policy (and, for a key of another account, to the key's policy)", {
            Effect: 'Allow',
            Action: 'kms:Decrypt',
            Resource: key,
          })
        : inPolicy("the key's policy", {
            Effect: 'Allow',
            Principal: { AWS: roleArnOf(user) },
            Action: 'kms:Decrypt',
            Resource: '*',
            Condition: { Null: { 'kms:EncryptionContext:aws:cloudtrail:arn': 'false' } },
          }),
  };
}

/** A refusal without a reason: as S3 answers across accounts, and as other stores do. */
function denied(name: string, call: S3Call): S3Failure {
  return {
    kind: 'denied',
    message: `access is denied (${name}: s3:ListBucket and s3:GetObject are needed, kms:Decrypt where it is encrypted; the bucket policy too, for a bucket of another account; or its readers are to pay)`,
    statement: identityStatement(call, call.action),
  };
}

const requesterPays = (): S3Failure => ({
  kind: 'requester-pays',
  message: 'whoever reads this bucket pays for it: set "requesterPays": true to agree to that',
});

const wrongRegion = (message: string): string => {
  const [, region] = /expecting '([a-z0-9-]+)'/.exec(message) ?? [];
  return region ? `the bucket lies in ${region}: set "region": "${region}"` : 'the bucket lies in another region';
};

const identityStatement = (call: S3Call, action: string, partition?: string): string =>
  inPolicy("the reader's policy", { Effect: 'Allow', Action: action, Resource: arnFor(call, action, partition) });

/** China and GovCloud have partitions of their own. */
const partitionOf = (arn: string): string => /^arn:(aws[a-z-]*):/.exec(arn)?.[1] ?? 'aws';

const arnFor = ({ bucket, key }: S3Call, action: string, partition = 'aws'): string => {
  if (action !== 's3:GetObject') return `arn:${partition}:s3:::${bucket}`;
  const root = key?.indexOf('AWSLogs/') ?? -1;
  return `arn:${partition}:s3:::${bucket}/${root < 0 ? '' : key?.slice(0, root + 'AWSLogs/'.length)}*`;
};

const inPolicy = (where: string, statement: object): string => `add to ${where} ${JSON.stringify(statement)}`;

/** Policies name the role, not the session: `arn:aws:sts::1:assumed-role/R/s` → `arn:aws:iam::1:role/R`. */
export const roleArnOf = (user: string | undefined): string =>
  (user ?? '*').replace(/^arn:([a-z-]+):sts::(\d{12}):assumed-role\/([^/]+)\/.*$/, 'arn:$1:iam::$2:role/$3');
