import type { Clock } from '../../base/clock.ts';
import type { Store } from '../../store/store.ts';
import type { CloudTrailHandlers } from '../wire/handlers.ts';
import { lookupEvents } from './lookup-events.ts';
import { manageHandlers } from './manage-trails.ts';
import { readHandlers } from './read-trails.ts';
import { selectorHandlers } from './selectors.ts';
import { tagHandlers } from './tags.ts';

/** CloudTrail's trail operations: a trail says which log group the records of its account enter. */
export const cloudTrailHandlers = ({ store, clock }: { store: Store; clock: Clock }): CloudTrailHandlers => ({
  ...manageHandlers(store, clock),
  ...readHandlers(store),
  ...selectorHandlers(store),
  ...tagHandlers(store),
  LookupEvents: lookupEvents({ store, clock }),
});
