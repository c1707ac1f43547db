import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Scope } from '../../base/scope.ts';
import { isSeenIn } from '../../chain/trails/trail.ts';
import {
  allTrails,
  deleteTrail,
  findTrail,
  insertTrail,
  redefineTrail,
  setLogging,
} from '../../chain/trails/trails.ts';
import type { Store } from '../../store/store.ts';
import type { Tables } from '../../store/tables.ts';
import type { CloudTrailHandlers } from '../wire/handlers.ts';
import { checkedDefinition } from './check-definition.ts';
import { trailAnswer } from './describe-trail.ts';
import { checkTrailName, trailToChange } from './name-trail.ts';
import { mergedTags } from './tags.ts';

type Handlers = Pick<
  CloudTrailHandlers,
  'CreateTrail' | 'UpdateTrail' | 'DeleteTrail' | 'StartLogging' | 'StopLogging'
>;

const MOST_TRAILS = 5;

/** The operations that change trails. As on AWS, a new trail does not log until StartLogging. */
export function manageHandlers(store: Store, clock: Clock): Handlers {
  const setTo =
    (on: boolean): NonNullable<Handlers['StartLogging']> =>
    async ({ Name }, { scope }) => {
      await store.write(async (tx) => {
        await setLogging(tx, await trailToChange(tx.db, scope, Name), on, clock.now());
      });
      return {};
    };

  return {
    async CreateTrail(input, { scope }) {
      checkTrailName(input.Name);
      const tags = mergedTags(input.TagsList ?? []);
      const trail = await store.write(async (tx) => {
        await checkRoom(tx.db, scope, input.Name, input.IsMultiRegionTrail ?? false);
        const wanted = await checkedDefinition(tx.db, scope, input);
        return insertTrail(tx, { scope, name: input.Name, ...wanted, tags, now: clock.now() });
      });
      return trailAnswer(trail);
    },

    async UpdateTrail(input, { scope }) {
      return store.write(async (tx) => {
        const trail = await trailToChange(tx.db, scope, input.Name);
        const wanted = await checkedDefinition(tx.db, scope, input, trail);
        await redefineTrail(tx, trail, wanted);
        return trailAnswer({ ...trail, ...wanted });
      });
    },

    async DeleteTrail({ Name }, { scope }) {
      await store.write(async (tx) => deleteTrail(tx, await trailToChange(tx.db, scope, Name)));
      return {};
    },

    StartLogging: setTo(true),
    StopLogging: setTo(false),
  };
}

/** Refuses a name that is taken, and a sixth trail in any region that the new one is seen in. */
async function checkRoom(db: Kysely<Tables>, scope: Scope, name: string, isMultiRegion: boolean): Promise<void> {
  if (await findTrail(db, scope, name)) {
    throw new Refusal('TrailAlreadyExistsException', `Trail ${name} already exists for customer: ${scope.account}`);
  }
  const own = (await allTrails(db)).filter(({ account }) => account === scope.account);
  const regions = new Set([scope.region, ...(isMultiRegion ? own.map(({ region }) => region) : [])]);
  for (const region of regions) {
    if (own.filter((trail) => isSeenIn(trail, region)).length < MOST_TRAILS) continue;
    throw new Refusal(
      'MaximumNumberOfTrailsExceededException',
      `User: ${scope.account} already has ${MOST_TRAILS} trails in ${region}.`,
    );
  }
}
