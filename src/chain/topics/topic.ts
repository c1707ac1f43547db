import type { Kysely, Selectable } from 'kysely';
import { arnOf, parseArn, type Scope } from '../../base/scope.ts';
import type { Tables, TopicsTable } from '../../store/tables.ts';
import { invalidParameter, notAuthorized, topicMissing } from './refusals.ts';

/** A topic as it is stored. */
export interface Topic extends Scope {
  readonly id: number;
  readonly name: string;
  readonly arn: string;
  /** Only those that were set. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: number;
}

export const topicOf = (row: Selectable<TopicsTable>): Topic => ({
  id: row.id,
  account: row.account,
  region: row.region,
  name: row.name,
  arn: arnOf('sns', row, row.name),
  attributes: JSON.parse(row.attributes) as Record<string, string>,
  tags: JSON.parse(row.tags) as Record<string, string>,
  createdAt: row.created_at,
});

export async function findTopic(db: Kysely<Tables>, scope: Scope, name: string): Promise<Topic | undefined> {
  const row = await db
    .selectFrom('topics')
    .selectAll()
    .where('account', '=', scope.account)
    .where('region', '=', scope.region)
    .where('name', '=', name)
    .executeTakeFirst();
  return row && topicOf(row);
}

export async function findTopicByArn(db: Kysely<Tables>, arn: string): Promise<Topic | undefined> {
  const parts = parseArn(arn);
  return parts?.service === 'sns' ? findTopic(db, parts, parts.resource) : undefined;
}

/**
 * The topic of an ARN, for a caller who acts in `scope`.
 * @throws Refusal InvalidParameter for a malformed ARN or one of another region, AuthorizationError for
 * another account's, NotFound
 */
export async function needTopic(db: Kysely<Tables>, scope: Scope, arn: string): Promise<Topic> {
  const parts = readArn(arn, 'TopicArn');
  if (parts.service !== 'sns' || parts.region !== scope.region) throw invalidParameter('TopicArn');
  if (parts.account !== scope.account) {
    throw notAuthorized(`User: arn:aws:iam::${scope.account}:root is not authorized to act on resource: ${arn}`);
  }
  const topic = await findTopic(db, parts, parts.resource);
  if (!topic) throw topicMissing();
  return topic;
}

/** @throws Refusal InvalidParameter that counts the parts, as AWS does */
export function readArn(text: string, parameter: string) {
  const count = text.split(':').length;
  if (count < 6) {
    throw invalidParameter(`${parameter} Reason: An ARN must have at least 6 elements, not ${count}`);
  }
  const arn = parseArn(text);
  if (!arn) throw invalidParameter(parameter);
  return arn;
}
