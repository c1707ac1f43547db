import type { SqsHandlers } from '../wire/handlers.ts';
import type { SqsDeps } from './deps.ts';
import { permissionHandlers } from './permissions.ts';
import { queueHandlers } from './queues.ts';
import { receivingHandlers } from './receiving.ts';
import { sendingHandlers } from './sending.ts';

/** Every SQS operation that is served. */
export const sqsHandlers = (deps: SqsDeps): SqsHandlers => ({
  ...queueHandlers(deps),
  ...permissionHandlers(deps),
  ...sendingHandlers(deps),
  ...receivingHandlers(deps),
});
