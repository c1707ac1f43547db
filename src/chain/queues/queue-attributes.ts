import type { Kysely } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import type { Tables } from '../../store/tables.ts';
import { readPolicyDocument } from '../access/policy-document.ts';
import { isFifo, QUEUE_SETTINGS, type Queue, type QueueSetting, queueSetting } from './queue.ts';
import { checkRedrivePolicy } from './redrive-policy.ts';

const BOUNDS: Readonly<Record<QueueSetting | 'KmsDataKeyReusePeriodSeconds', readonly [number, number]>> = {
  VisibilityTimeout: [0, 43_200],
  MaximumMessageSize: [1_024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  DelaySeconds: [0, 900],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
};
const TEXTS = new Set(['Policy', 'RedriveAllowPolicy', 'KmsMasterKeyId']);
/** What only FIFO queues have, the default first. */
const FIFO_ONLY: ReadonlyMap<string, readonly string[]> = new Map([
  ['FifoQueue', ['true']],
  ['ContentBasedDeduplication', ['false', 'true']],
  ['DeduplicationScope', ['queue', 'messageGroup']],
  ['FifoThroughputLimit', ['perQueue', 'perMessageGroupId']],
]);

type Attributes = Readonly<Record<string, string>>;

/**
 * Lays `given` over the attributes a queue has. An empty value takes a policy away.
 * @throws Refusal InvalidAttributeName, InvalidAttributeValue, or what is wrong with the redrive policy
 */
export async function mergeQueueAttributes(
  db: Kysely<Tables>,
  queue: Pick<Queue, 'account' | 'region' | 'name' | 'attributes'>,
  given: Attributes,
): Promise<Record<string, string>> {
  const merged = new Map(Object.entries(queue.attributes));
  for (const [name, value] of Object.entries(given)) {
    checkAttribute(queue, name, value);
    if (name === 'RedrivePolicy' && value !== '') await checkRedrivePolicy(db, queue, value);
    if (value === '') merged.delete(name);
    else merged.set(name, Object.hasOwn(BOUNDS, name) ? String(Number(value)) : value);
  }
  // A key of one's own and the managed one exclude each other; the later wins.
  if (given.KmsMasterKeyId) merged.set('SqsManagedSseEnabled', 'false');
  else if (given.SqsManagedSseEnabled === 'true') merged.delete('KmsMasterKeyId');
  if (
    merged.get('FifoThroughputLimit') === 'perMessageGroupId' &&
    merged.get('DeduplicationScope') !== 'messageGroup'
  ) {
    throw invalidAttribute('FifoThroughputLimit');
  }
  return Object.fromEntries(merged);
}

function checkAttribute(queue: Pick<Queue, 'name'>, name: string, value: string): void {
  const choices = FIFO_ONLY.get(name);
  if (choices) {
    if (!isFifo(queue)) throw unknownAttribute(name);
    if (!choices.includes(value)) throw invalidAttribute(name);
    return;
  }
  if (name === 'RedrivePolicy') return;
  if (name === 'SqsManagedSseEnabled') {
    if (value !== 'true' && value !== 'false') throw invalidAttribute(name);
    return;
  }
  if (TEXTS.has(name)) {
    checkText(name, value);
    return;
  }
  const bounds = Object.hasOwn(BOUNDS, name) ? BOUNDS[name as QueueSetting] : undefined;
  if (!bounds) throw unknownAttribute(name);
  const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= bounds[0] && number <= bounds[1])) throw invalidAttribute(name);
}

function checkText(name: string, value: string): void {
  if (value.length > 65_536) throw invalidAttribute(name);
  if (name === 'KmsMasterKeyId' || value === '') return;
  try {
    if (name === 'Policy') readPolicyDocument(value);
    else JSON.parse(value);
  } catch {
    throw invalidAttribute(name);
  }
}

const unknownAttribute = (name: string): Refusal => new Refusal('InvalidAttributeName', `Unknown Attribute ${name}.`);
const invalidAttribute = (name: string): Refusal =>
  new Refusal('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);

/** Every attribute of a queue as GetQueueAttributes answers it. */
export async function describeQueue(db: Kysely<Tables>, queue: Queue, now: number): Promise<Record<string, string>> {
  const settings = QUEUE_SETTINGS.map((name): [string, string] => [name, String(queueSetting(queue, name))]);
  const fifo = isFifo(queue) ? [...FIFO_ONLY].map(([name, [preset = '']]) => [name, preset]) : [];
  return {
    SqsManagedSseEnabled: 'true',
    ...Object.fromEntries(fifo),
    ...queue.attributes,
    ...Object.fromEntries(settings),
    ...(await countMessages(db, queue, now)),
    QueueArn: queue.arn,
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1000)),
  };
}

async function countMessages(db: Kysely<Tables>, queue: Queue, now: number): Promise<Record<string, string>> {
  const kept = db
    .selectFrom('queue_messages')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('queue_id', '=', queue.id)
    .where('expires_at', '>', now);
  const hidden = kept.where('visible_at', '>', now);
  const [visible, inFlight, delayed] = await Promise.all([
    kept.where('visible_at', '<=', now).executeTakeFirstOrThrow(),
    hidden.where('receipt', 'is not', null).executeTakeFirstOrThrow(),
    hidden.where('receipt', 'is', null).executeTakeFirstOrThrow(),
  ]);
  return {
    ApproximateNumberOfMessages: String(visible.count),
    ApproximateNumberOfMessagesNotVisible: String(inFlight.count),
    ApproximateNumberOfMessagesDelayed: String(delayed.count),
  };
}
