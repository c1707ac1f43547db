import type { Kysely, Selectable } from 'kysely';
import type { SubscriptionsTable, Tables } from '../../store/tables.ts';
import { invalidParameter, subscriptionMissing } from './refusals.ts';
import { readArn } from './topic.ts';

export const PROTOCOLS = ['http', 'https', 'email', 'email-json', 'sqs', 'lambda', 'firehose'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** A subscription as it is stored. */
export interface Subscription {
  readonly id: string;
  readonly arn: string;
  readonly topicId: number;
  readonly topicArn: string;
  readonly owner: string;
  readonly protocol: Protocol;
  /** With its credentials, where it has any: never shown. */
  readonly endpoint: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly status: 'pending' | 'confirmed' | 'deleted';
  readonly token: string;
  readonly authenticated: boolean;
  /** Set while the last attempt to deliver to it failed. */
  readonly failing?: Failing;
}

/** What is wrong with an endpoint. */
export interface Failing {
  readonly since: number;
  /** The fixed word of the last failure. */
  readonly reason: string;
  /** The same in a sentence. */
  readonly text: string;
  /** Deliveries given up since then. */
  readonly givenUp: number;
}

export const subscriptionOf = (row: Selectable<SubscriptionsTable>): Subscription => ({
  id: row.id,
  arn: subscriptionArn(row.topic_arn, row.id),
  topicId: row.topic_id,
  topicArn: row.topic_arn,
  owner: row.owner,
  protocol: row.protocol as Protocol,
  endpoint: row.endpoint,
  attributes: JSON.parse(row.attributes) as Record<string, string>,
  status: row.status as Subscription['status'],
  token: row.token,
  authenticated: row.authenticated === 1,
  ...(row.failing_since === null ? {} : { failing: failingOf(row, row.failing_since) }),
});

const failingOf = (row: Selectable<SubscriptionsTable>, since: number): Failing => ({
  since,
  reason: row.failing_reason ?? '',
  text: row.failing_error ?? '',
  givenUp: row.given_up ?? 0,
});

export const subscriptionArn = (topicArn: string, id: string): string => `${topicArn}:${id}`;

/** The endpoint as it may be shown: a password in a URL is masked, as AWS does. */
export const shownEndpoint = (endpoint: string): string =>
  endpoint.replace(/^(https?:\/\/[^/@:]*):[^/@]*@/, '$1:****@');

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The topic and the id that a subscription ARN names. @throws Refusal InvalidParameter, in AWS's words */
export function readSubscriptionArn(arn: string): { topicArn: string; id: string } {
  readArn(arn, 'SubscriptionArn');
  const cut = arn.lastIndexOf(':');
  const id = arn.slice(cut + 1);
  if (arn.split(':').length === 6) {
    throw invalidParameter(id === '' ? 'SubscriptionArn Reason: no value for required parameter' : 'SubscriptionId');
  }
  if (!UUID.test(id)) throw invalidParameter('SubscriptionId');
  return { topicArn: arn.slice(0, cut), id };
}

export async function findSubscription(db: Kysely<Tables>, arn: string): Promise<Subscription | undefined> {
  const { topicArn, id } = readSubscriptionArn(arn);
  const row = await db
    .selectFrom('subscriptions')
    .selectAll()
    .where('id', '=', id)
    .where('topic_arn', '=', topicArn)
    .executeTakeFirst();
  return row && subscriptionOf(row);
}

/** @throws Refusal InvalidParameter, NotFound */
export async function needSubscription(db: Kysely<Tables>, arn: string): Promise<Subscription> {
  const subscription = await findSubscription(db, arn);
  if (!subscription) throw subscriptionMissing();
  return subscription;
}
