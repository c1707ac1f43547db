import { describe, expect, it } from 'vitest';
import { FinalError } from '../../trail/archive/bucket.ts';
import { entryFailure } from '../fetch/role-credentials.ts';
import { queueError } from './queue-failure.ts';

const URL = 'https://sqs.eu-west-1.amazonaws.com/444455556666/trail';
const QUEUE = 'arn:aws:sqs:eu-west-1:444455556666:trail';
const KEY = 'arn:aws:kms:eu-west-1:444455556666:key/0a1b';
const SESSION = 'arn:aws:sts::111122223333:assumed-role/reader/trailbell-intake';
const READER = 'arn:aws:iam::111122223333:role/reader';
const ROLE = 'arn:aws:iam::111122223333:role/trailbell-intake';

const errorOf = (name: string, message: string, httpStatusCode = 400) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });

/** The failure, and the statement that it prints as an object. */
function failureOf(name: string, message: string) {
  const error = queueError(errorOf(name, message), 'sqs:ReceiveMessage', URL);
  expect(error).toBeInstanceOf(FinalError);
  const { kind, statement = '{}' } = (error as FinalError).failure!;
  return { kind, message: error.message, statement: JSON.parse(statement.slice(statement.indexOf('{'))) };
}

const notAllowed = (action: string, resource: string, why: string): string =>
  `User: ${SESSION} is not authorized to perform: ${action} on resource: ${resource} because ${why}`;

describe('what a queue refuses', () => {
  it('for its key is told with the statement for the key, and not with one for the queue', () => {
    const identity = notAllowed('kms:Decrypt', KEY, 'no identity-based policy allows the kms:Decrypt action');
    expect(failureOf('KmsAccessDenied', identity)).toMatchObject({
      kind: 'key-policy',
      statement: { Effect: 'Allow', Action: 'kms:Decrypt', Resource: KEY },
    });
    const resource = notAllowed('kms:Decrypt', KEY, 'no resource-based policy allows the kms:Decrypt action');
    expect(failureOf('KMS.AccessDeniedException', resource)).toMatchObject({
      kind: 'key-policy',
      statement: { Principal: { AWS: READER }, Action: 'kms:Decrypt', Resource: '*' },
    });
    expect(failureOf('KmsDisabled', 'the key is disabled')).toMatchObject({ kind: 'key-unusable' });
  });

  it('is told with the policy that lacks a statement, and with the statement', () => {
    const actions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'];
    const told = (why: string) => failureOf('AccessDenied', notAllowed('sqs:receivemessage', QUEUE, why));
    expect(told('no identity-based policy allows the sqs:receivemessage action')).toMatchObject({
      kind: 'identity-policy',
      statement: { Effect: 'Allow', Action: actions, Resource: QUEUE },
    });
    expect(told('no resource-based policy allows the sqs:receivemessage action')).toMatchObject({
      kind: 'queue-policy',
      statement: { Principal: { AWS: READER }, Action: actions, Resource: QUEUE },
    });
    expect(told('with an explicit deny in a resource-based policy')).toEqual({
      kind: 'queue-policy',
      message: expect.stringContaining('narrow, its Deny'),
      statement: {},
    });
    expect(told('with an explicit deny in a service control policy').kind).toBe('scp');
    expect(failureOf('AccessDenied', `Access to the resource ${URL} is denied.`)).toMatchObject({
      kind: 'identity-policy',
      statement: { Resource: QUEUE },
    });
    expect(failureOf('ExpiredToken', 'it is old').kind).toBe('credentials');
  });

  it('for a moment is no refusal', () => {
    for (const status of [429, 500, 0])
      expect(queueError(errorOf('Throttled', 'later', status), 'sqs:ReceiveMessage', URL)).not.toBeInstanceOf(
        FinalError,
      );
  });
});

describe('a role that cannot be taken on', () => {
  it('is told with both statements that it needs', () => {
    const user = 'arn:aws:iam::777788889999:user/engine';
    const said = `User: ${user} is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`;
    const { kind, message, statement = '' } = entryFailure(errorOf('AccessDenied', said, 403), ROLE, 'word');
    expect([kind, message]).toEqual(['credentials', expect.stringContaining(`${ROLE} cannot be taken on: ${user}`)]);
    const [trust, own] = [...statement.matchAll(/\{.*?\}(?=, and| *$)/g)].map(([text]) => JSON.parse(text));
    expect(trust).toEqual({
      Effect: 'Allow',
      Principal: { AWS: user },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': 'word' } },
    });
    expect(own).toEqual({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: ROLE });
  });

  it('because STS does not answer, or the engine has no credentials, asks for no policy', () => {
    const silent = entryFailure(new Error('connect ECONNREFUSED'), ROLE);
    expect(silent).toEqual({ kind: 'unreachable', message: expect.stringContaining('STS does not answer') });
    const bare = entryFailure(Object.assign(new Error('none'), { name: 'CredentialsProviderError' }), ROLE);
    expect(bare).toEqual({ kind: 'credentials', message: expect.stringContaining('no credentials of its own') });
  });
});
