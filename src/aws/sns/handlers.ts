import type { SnsHandlers } from '../wire/handlers.ts';
import type { SnsDeps } from './deps.ts';
import { permissionHandlers } from './permissions.ts';
import { publishHandlers } from './publish.ts';
import { subscriptionHandlers } from './subscriptions.ts';
import { topicHandlers } from './topics.ts';

/** Every SNS operation that is served. */
export const snsHandlers = (deps: SnsDeps): SnsHandlers => ({
  ...topicHandlers(deps),
  ...subscriptionHandlers(deps),
  ...publishHandlers(deps),
  ...permissionHandlers(deps),
});
