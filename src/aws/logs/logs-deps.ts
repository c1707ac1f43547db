import type { ChainContext } from '../../chain/context.ts';
import type { AcceptEvents } from '../../chain/logs/accept-events.ts';
import type { LogsHandlers } from '../wire/handlers.ts';

/** What the operations of CloudWatch Logs work on. */
export interface LogsDeps extends Pick<ChainContext, 'store' | 'clock'> {
  readonly acceptEvents: AcceptEvents;
}

/** The handler of one operation. */
export type LogsOperation<Name extends keyof LogsHandlers> = NonNullable<LogsHandlers[Name]>;
