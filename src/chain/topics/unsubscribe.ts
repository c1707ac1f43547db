import { parseArn, type Scope } from '../../base/scope.ts';
import type { ChainContext } from '../context.ts';
import { newToken } from './confirmation-token.ts';
import { postConfirmation } from './post.ts';
import { notAuthorized } from './refusals.ts';
import { findSubscription } from './subscription.ts';

/**
 * Ends a subscription. A signed owner's is gone at once; somebody who only has the link deactivates it,
 * and its endpoint is sent the way back. An unknown one is no error.
 * @param caller the scope of a signed caller
 * @throws Refusal InvalidParameter for a malformed ARN, AuthorizationError
 */
export async function unsubscribe(ctx: ChainContext, arn: string, caller: Scope | undefined): Promise<void> {
  return ctx.store.write(async (tx) => {
    const subscription = await findSubscription(tx.db, arn);
    if (!subscription) return;
    const owners = [subscription.owner, parseArn(subscription.topicArn)?.account];
    if (caller && !owners.includes(caller.account)) {
      throw notAuthorized('This subscription may only be deleted by an authorized user.');
    }
    if (!caller && subscription.authenticated) {
      throw notAuthorized('To disallow anonymous unsubscription, subscriber and confirmer IDs must match');
    }
    // What is still on its way is no longer wanted.
    await tx.db
      .deleteFrom('deliveries')
      .where('subscription_id', '=', subscription.id)
      .where('status', '=', 'waiting')
      .execute();
    if (caller || subscription.status === 'pending') {
      await tx.db.deleteFrom('subscriptions').where('id', '=', subscription.id).execute();
      return;
    }
    if (subscription.status === 'deleted') return;
    const token = newToken(ctx.ids, ctx.clock.now());
    await tx.db
      .updateTable('subscriptions')
      .set({ status: 'deleted', token })
      .where('id', '=', subscription.id)
      .execute();
    await postConfirmation(ctx, tx, 'UnsubscribeConfirmation', { ...subscription, token });
  });
}
