import { FinalError } from '../../trail/archive/bucket.ts';
import { roleArnOf, type S3Failure } from '../../trail/archive/s3-failure.ts';
import { queueArn } from './queue-names.ts';

interface SdkError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
  /** Of a provider of credentials that knows why it has none. */
  readonly failure?: S3Failure;
}

/** What an intake calls of a queue. */
const ACTIONS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'];
/** AWS's sentence; the reason at its end is not told everywhere. */
const NOT_AUTHORIZED = /User: (\S+) is not authorized to perform: ([a-z0-9]+:\w+) on resource: "?([^\s"]+)"?(.*)$/s;

/** Says why a queue refuses a call. What no other attempt mends is a `FinalError`, with the failure in `failure`. */
export function queueError(error: SdkError, action: string, url: string): Error {
  const failure = queueFailure(error, action, url);
  const status = error.$metadata?.httpStatusCode ?? 0;
  const isRefused = status >= 400 && status < 500 && status !== 429;
  if (isRefused || failure.kind === 'credentials') return new FinalError(failure.message, failure);
  return new Error(failure.message);
}

function queueFailure(error: SdkError, action: string, url: string): S3Failure {
  const { name, message } = error;
  if (name === 'CredentialsProviderError') return error.failure ?? { kind: 'credentials', message };
  if (/QueueDoesNotExist|NonExistentQueue/.test(name)) return { kind: 'no-queue', message: `there is no queue ${url}` };
  if (/^(InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|ExpiredToken)/.test(name))
    return { kind: 'credentials', message: `the credentials are not accepted (${name})` };
  const told = NOT_AUTHORIZED.exec(message);
  if (told) return notAuthorized(told);
  if (/^(KMS\.|Kms)/.test(name) && !/AccessDenied/i.test(name))
    return { kind: 'key-unusable', message: `the queue's KMS key cannot be used (${name}): ${message}` };
  if (/^(KMS\.|Kms)/.test(name)) return keyDenied(undefined, '*');
  if (!/AccessDenied|not authorized|Access to the resource .* is denied/i.test(`${name} ${message}`))
    return { kind: 'other', message: `${name}: ${message}` };
  return {
    kind: 'identity-policy',
    message: `access to the queue is denied (${action})`,
    statement: `add to the reader's policy, and with a Principal to the queue's where it is another account's, ${allow(queueArn(url))}`,
  };
}

function notAuthorized([, user = '', action = '', resource = '', why = '']: RegExpExecArray): S3Failure {
  if (/service control policy|resource control policy/i.test(why)) {
    const message = `a policy of the organization (SCP or RCP) forbids ${action} on ${resource} to ${user}: only its administrator can lift that`;
    return { kind: 'scp', message };
  }
  const isOfResource = /resource-based policy/i.test(why);
  if (action.startsWith('kms:')) return keyDenied(isOfResource ? user : undefined, resource);
  const kind = isOfResource ? 'queue-policy' : 'identity-policy';
  if (/explicit deny/i.test(why)) {
    const where = isOfResource ? "the queue's policy" : 'a policy of the caller';
    return {
      kind,
      message: `${where} forbids ${action} on ${resource} to ${user}: take out, or narrow, its Deny statement`,
    };
  }
  if (isOfResource)
    return {
      kind,
      message: `the queue's policy does not let ${user} call ${action}`,
      statement: `add to the queue's policy ${allow(resource, user)}`,
    };
  return {
    kind,
    message: `${user} may not ${action} on ${resource}`,
    statement: `add to the reader's policy, and with a Principal to the queue's where it is another account's, ${allow(resource)}`,
  };
}

/** `user` is known where the key's policy is what lacks; else it may be either. */
function keyDenied(user: string | undefined, key: string): S3Failure {
  const where = user === undefined ? "the reader's own policy" : "the key's policy";
  const statement = {
    Effect: 'Allow',
    ...(user !== undefined && { Principal: { AWS: roleArnOf(user) } }),
    Action: 'kms:Decrypt',
    Resource: user === undefined ? key : '*',
  };
  return {
    kind: 'key-policy',
    message: `the messages of the queue are encrypted (SSE-KMS), and ${where} does not allow kms:Decrypt with ${key === '*' ? 'their key' : key}`,
    statement: `add to ${user === undefined ? "the reader's policy (and, for a key of another account, to the key's policy)" : where} ${JSON.stringify(statement)}`,
  };
}

const allow = (queue: string, user?: string): string =>
  JSON.stringify({
    Effect: 'Allow',
    ...(user !== undefined && { Principal: { AWS: roleArnOf(user) } }),
    Action: ACTIONS,
    Resource: queue,
  });
