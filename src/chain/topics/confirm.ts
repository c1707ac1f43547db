import type { Kysely } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import { parseArn, type Scope } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import type { ChainContext } from '../context.ts';
import { isExpired, isToken } from './confirmation-token.ts';
import { invalidParameter, notAuthorized } from './refusals.ts';
import { type Subscription, subscriptionOf } from './subscription.ts';

export interface Confirmation {
  readonly token: string;
  /** AWS lets the token decide, but the ARN must be one of the region. */
  readonly topicArn: string;
  /** Only signed callers may unsubscribe afterwards. */
  readonly authenticateOnUnsubscribe?: boolean;
  /** The scope of a signed caller; undefined for somebody who only has the link. */
  readonly caller: Scope | undefined;
}

/**
 * Confirms a subscription, or restores one that was deactivated. Repeating it changes nothing.
 * @throws Refusal InvalidParameter, AuthorizationError
 */
export async function confirmSubscription(ctx: ChainContext, wish: Confirmation): Promise<Subscription> {
  if (!isToken(wish.token)) throw new Refusal('InvalidParameterException', 'Invalid token');
  const topic = parseArn(wish.topicArn);
  if (topic?.service !== 'sns' || (wish.caller && topic.region !== wish.caller.region)) throw invalidParameter('Topic');
  return ctx.store.write(async ({ db }) => {
    const subscription = await findByToken(db, wish.token, ctx.clock.now());
    if (!subscription) throw invalidParameter('Token');
    if (parseArn(subscription.topicArn)?.region !== topic.region) throw invalidParameter('Topic');
    const authenticate = wish.authenticateOnUnsubscribe === true;
    if (authenticate && !wish.caller) throw notAuthorized('AuthenticateOnUnsubscribe requires a signed request');
    if (subscription.status === 'confirmed') {
      if (authenticate && !subscription.authenticated) throw notAuthorized('Subscription already confirmed');
      return subscription;
    }
    const row = await db
      .updateTable('subscriptions')
      .set({ status: 'confirmed', confirmed_at: ctx.clock.now(), authenticated: authenticate ? 1 : 0 })
      .where('id', '=', subscription.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    return subscriptionOf(row);
  });
}

/** The subscription a token speaks for. An old token still names one that is confirmed, but confirms no more. */
export async function findByToken(db: Kysely<Tables>, token: string, now: number): Promise<Subscription | undefined> {
  const row = await db.selectFrom('subscriptions').selectAll().where('token', '=', token).executeTakeFirst();
  if (!row || (row.status !== 'confirmed' && isExpired(token, now))) return undefined;
  return subscriptionOf(row);
}
