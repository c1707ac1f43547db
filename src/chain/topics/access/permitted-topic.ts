import type { Kysely } from 'kysely';
import { parseArn, type Scope } from '../../../base/scope.ts';
import type { Tables } from '../../../store/tables.ts';
import { type AccountCaller, accountRequest } from '../../access/account-request.ts';
import { type Decision, decide } from '../../access/decide.ts';
import { serviceRequest } from '../../access/service-request.ts';
import { GROUP_REQUIRED, isFifoTopic } from '../ordering.ts';
import { invalidParameter, notAuthorized, topicMissing } from '../refusals.ts';
import { findTopic, readArn, type Topic } from '../topic.ts';
import { type PolicyHolder, policyOf, type TOPIC_ACTIONS } from './topic-policy.ts';

/** Who asks, and for what. */
export interface Asking extends AccountCaller {
  readonly action: (typeof TOPIC_ACTIONS)[number];
  /** Of Subscribe. */
  readonly protocol?: string;
  readonly endpoint?: string;
}

/**
 * The topic of an ARN, if the caller may do to it what it wants. The owner may do what no statement
 * clearly denies; another account what a statement clearly allows and none may deny.
 * @throws Refusal InvalidParameter for a malformed ARN or one of another region, AuthorizationError, NotFound
 */
export async function needPermittedTopic(db: Kysely<Tables>, asking: Asking, arn: string): Promise<Topic> {
  const { scope, action, principalArn } = asking;
  const parts = readArn(arn, 'TopicArn');
  if (parts.service !== 'sns' || parts.region !== scope.region) throw invalidParameter('TopicArn');
  const topic = await findTopic(db, parts, parts.resource);
  const own = parts.account === scope.account;
  if (own && !topic) throw topicMissing();
  const decision = topic && decisionOn(topic, asking);
  if (topic && decision && (own ? !decision.denied : decision.allowed)) return topic;
  const why = decision?.denied
    ? `with an explicit deny in a resource-based policy`
    : `because no resource-based policy allows the SNS:${action} action`;
  throw notAuthorized(`User: ${principalArn} is not authorized to perform: SNS:${action} on resource: ${arn} ${why}`);
}

/**
 * The scope in which a caller acts on a topic: his own, or the topic's where it is another account's and its policy lets
 * him do to it what he wants. What is the owner's own he may always do, or nobody could mend a policy.
 * @throws Refusal AuthorizationError
 */
export async function actingScope(db: Kysely<Tables>, asking: Asking, arn: string): Promise<Scope> {
  const parts = parseArn(arn);
  const { scope } = asking;
  const isForeign = parts?.service === 'sns' && parts.account !== scope.account && parts.region === scope.region;
  return isForeign ? needPermittedTopic(db, asking, arn) : scope;
}

const decisionOn = (topic: Topic, asking: Asking): Decision =>
  decide(
    policyOf(topic).Statement,
    accountRequest(asking, `sns:${asking.action}`, topic.arn, {
      'sns:protocol': asking.protocol,
      'sns:endpoint': asking.endpoint,
    }),
  );

/** An alarm that rings. */
export interface RingSource {
  readonly account: string;
  readonly arn: string;
}

const CLOUDWATCH = 'cloudwatch.amazonaws.com';
/** The key that AWS manages: its policy does not let CloudWatch use it, and cannot be changed. */
const MANAGED_KEY = /(^|:)alias\/aws\/sns$/;

/**
 * Why a topic does not take the rings of an alarm, in AWS's words; undefined where it does. Another account's topic
 * must clearly allow it. To the account's own it rings also where the policy says what is not understood here:
 * better once too often.
 */
export function ringRefusal(topic: PolicyHolder, source: RingSource): string | undefined {
  if (MANAGED_KEY.test(topic.attributes.KmsMasterKeyId ?? ''))
    return 'CloudWatch Alarms does not have authorization to access the SNS topic encryption key.';
  // An alarm names no group.
  if (isFifoTopic(topic)) return GROUP_REQUIRED;
  const request = serviceRequest({ ...source, service: CLOUDWATCH }, 'sns:Publish', topic.arn);
  const { allowed, unclear } = decide(policyOf(topic).Statement, request);
  if (allowed || (unclear && source.account === topic.account)) return undefined;
  return `Resource: ${source.arn} is not authorized to perform: SNS:Publish on resource: ${topic.arn}`;
}

/** The statement that lets a service publish to a topic for an account, as JSON. */
export const publishStatement = (topicArn: string, { service = CLOUDWATCH, account }: Granted): string =>
  JSON.stringify({
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'SNS:Publish',
    Resource: topicArn,
    Condition: { StringEquals: { 'AWS:SourceAccount': account } },
  });

interface Granted {
  readonly service?: string;
  readonly account: string;
}
