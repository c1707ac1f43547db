import type { Kysely } from 'kysely';
import { arnOf } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import { HEARTBEAT_TAG } from '../topics/heartbeats.ts';

/** Topics that send heartbeats to nobody: whoever should miss them cannot. */
export async function deafHeartbeats(db: Kysely<Tables>): Promise<string[]> {
  const rows = await db
    .selectFrom('topics')
    .select(['account', 'region', 'name'])
    .where('tags', 'like', `%"${HEARTBEAT_TAG}"%`)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('subscriptions')
            .select('subscriptions.id')
            .whereRef('subscriptions.topic_id', '=', 'topics.id')
            .where('subscriptions.status', '=', 'confirmed'),
        ),
      ),
    )
    .execute();
  return rows.map((row) => arnOf('sns', row, row.name));
}
