import { html } from 'hono/html';
import { Refusal } from '../base/refusal.ts';
import { parseArn } from '../base/scope.ts';
import { CONFIRM_PAGE, UNSUBSCRIBE_PAGE } from '../chain/channels/links.ts';
import type { ChainContext } from '../chain/context.ts';
import { confirmSubscription, findByToken } from '../chain/topics/confirm.ts';
import { isToken } from '../chain/topics/confirmation-token.ts';
import { subscriptionArn } from '../chain/topics/subscription.ts';
import { unsubscribe } from '../chain/topics/unsubscribe.ts';
import { page } from './page.ts';

/** A page with its HTTP status. */
export interface Answer {
  readonly status: 200 | 404 | 403 | 400;
  readonly body: ReturnType<typeof page>;
}

const said = (status: Answer['status'], title: string, text: string): Answer => ({
  status,
  body: page(title, html`<h1>${title}</h1><p>${text}</p>`),
});

/** Whom a page without a login may name: of a web address only the host, since the rest of a webhook's is its secret. */
const placeOf = ({ protocol, endpoint }: { readonly protocol: string; readonly endpoint: string }): string =>
  protocol.startsWith('http') && URL.canParse(endpoint) ? new URL(endpoint).host : endpoint;

const expired = (): Answer =>
  said(404, 'This link is no longer valid', 'Links to confirm work for two days. Subscribe again to get a new one.');

/** Asks before it confirms: mail scanners open links, people press buttons. */
export async function confirmPage(context: ChainContext, token: string): Promise<Answer> {
  const subscription = await subscriptionOf(context, token);
  if (!subscription) return expired();
  if (subscription.status === 'confirmed') {
    return said(200, 'Confirmed', `${placeOf(subscription)} hears from ${subscription.topicArn}.`);
  }
  const topic = parseArn(subscription.topicArn)?.resource ?? subscription.topicArn;
  return {
    status: 200,
    body: page(
      'Confirm subscription',
      html`<h1>Receive the notifications of “${topic}”?</h1>
<p>${subscription.protocol}: ${placeOf(subscription)}</p>
<form method="post" action="${CONFIRM_PAGE}"><input type="hidden" name="token" value="${token}">
<button>Confirm subscription</button></form>`,
    ),
  };
}

export async function confirmByClick(context: ChainContext, token: string): Promise<Answer> {
  const subscription = await subscriptionOf(context, token);
  if (!subscription) return expired();
  return refused(async () => {
    await confirmSubscription(context, { token, topicArn: subscription.topicArn, caller: undefined });
    return said(200, 'Subscription confirmed', `${placeOf(subscription)} now hears from ${subscription.topicArn}.`);
  });
}

export async function unsubscribePage(context: ChainContext, id: string): Promise<Answer> {
  const row = await context.store.read.selectFrom('subscriptions').selectAll().where('id', '=', id).executeTakeFirst();
  if (row?.status !== 'confirmed') return said(200, 'Not subscribed', 'This subscription has ended already.');
  return {
    status: 200,
    body: page(
      'Unsubscribe',
      html`<h1>Stop the notifications of “${parseArn(row.topic_arn)?.resource}”?</h1>
<p>${row.protocol}: ${placeOf(row)}. Alarms would no longer reach this address.</p>
<form method="post" action="${UNSUBSCRIBE_PAGE}"><input type="hidden" name="subscription" value="${id}">
<button>Unsubscribe</button></form>`,
    ),
  };
}

export async function unsubscribeByClick(context: ChainContext, id: string): Promise<Answer> {
  const row = await context.store.read
    .selectFrom('subscriptions')
    .select('topic_arn')
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) return said(200, 'Not subscribed', 'This subscription has ended already.');
  return refused(async () => {
    await unsubscribe(context, subscriptionArn(row.topic_arn, id), undefined);
    return said(200, 'Unsubscribed', 'A last message with a way back is on its way.');
  });
}

const subscriptionOf = async (context: ChainContext, token: string) =>
  isToken(token) ? findByToken(context.store.read, token, context.clock.now()) : undefined;

async function refused(act: () => Promise<Answer>): Promise<Answer> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Refusal) return said(403, 'That is not allowed', error.message);
    throw error;
  }
}
