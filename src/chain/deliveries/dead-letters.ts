import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import { shownEndpoint } from '../topics/subscription.ts';

/** What was given up of one subscription for one reason. */
export interface DeadLetters {
  readonly subscriptionId: string;
  readonly topicArn: string;
  readonly protocol: string;
  /** As it may be shown. */
  readonly endpoint: string;
  readonly reason: string;
  readonly count: number;
  readonly lastAt: number;
  /** The last of them in a sentence. */
  readonly lastError: string;
}

/** What was given up and nobody has seen to, the newest first, by subscription and reason. */
export async function deadLetters(db: Kysely<Tables>, limit: number): Promise<DeadLetters[]> {
  const groups = await db
    .selectFrom('deliveries')
    .select(({ fn }) => ['subscription_id', 'reason', fn.countAll<number>().as('count'), fn.max('id').as('last')])
    .where('status', '=', 'dead')
    .groupBy(['subscription_id', 'reason'])
    .orderBy('last', 'desc')
    .limit(limit)
    .execute();
  if (groups.length === 0) return [];
  const newest = await db
    .selectFrom('deliveries')
    .select(['id', 'topic_arn', 'protocol', 'endpoint', 'finished_at', 'error'])
    .where(
      'id',
      'in',
      groups.map(({ last }) => last),
    )
    .execute();
  const byId = new Map(newest.map((row) => [row.id, row]));
  return groups.flatMap(({ subscription_id, reason, count, last }) => {
    const row = byId.get(last);
    if (!row) return [];
    return [
      {
        subscriptionId: subscription_id,
        topicArn: row.topic_arn,
        protocol: row.protocol,
        endpoint: shownEndpoint(row.endpoint),
        reason: reason ?? '',
        count,
        lastAt: row.finished_at ?? 0,
        lastError: row.error ?? '',
      },
    ];
  });
}
