import type { Kysely, Selectable } from 'kysely';
import { arnOf, parseArn, type Scope } from '../../base/scope.ts';
import type { QueuesTable } from '../../store/queue-tables.ts';
import type { Tables } from '../../store/tables.ts';
import { queueMissing } from './refusals.ts';

/** A queue as it is stored. */
export interface Queue extends Scope {
  readonly id: number;
  readonly name: string;
  readonly arn: string;
  /** Only those that were set; `queueSetting` knows the defaults. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly purgedAt: number | null;
}

export const queueOf = (row: Selectable<QueuesTable>): Queue => ({
  id: row.id,
  account: row.account,
  region: row.region,
  name: row.name,
  arn: arnOf('sqs', row, row.name),
  attributes: JSON.parse(row.attributes) as Record<string, string>,
  tags: JSON.parse(row.tags) as Record<string, string>,
  createdAt: row.created_at,
  modifiedAt: row.modified_at,
  purgedAt: row.purged_at,
});

/** Whether the queue keeps order and drops repeats. */
export const isFifo = ({ name }: Pick<Queue, 'name'>): boolean => name.endsWith('.fifo');

/** The name of a queue's sequence of messages. */
export const sequenceOf = ({ id }: Queue): string => `queue:${id}`;

/** What AWS gives a queue that says nothing else. All in seconds but the size, which is in bytes. */
const DEFAULTS = {
  VisibilityTimeout: 30,
  MaximumMessageSize: 1_048_576,
  MessageRetentionPeriod: 345_600,
  DelaySeconds: 0,
  ReceiveMessageWaitTimeSeconds: 0,
} as const;

export type QueueSetting = keyof typeof DEFAULTS;
export const QUEUE_SETTINGS = Object.keys(DEFAULTS) as readonly QueueSetting[];

export const queueSetting = (queue: Pick<Queue, 'attributes'>, setting: QueueSetting): number =>
  Number(queue.attributes[setting] ?? DEFAULTS[setting]);

export async function findQueue(db: Kysely<Tables>, scope: Scope, name: string): Promise<Queue | undefined> {
  const row = await db
    .selectFrom('queues')
    .selectAll()
    .where('account', '=', scope.account)
    .where('region', '=', scope.region)
    .where('name', '=', name)
    .executeTakeFirst();
  return row && queueOf(row);
}

export async function findQueueByArn(db: Kysely<Tables>, arn: string): Promise<Queue | undefined> {
  const parts = parseArn(arn);
  return parts?.service === 'sqs' ? findQueue(db, parts, parts.resource) : undefined;
}

/** @throws Refusal QueueDoesNotExist */
export async function needQueue(db: Kysely<Tables>, scope: Scope, name: string): Promise<Queue> {
  const queue = await findQueue(db, scope, name);
  if (!queue) throw queueMissing();
  return queue;
}
