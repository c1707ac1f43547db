import type { SqsHandlers } from '../wire/handlers.ts';
import type { SqsDeps } from './deps.ts';
import { queueHandlers } from './queues.ts';
import { receivingHandlers } from './receiving.ts';
import { sendingHandlers } from './sending.ts';

/** Every SQS operation that is served. */
export const sqsHandlers = (deps: SqsDeps): SqsHandlers => ({
  ...queueHandlers(deps),
  ...sendingHandlers(deps),
  ...receivingHandlers(deps),
});
