import type { Clock } from '../base/clock.ts';
import type { ReachFault } from '../base/faults.ts';
import type { Ids } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Store } from '../store/store.ts';
import type { Signals } from './signals.ts';

/** What every stage of the chain is given by the composition root. */
export interface ChainContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly signals: Signals;
  readonly reach: ReachFault;
}
