import { partitionOf } from '../../../base/scope.ts';
import { type PolicyDocument, readPolicyDocument } from '../../access/policy-document.ts';
import { invalidParameter } from '../refusals.ts';
import type { Topic } from '../topic.ts';

/** What a topic policy can speak of. */
export const TOPIC_ACTIONS = [
  'GetTopicAttributes',
  'SetTopicAttributes',
  'AddPermission',
  'RemovePermission',
  'DeleteTopic',
  'Subscribe',
  'ListSubscriptionsByTopic',
  'Publish',
] as const;

const LONGEST = 30_720;
/**
 * Reads a topic policy.
 * @throws Error that says what is wrong with it
 */
export function readTopicPolicy(text: string): PolicyDocument {
  if (Buffer.byteLength(text) > LONGEST) throw new Error('Policy is too long');
  return readPolicyDocument(text);
}

/** What of a topic decides who may use it. */
export type PolicyHolder = Pick<Topic, 'arn' | 'account' | 'attributes'>;

/** The policy that applies where none was set: it is for the owner alone. */
export const defaultPolicy = (topic: PolicyHolder) => ({
  Version: '2008-10-17',
  Id: '__default_policy_ID',
  Statement: [
    {
      Sid: '__default_statement_ID',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: TOPIC_ACTIONS.map((action) => `SNS:${action}`),
      Resource: topic.arn,
      Condition: { StringEquals: { 'AWS:SourceOwner': topic.account } },
    },
  ],
});

/** By the attributes they were read from: ten thousand alarms may ask the same topic in one look. */
const known = new WeakMap<PolicyHolder['attributes'], PolicyDocument>();

/** The policy that applies. */
export function policyOf(topic: PolicyHolder): PolicyDocument {
  const { Policy } = topic.attributes;
  if (Policy === undefined) return defaultPolicy(topic);
  const policy = known.get(topic.attributes) ?? readTopicPolicy(Policy);
  known.set(topic.attributes, policy);
  return policy;
}

export interface Permission {
  readonly label: string;
  readonly accounts: readonly string[];
  readonly actions: readonly string[];
}

/** The policy with a further statement. @throws Refusal InvalidParameter, in AWS's words */
export function withPermission(topic: Topic, { label, accounts, actions }: Permission): string {
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(label)) throw invalidParameter('Label');
  if (accounts.length === 0 || !accounts.every((account) => /^\d{12}$/.test(account))) {
    throw invalidParameter('AWSAccountIds');
  }
  const known = new Set<string>(TOPIC_ACTIONS);
  if (actions.length === 0 || !actions.every((action) => known.has(action))) {
    throw invalidParameter('Policy statement action out of service scope!');
  }
  const policy = policyOf(topic);
  if (policy.Statement.some(({ Sid }) => Sid === label)) throw invalidParameter('Statement already exists');
  const roots = accounts.map((account) => `arn:${partitionOf(topic.region)}:iam::${account}:root`);
  const statement = {
    Sid: label,
    Effect: 'Allow',
    Principal: { AWS: oneOrAll(roots) },
    Action: oneOrAll(actions.map((action) => `SNS:${action}`)),
    Resource: topic.arn,
  };
  const text = JSON.stringify({ ...policy, Statement: [...policy.Statement, statement] });
  try {
    readTopicPolicy(text);
  } catch (error) {
    throw invalidParameter(`Policy: ${(error as Error).message}`);
  }
  return text;
}

const oneOrAll = (list: readonly string[]): string | readonly string[] => (list.length === 1 ? (list[0] ?? '') : list);

/** The policy without the statement of a label, whether or not there is one. */
export function withoutPermission(topic: Topic, label: string): string {
  const policy = policyOf(topic);
  return JSON.stringify({ ...policy, Statement: policy.Statement.filter(({ Sid }) => Sid !== label) });
}
