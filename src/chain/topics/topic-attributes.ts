import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import { defaultPolicy, readTopicPolicy } from './access/topic-policy.ts';
import { checkTopicDeliveryPolicy, topicPolicyJson } from './delivery-policy.ts';
import { invalidParameter } from './refusals.ts';
import type { Topic } from './topic.ts';

type Attributes = Readonly<Record<string, string>>;
type Check = (value: string) => unknown;

const refuse = (text: string) => {
  throw new Error(text);
};
const oneOf =
  (...values: string[]): Check =>
  (value) =>
    values.includes(value) || refuse(`Invalid value [${value}]. Must be one of ${values.join(', ')}.`);
const anyText: Check = (value) => value.length <= 2_048 || refuse('Too long');

const CHECKS: ReadonlyMap<string, Check> = new Map([
  ['DisplayName', (value) => value.length <= 100 || refuse('Must be 100 characters or less')],
  ['Policy', readTopicPolicy],
  ['DeliveryPolicy', checkTopicDeliveryPolicy],
  ['SignatureVersion', oneOf('1', '2')],
  ['TracingConfig', oneOf('PassThrough', 'Active')],
  ['KmsMasterKeyId', anyText],
  ['ContentBasedDeduplication', oneOf('true', 'false')],
  ['FifoThroughputScope', oneOf('Topic', 'MessageGroup')],
  ...['HTTP', 'SQS', 'Lambda', 'Firehose', 'Application'].flatMap((protocol): [string, Check][] => [
    [`${protocol}SuccessFeedbackRoleArn`, anyText],
    [`${protocol}FailureFeedbackRoleArn`, anyText],
    [`${protocol}SuccessFeedbackSampleRate`, (value) => /^(\d{1,2}|100)$/.test(value) || refuse('Must be 0 to 100')],
  ]),
]);
const FIFO_ONLY: ReadonlyMap<string, string> = new Map([
  ['ContentBasedDeduplication', 'Content-based deduplication'],
  ['FifoThroughputScope', 'FifoThroughputScope'],
]);
const NOT_KEPT = new Set(['ArchivePolicy', 'BeginningArchiveTime']);
/** Of the archive that AWS keeps for FIFO topics, and of its replay. */
export const NO_ARCHIVE =
  'Trailbell keeps no archive of messages to replay. Subscribe a queue, or try deliveries that were given up again';
/** An empty value is a removal for these. */
const REMOVED_BY_EMPTY = new Set(['DeliveryPolicy', 'Policy', 'KmsMasterKeyId']);
/**
 * Lays `given` over the attributes of a topic.
 * @param prefix `Attributes Reason: ` where several are given at once
 * @throws Refusal InvalidParameter that names the attribute
 */
export function mergeTopicAttributes(current: Attributes, given: Attributes, prefix = ''): Record<string, string> {
  const merged = new Map(Object.entries(current));
  for (const [name, value] of Object.entries(given)) {
    const check = CHECKS.get(name);
    if (NOT_KEPT.has(name)) throw invalidParameter(`${prefix}${name}: ${NO_ARCHIVE}`);
    if (!check) throw invalidParameter(prefix === '' ? 'AttributeName' : `${prefix}Unknown attribute: ${name}`);
    if (FIFO_ONLY.has(name) && current.FifoTopic !== 'true') {
      throw invalidParameter(`${prefix}${FIFO_ONLY.get(name)} can only be set for FIFO topics`);
    }
    if (value === '' && REMOVED_BY_EMPTY.has(name)) {
      merged.delete(name);
      continue;
    }
    try {
      check(value);
    } catch (error) {
      throw invalidParameter(`${prefix}${name}: ${(error as Error).message}`);
    }
    merged.set(name, value);
  }
  return Object.fromEntries(merged);
}

/**
 * The attributes of a new topic. Whether it is FIFO is said at its creation and in its name, and never changes.
 * @throws Refusal InvalidParameter
 */
export function newTopicAttributes(name: string, given: Attributes): Record<string, string> {
  const { FifoTopic = 'false', ...rest } = given;
  if (FifoTopic !== 'true' && FifoTopic !== 'false') throw invalidParameter('Attributes Reason: FifoTopic');
  if (FifoTopic === 'true' && !name.endsWith('.fifo')) {
    throw invalidParameter(
      'Fifo Topic names must end with .fifo and must be made up of only uppercase and lowercase ASCII letters, numbers, underscores, and hyphens, and must be between 1 and 256 characters long.',
    );
  }
  if (FifoTopic === 'false' && name.endsWith('.fifo')) throw invalidParameter('Topic Name');
  return mergeTopicAttributes(FifoTopic === 'true' ? { FifoTopic } : {}, rest, 'Attributes Reason: ');
}

/** Every attribute of a topic as GetTopicAttributes answers it. */
export async function describeTopic(db: Kysely<Tables>, topic: Topic): Promise<Record<string, string>> {
  const rows = await db
    .selectFrom('subscriptions')
    .select(['status', (e) => e.fn.countAll<number>().as('count')])
    .where('topic_id', '=', topic.id)
    .groupBy('status')
    .execute();
  const count = (status: string): string => String(rows.find((row) => row.status === status)?.count ?? 0);
  return {
    DisplayName: '',
    ...(topic.attributes.FifoTopic === 'true' ? { ContentBasedDeduplication: 'false' } : {}),
    Policy: JSON.stringify(defaultPolicy(topic)),
    ...topic.attributes,
    EffectiveDeliveryPolicy: topicPolicyJson(topic.attributes),
    Owner: topic.account,
    SubscriptionsConfirmed: count('confirmed'),
    SubscriptionsDeleted: count('deleted'),
    SubscriptionsPending: count('pending'),
    TopicArn: topic.arn,
  };
}
