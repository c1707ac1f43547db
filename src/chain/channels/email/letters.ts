import type { Outgoing } from '../channel.ts';
import type { Links } from '../links.ts';
import type { MeaningOf } from '../meaning.ts';
import { readNotice } from '../notice.ts';
import { noticeLinks } from '../notice-links.ts';
import { type GroupMail, groupMail } from './group-mail.ts';
import { button, escapeHtml, htmlMail, link, paragraph, small } from './html.ts';
import type { Mail } from './mail.ts';
import { type MailBody, ringMail } from './ring-mail.ts';

/** What a mail says; who sends it and how is added by the channel. */
export type Letter = Pick<Mail, 'subject' | 'text' | 'html' | 'headers'>;

/** A message of a topic, for people; or several that leave as one mail. */
export function notificationLetter(outgoing: Outgoing, links: Links, meaningOf?: MeaningOf): Letter {
  const { subscription, topic } = outgoing;
  const { subject, ...body } = contentOf(outgoing, links, meaningOf);
  const leave = links.unsubscribePage(subscription.id);
  const why = `You get this mail because ${subscription.endpoint} is subscribed to ${topic.arn}.`;
  return {
    subject: subject.slice(0, 300),
    text: `${body.text}\n\n--\n${why}\nTo stop it, open this page and confirm: ${leave}\n`,
    html: htmlMail(subject, `${body.html}${small(`${escapeHtml(why)}<br>${link(leave, 'Unsubscribe')}`)}`),
    headers: leaveHeaders(leave),
  };
}

function contentOf(outgoing: Outgoing, links: Links, meaningOf: MeaningOf | undefined): GroupMail {
  const { message, also = [], topic } = outgoing;
  if (also.length > 0) return groupMail([message, ...also.map((joined) => joined.message)], links, meaningOf);
  const notice = readNotice(message.ring ?? message.text, meaningOf);
  const body: MailBody = notice
    ? ringMail(notice, noticeLinks(notice, links))
    : { text: message.text, html: paragraph(message.text) };
  return { ...body, subject: message.subject ?? notice?.headline ?? `Notification from ${nameOf(topic.arn)}` };
}

/** The question whether somebody wants to be told, or has meant to leave. */
export function confirmationLetter(outgoing: Outgoing, links: Links): Letter {
  const { message, subscription, topic } = outgoing;
  const page = links.confirmPage(message.token ?? '');
  const joining = message.kind === 'SubscriptionConfirmation';
  const subject = joining ? `Confirm your subscription to ${nameOf(topic.arn)}` : `You have left ${nameOf(topic.arn)}`;
  const what = joining
    ? `Somebody wants ${subscription.endpoint} to be told what is published to ${topic.arn}.\nIf that is right, open the page below and confirm. If not, do nothing: the request expires after two days.`
    : `${subscription.endpoint} no longer gets what is published to ${topic.arn}.\nIf that was not intended, open the page below within two days and confirm, and the subscription is restored.`;
  const action = joining ? 'Confirm subscription' : 'Restore subscription';
  return {
    subject,
    text: `${what}\n\n${action}: ${page}\n`,
    html: htmlMail(subject, `${paragraph(what)}${button(page, action)}${small(link(page, page))}`),
    headers: {},
  };
}

/** The document for programs that read mail. */
export function jsonLetter(outgoing: Outgoing, links: Links, document: string): Letter {
  const { message, subscription, topic } = outgoing;
  const fallback = message.kind === 'Notification' ? 'Notification from' : `${message.kind} of`;
  return {
    subject: (message.subject ?? `${fallback} ${nameOf(topic.arn)}`).slice(0, 300),
    text: document,
    headers: message.kind === 'Notification' ? leaveHeaders(links.unsubscribePage(subscription.id)) : {},
  };
}

const nameOf = (topicArn: string): string => topicArn.slice(topicArn.lastIndexOf(':') + 1);

/** RFC 2369, and RFC 8058 where its one click can be trusted to reach us. */
const leaveHeaders = (page: string): Record<string, string> => ({
  'List-Unsubscribe': `<${page}>`,
  ...(page.startsWith('https:') ? { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } : {}),
});
