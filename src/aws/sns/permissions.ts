import { withoutPermission, withPermission } from '../../chain/topics/access/topic-policy.ts';
import { changeTopicPolicy } from '../../chain/topics/topics.ts';
import type { SnsHandlers } from '../wire/handlers.ts';
import { scopeFor } from './asking.ts';
import type { SnsDeps } from './deps.ts';

/** Permissions for other accounts: statements of the topic's policy. */
export const permissionHandlers = ({ chain }: SnsDeps): SnsHandlers => ({
  async AddPermission({ TopicArn, Label, AWSAccountId, ActionName }, call) {
    const scope = await scopeFor(chain, call, 'AddPermission', TopicArn);
    const permission = { label: Label, accounts: AWSAccountId, actions: ActionName };
    await changeTopicPolicy(chain, scope, TopicArn, (topic) => withPermission(topic, permission));
    return {};
  },

  async RemovePermission({ TopicArn, Label }, call) {
    const scope = await scopeFor(chain, call, 'RemovePermission', TopicArn);
    await changeTopicPolicy(chain, scope, TopicArn, (topic) => withoutPermission(topic, Label));
    return {};
  },
});
