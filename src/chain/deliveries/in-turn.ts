import type { SelectQueryBuilder } from 'kysely';
import type { Tables } from '../../store/tables.ts';

/**
 * Of the deliveries that wait, only those whose turn it is: of one subscription and message group
 * the oldest goes first, however long it has to be tried. What has no group waits for nobody.
 */
export const inTurn = <O>(
  due: SelectQueryBuilder<Tables, 'deliveries', O>,
): SelectQueryBuilder<Tables, 'deliveries', O> =>
  due.where(({ or, not, exists, selectFrom, eb }) =>
    or([
      eb('deliveries.group_id', 'is', null),
      not(
        exists(
          selectFrom('deliveries as earlier')
            .select('earlier.id')
            .whereRef('earlier.subscription_id', '=', 'deliveries.subscription_id')
            .whereRef('earlier.group_id', '=', 'deliveries.group_id')
            .whereRef('earlier.id', '<', 'deliveries.id')
            .where('earlier.status', '=', 'waiting'),
        ),
      ),
    ]),
  );
