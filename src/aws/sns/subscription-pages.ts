import { Refusal } from '../../base/refusal.ts';
import { parseArn } from '../../base/scope.ts';
import { escapeHtml } from '../../chain/channels/email/html.ts';
import { CONFIRM_PAGE, UNSUBSCRIBE_PAGE } from '../../chain/channels/links.ts';
import type { ChainContext } from '../../chain/context.ts';
import { confirmSubscription, findByToken } from '../../chain/topics/confirm.ts';
import { isToken } from '../../chain/topics/confirmation-token.ts';
import { type Subscription, subscriptionOf } from '../../chain/topics/subscription.ts';
import { unsubscribe } from '../../chain/topics/unsubscribe.ts';

export interface PageReply {
  readonly status: number;
  /** HTML. */
  readonly body: string;
}

/** Which requests belong to the pages that links in mails open. */
export const SUBSCRIPTION_PAGES: readonly string[] = [CONFIRM_PAGE, UNSUBSCRIBE_PAGE];

/**
 * The pages that links in mails open. A GET only asks, because mail scanners open every link; a POST acts,
 * be it from the page's button or from a mail program's own unsubscribe button (RFC 8058).
 */
export async function subscriptionPage(
  chain: ChainContext,
  request: { readonly method: string; readonly path: string; readonly query: URLSearchParams },
): Promise<PageReply> {
  const acting = request.method === 'POST';
  try {
    if (request.path === CONFIRM_PAGE) return await confirmPage(chain, request.query.get('token') ?? '', acting);
    return await leavePage(chain, request.query.get('subscription') ?? '', acting);
  } catch (error) {
    if (error instanceof Refusal) return page(400, 'That did not work', [error.message]);
    throw error;
  }
}

async function confirmPage(chain: ChainContext, token: string, acting: boolean): Promise<PageReply> {
  const found = isToken(token) ? await findByToken(chain.store.read, token, chain.clock.now()) : undefined;
  if (!found)
    return page(404, 'This link is not valid', [
      'It may have expired: links are good for two days. Subscribe again to get a new one.',
    ]);
  if (found.status === 'confirmed')
    return page(200, 'Confirmed', [`${found.endpoint} is subscribed to ${nameOf(found)}.`]);
  if (!acting) {
    const question = `Shall ${found.endpoint} be told what is published to ${nameOf(found)}?`;
    return page(200, 'Confirm this subscription', [question], 'Confirm');
  }
  const done = await confirmSubscription(chain, { token, topicArn: found.topicArn, caller: undefined });
  return page(200, 'Confirmed', [`${done.endpoint} is subscribed to ${nameOf(done)}.`]);
}

async function leavePage(chain: ChainContext, id: string, acting: boolean): Promise<PageReply> {
  const row = await chain.store.read.selectFrom('subscriptions').selectAll().where('id', '=', id).executeTakeFirst();
  const found = row && subscriptionOf(row);
  if (!found || found.status === 'deleted')
    return page(200, 'Not subscribed', ['This subscription has ended already.']);
  if (!acting) {
    const question = `Shall ${found.endpoint} no longer be told what is published to ${nameOf(found)}?`;
    return page(200, 'End this subscription', [question], 'Unsubscribe');
  }
  await unsubscribe(chain, found.arn, undefined);
  return page(200, 'Unsubscribed', [
    `${found.endpoint} is no longer told what is published to ${nameOf(found)}.`,
    'A message with the way back is on its way, in case this was a mistake.',
  ]);
}

const nameOf = ({ topicArn }: Subscription): string => parseArn(topicArn)?.resource ?? topicArn;

function page(status: number, title: string, lines: readonly string[], action?: string): PageReply {
  const text = lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('');
  // The form has no target of its own: it posts to the address it was opened from.
  const form = action ? `<form method="post"><button>${escapeHtml(action)}</button></form>` : '';
  return {
    status,
    body:
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
      `<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title><style>body{font:17px/1.5 system-ui,sans-serif;` +
      `max-width:36rem;margin:12vh auto;padding:0 1rem}button{font:inherit;padding:.6em 1.2em}</style></head>` +
      `<body><h1>${escapeHtml(title)}</h1>${text}${form}</body></html>`,
  };
}
