import type { Kysely } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import type { Tables } from '../../store/tables.ts';
import type { Topic } from './topic.ts';

const MOST_PER_TOPIC = 200;
const MOST_PER_ACCOUNT = 10_000;

/** @throws Refusal FilterPolicyLimitExceeded when topic or account can have no further filter policy */
export async function refuseTooManyFilters(db: Kysely<Tables>, topic: Topic): Promise<void> {
  const filtered = db
    .selectFrom('subscriptions')
    .innerJoin('topics', 'topics.id', 'subscriptions.topic_id')
    .select((e) => e.fn.countAll<number>().as('count'))
    // A quote inside an attribute is escaped, so that this can only be the member's name.
    .where('subscriptions.attributes', 'like', '%"FilterPolicy":%');
  const [ofTopic, ofAccount] = await Promise.all([
    filtered.where('topics.id', '=', topic.id).executeTakeFirstOrThrow(),
    filtered.where('topics.account', '=', topic.account).executeTakeFirstOrThrow(),
  ]);
  if (ofTopic.count < MOST_PER_TOPIC && ofAccount.count < MOST_PER_ACCOUNT) return;
  throw new Refusal('FilterPolicyLimitExceededException', 'Filter policy limit exceeded');
}
