import type { OutgoingMessage } from '../channel.ts';
import type { Links } from '../links.ts';
import type { MeaningOf } from '../meaning.ts';
import { type Notice, readNotice } from '../notice.ts';
import { type NoticeLink, noticeLinks } from '../notice-links.ts';
import { buttons, escapeHtml, link, paragraph, table } from './html.ts';
import {
  eventLines,
  eventTable,
  factLines,
  factsOf,
  heading,
  headlineHtml,
  type MailBody,
  moreEvents,
  sessionLines,
  sessionList,
} from './ring-mail.ts';

/** A mail about several messages. */
export interface GroupMail extends MailBody {
  readonly subject: string;
}

/** One of them, as far as it can be read. */
interface Part {
  readonly at: string;
  readonly headline: string;
  readonly text: string;
  readonly notice: Notice | undefined;
  readonly links: readonly NoticeLink[];
}

/** Events of each ring that are told in the mail; all of them are behind its link. */
const EVENTS_EACH = 5;
const LONGEST_HEADLINE = 300;
const LONGEST_TEXT = 5_000;

/**
 * Many messages that came within a short while, in their order: of a ring its headline, links, sessions and first events, of
 * another message its text. What is the same for all rings of an alarm is said once, at the end.
 */
export function groupMail(messages: readonly OutgoingMessage[], links: Links, meaningOf?: MeaningOf): GroupMail {
  const parts = messages.map((message) => partOf(message, links, meaningOf));
  const newest = parts.findLast(({ notice }) => notice !== undefined)?.notice;
  const alarms = new Set(parts.map(({ notice }) => notice?.alarmArn ?? ''));
  const one = alarms.size === 1 ? newest : undefined;
  const what = one ? 'rings' : 'messages';
  const title = `${parts.length} ${what}${one ? ` of ${one.alarm}` : ''} from ${parts[0]?.at} to ${parts.at(-1)?.at}`;
  const advice = one ? noticeLinks({ ...one, ringId: '' }, links) : [];
  const last = messages.at(-1)?.subject ?? parts.at(-1)?.headline ?? '';
  return {
    subject: `${parts.length} ${what}: ${last}`,
    text: plain(title, parts, one, advice),
    html: rich(title, parts, one, advice),
  };
}

function partOf(message: OutgoingMessage, links: Links, meaningOf: MeaningOf | undefined): Part {
  const notice = readNotice(message.ring ?? message.text, meaningOf);
  const [first = ''] = message.text.split('\n', 1);
  return {
    at: new Date(message.publishedAt)
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z$/, ' UTC'),
    headline: (notice?.headline ?? message.subject ?? first).slice(0, LONGEST_HEADLINE),
    text: notice ? '' : shortened(message.text),
    notice,
    // What to do is the same for all of them.
    links: notice ? noticeLinks({ ...notice, runbook: '' }, links) : [],
  };
}

const shortened = (text: string): string => (text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)} …`);

function plain(
  title: string,
  parts: readonly Part[],
  alarm: Notice | undefined,
  advice: readonly NoticeLink[],
): string {
  const lines = [title, ''];
  for (const [index, part] of parts.entries()) {
    lines.push(`${index + 1}. ${part.at}  ${part.headline}`);
    lines.push(...part.links.map(({ text, url }) => `   ${text}: ${url}`));
    if (part.notice) lines.push(...told(part.notice).map((line) => ` ${line}`));
    else lines.push('', ...part.text.split('\n').map((line) => `   ${line}`));
    lines.push('');
  }
  if (!alarm) return lines.join('\n').trimEnd();
  if (alarm.meaning !== '') lines.push(alarm.meaning, '');
  if (advice.length > 0) lines.push(...advice.map(({ text, url }) => `${text}: ${url}`), '');
  return [...lines, ...factLines(factsOf(alarm))].join('\n');
}

/** Sessions and events of one ring, line by line. */
function told(notice: Notice): string[] {
  const events = notice.events.slice(0, EVENTS_EACH);
  const more = moreEvents(notice, events.length);
  return [
    ...sessionLines(notice).map((line) => `  * ${line}`),
    ...events.flatMap(eventLines),
    ...(more === '' ? [] : [`  ${more}`]),
  ];
}

function rich(title: string, parts: readonly Part[], alarm: Notice | undefined, advice: readonly NoticeLink[]): string {
  const html = [headlineHtml(title, alarm ?? { severity: 'info', newState: '' })];
  for (const [index, { at, headline, links, notice, text }] of parts.entries()) {
    html.push(heading(`${index + 1}. ${escapeHtml(at)}<br>${escapeHtml(headline)}`));
    if (links.length > 0)
      html.push(`<p style="margin:0 0 8px">${links.map((each) => link(each.url, each.text)).join(' · ')}</p>`);
    if (!notice) {
      html.push(paragraph(text));
      continue;
    }
    const events = notice.events.slice(0, EVENTS_EACH);
    const sessions = sessionLines(notice);
    const more = moreEvents(notice, events.length);
    if (sessions.length > 0) html.push(sessionList(sessions));
    if (events.length > 0) html.push(eventTable(events));
    if (more !== '') html.push(paragraph(more));
  }
  if (alarm) {
    if (alarm.meaning !== '') html.push(paragraph(alarm.meaning));
    if (advice.length > 0) html.push(buttons(advice));
    html.push(heading('The alarm'), table(['', ''], factsOf(alarm)));
  }
  return html.join('\n');
}
