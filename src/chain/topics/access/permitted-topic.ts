import type { Kysely } from 'kysely';
import type { Scope } from '../../../base/scope.ts';
import type { Tables } from '../../../store/tables.ts';
import { invalidParameter, notAuthorized, topicMissing } from '../refusals.ts';
import { findTopic, readArn, type Topic } from '../topic.ts';
import { decide, type Request } from './decide.ts';

/** Who asks, and for what. */
export interface Asking {
  readonly scope: Scope;
  readonly principalArn: string;
  readonly action: Request['action'];
  /** Whether it came over TLS. */
  readonly secure: boolean;
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
  const decision = topic && decide(topic, requestOf(asking));
  if (topic && decision && (own ? !decision.denied : decision.allowed)) return topic;
  const why = decision?.denied
    ? `with an explicit deny in a resource-based policy`
    : `because no resource-based policy allows the SNS:${action} action`;
  throw notAuthorized(`User: ${principalArn} is not authorized to perform: SNS:${action} on resource: ${arn} ${why}`);
}

const requestOf = ({ scope, principalArn, action, secure, protocol, endpoint }: Asking): Request => ({
  action,
  principal: { account: scope.account, arn: principalArn },
  keys: new Map([
    ['aws:sourceowner', scope.account],
    ['aws:principalaccount', scope.account],
    ['aws:principalarn', principalArn],
    ['aws:securetransport', String(secure)],
    // Only services that act for somebody have these.
    ['aws:sourceaccount', undefined],
    ['aws:sourcearn', undefined],
    ['sns:protocol', protocol],
    ['sns:endpoint', endpoint],
  ]),
});

/** An alarm that rings. */
export interface RingSource {
  readonly account: string;
  readonly arn: string;
}

/** Whether an alarm may publish: to its own account's topics always, to another's if that one's policy says so. */
export function mayRing(topic: Topic, source: RingSource): boolean {
  if (source.account === topic.account) return true;
  const keys = new Map([
    ['aws:sourceowner', source.account],
    ['aws:sourceaccount', source.account],
    ['aws:sourcearn', source.arn],
    ['aws:securetransport', 'true'],
  ]);
  return decide(topic, { action: 'Publish', principal: { service: 'cloudwatch.amazonaws.com' }, keys }).allowed;
}
