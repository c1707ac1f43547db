import { withoutQueuePermission, withQueuePermission } from '../../chain/queues/access/permissions.ts';
import { changeQueuePolicy } from '../../chain/queues/manage.ts';
import type { SqsHandlers } from '../wire/handlers.ts';
import type { SqsDeps } from './deps.ts';
import { ownQueue } from './queue-url.ts';

/** Permissions for other accounts: statements of the queue's policy. */
export const permissionHandlers = ({ chain }: SqsDeps): SqsHandlers => ({
  async AddPermission({ QueueUrl, Label, AWSAccountIds, Actions }, call) {
    const permission = { label: Label, accounts: AWSAccountIds, actions: Actions };
    await changeQueuePolicy(chain, call.scope, ownQueue(QueueUrl, call), (queue) =>
      withQueuePermission(queue, permission),
    );
    return {};
  },

  async RemovePermission({ QueueUrl, Label }, call) {
    await changeQueuePolicy(chain, call.scope, ownQueue(QueueUrl, call), (queue) =>
      withoutQueuePermission(queue, Label),
    );
    return {};
  },
});
