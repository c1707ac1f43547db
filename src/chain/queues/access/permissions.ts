import { partitionOf } from '../../../base/scope.ts';
import { type PolicyDocument, readPolicyDocument } from '../../access/policy-document.ts';
import type { Queue } from '../queue.ts';
import { invalidParameter } from '../refusals.ts';

export interface QueuePermission {
  readonly label: string;
  readonly accounts: readonly string[];
  /** Such as `SendMessage`, or `*`. */
  readonly actions: readonly string[];
}

const GRANTED: ReadonlySet<string> = new Set([
  '*',
  'SendMessage',
  'ReceiveMessage',
  'DeleteMessage',
  'ChangeMessageVisibility',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'PurgeQueue',
]);

/** The queue's policy with a further statement. @throws Refusal InvalidParameterValue, in AWS's words */
export function withQueuePermission(queue: Queue, { label, accounts, actions }: QueuePermission): string {
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(label)) {
    const rule = 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.';
    throw invalidParameter(label, 'Label', rule);
  }
  const unknown = accounts.find((account) => !/^\d{12}$/.test(account));
  if (accounts.length === 0 || unknown !== undefined) {
    throw invalidParameter(unknown ?? '', 'PrincipalId', 'Unable to verify.');
  }
  const odd = actions.find((action) => !GRANTED.has(action));
  if (actions.length === 0 || odd !== undefined) {
    const rule = 'Please refer to the appropriate WSDL for a list of valid actions.';
    throw invalidParameter(`SQS:${odd ?? ''}`, 'ActionName', rule);
  }
  const policy = policyOf(queue);
  if (policy.Statement.some(({ Sid }) => Sid === label)) throw invalidParameter(label, 'Label', 'Already exists.');
  const statement = {
    Sid: label,
    Effect: 'Allow',
    Principal: { AWS: oneOrAll(accounts.map((account) => `arn:${partitionOf(queue.region)}:iam::${account}:root`)) },
    Action: oneOrAll(actions.map((action) => `SQS:${action}`)),
    Resource: queue.arn,
  };
  return JSON.stringify({ ...policy, Statement: [...policy.Statement, statement] });
}

/** The policy without the statement of a label; empty where nothing is left. @throws Refusal InvalidParameterValue */
export function withoutQueuePermission(queue: Queue, label: string): string {
  const policy = policyOf(queue);
  const rest = policy.Statement.filter(({ Sid }) => Sid !== label);
  if (rest.length === policy.Statement.length) throw invalidParameter(label, 'Label', "can't find label.");
  return rest.length === 0 ? '' : JSON.stringify({ ...policy, Statement: rest });
}

const policyOf = (queue: Queue): PolicyDocument =>
  queue.attributes.Policy === undefined
    ? { Version: '2008-10-17', Id: `${queue.arn}/SQSDefaultPolicy`, Statement: [] }
    : readPolicyDocument(queue.attributes.Policy);

const oneOrAll = (list: readonly string[]): string | readonly string[] => (list.length === 1 ? list[0]! : list);
