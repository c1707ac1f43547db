import type { RingDeps } from '../../chain/alarms/ring.ts';
import type { ChainContext } from '../../chain/context.ts';
import type { PutData } from '../../chain/metrics/record-samples.ts';
import type { CloudWatchHandlers } from '../wire/handlers.ts';

/** What the operations of CloudWatch work on. */
export interface CloudWatchDeps extends Pick<ChainContext, 'store' | 'clock'>, RingDeps {
  readonly putData: PutData;
}

/** The handler of one operation. */
export type CloudWatchOperation<Name extends keyof CloudWatchHandlers> = NonNullable<CloudWatchHandlers[Name]>;
