import { clockText, type Notice, type NoticeEvent } from '../notice.ts';
import type { NoticeLink } from '../notice-links.ts';
import { buttons, escapeHtml, paragraph, table } from './html.ts';

/** The body of a mail in both forms. */
export interface MailBody {
  readonly text: string;
  /** The inside of an HTML page. */
  readonly html: string;
}

type Column = readonly [title: string, cell: (event: NoticeEvent) => string];

const COLUMNS: readonly Column[] = [
  ['When', (event) => clockText(event.time)],
  ['Who', (event) => event.principal],
  ['Did', (event) => event.action],
  ['Result', (event) => event.result],
  ['From', (event) => event.from],
  ['MFA', (event) => event.mfa],
  ['Region', (event) => event.region],
  ['With', (event) => event.userAgent],
  ['Event', (event) => event.eventId],
];

/** An alarm for people: the sentence first, then what it means and what to do, who did what, and what the alarm is. */
export function ringMail(notice: Notice, links: readonly NoticeLink[]): MailBody {
  const facts = factsOf(notice);
  return { text: plain(notice, facts, links), html: rich(notice, facts, links) };
}

/** The sessions, a sentence each. A single one is told by the headline. */
export function sessionLines({ sessions, sessionTotal }: Notice): string[] {
  if (sessions.length < 2) return [];
  const more = moreOf(sessionTotal - sessions.length, 'sign-in session');
  return more === '' ? [...sessions] : [...sessions, more];
}

/** What the alarm is, name and value; never empty values. */
export const factsOf = (notice: Notice): [string, string][] =>
  (
    [
      ['Alarm', notice.alarm],
      ['About', notice.description],
      ['Severity', notice.severity],
      ['Account', notice.account],
      ['Region', notice.region],
      ['State', notice.change],
      ['Since', clockText(notice.time)],
      ['Why', notice.reason],
      ['Metric', notice.metric],
    ] as [string, string][]
  ).filter(([, value]) => value !== '');

const moreOf = (rest: number, what: string): string =>
  rest > 0 ? `… and ${rest} more ${what}${rest === 1 ? '' : 's'}` : '';

function plain(notice: Notice, facts: readonly [string, string][], links: readonly NoticeLink[]): string {
  const lines = [notice.headline, ''];
  if (notice.meaning !== '') lines.push(notice.meaning, '');
  if (links.length > 0) lines.push(...links.map(({ text, url }) => `${text}: ${url}`), '');
  const sessions = sessionLines(notice);
  const more = moreEvents(notice);
  if (sessions.length > 0) lines.push('Sign-in sessions', ...sessions.map((line) => `  * ${line}`), '');
  if (notice.events.length > 0) {
    lines.push('What was done', ...notice.events.flatMap(eventLines));
    lines.push(more === '' ? '' : `  ${more}\n`);
  }
  return [...lines, ...factLines(facts)].join('\n');
}

/** What the alarm is, for a plain mail. */
export const factLines = (facts: readonly [string, string][]): string[] => [
  'The alarm',
  ...facts.map(([name, value]) => `  ${`${name}:`.padEnd(10)} ${value}`),
];

/** One event in three lines of a plain mail. */
export const eventLines = (event: NoticeEvent): string[] => [
  `  ${[clockText(event.time), event.principal].filter(Boolean).join('  ')}`,
  `    ${[event.action, event.result].filter(Boolean).join(': ')}`,
  `    ${originOf(event)}`,
];

/** `… and 3 more events`; empty where `shown` are all. */
export const moreEvents = (notice: Notice, shown = notice.events.length): string =>
  moreOf(notice.total - shown, 'event');

const originOf = (event: NoticeEvent): string =>
  [
    event.from && `from ${event.from}`,
    event.mfa && `MFA ${event.mfa}`,
    event.region,
    event.userAgent,
    event.eventId && `event ${event.eventId}`,
  ]
    .filter(Boolean)
    .join(', ');

/** The colour of the stripe beside the sentence. */
const STRIPES: Readonly<Record<string, string>> = {
  critical: '#b00020',
  high: '#d9480f',
  medium: '#f0a500',
  low: '#4b7bec',
  info: '#868e96',
};
const OVER = '#2b8a3e';

/** The first line of an HTML mail, with the colour of the alarm's severity beside it. */
export function headlineHtml(headline: string, { severity, newState }: Pick<Notice, 'severity' | 'newState'>): string {
  const colour = newState === 'OK' ? OVER : (STRIPES[severity] ?? STRIPES.high);
  const style = `font-size:19px;line-height:1.35;margin:0 0 14px;padding-left:12px;border-left:6px solid ${colour}`;
  return `<h1 style="${style}">${escapeHtml(headline)}</h1>`;
}

/** A heading inside an HTML mail, of text that is HTML already. */
export const heading = (html: string): string => `<h2 style="font-size:15px;margin:20px 0 6px">${html}</h2>`;

/** The sessions as a list of an HTML mail. */
export const sessionList = (sessions: readonly string[]): string =>
  `<ul style="margin:0 0 14px;padding-left:20px">${sessions.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`;

/** Events as the table of an HTML mail. */
export function eventTable(events: readonly NoticeEvent[]): string {
  // A column that says nothing only makes the others narrow.
  const columns = COLUMNS.filter(([, cell]) => events.some((event) => cell(event) !== ''));
  return table(
    columns.map(([title]) => title),
    events.map((event) => columns.map(([, cell]) => cell(event))),
  );
}

function rich(notice: Notice, facts: readonly [string, string][], links: readonly NoticeLink[]): string {
  const sessions = sessionLines(notice);
  const more = moreEvents(notice);
  const parts = [headlineHtml(notice.headline, notice)];
  if (notice.meaning !== '') parts.push(paragraph(notice.meaning));
  if (links.length > 0) parts.push(buttons(links));
  if (sessions.length > 0) {
    parts.push(heading('Sign-in sessions'), sessionList(sessions));
  }
  if (notice.events.length > 0) {
    parts.push(heading('What was done'), eventTable(notice.events));
    if (more !== '') parts.push(paragraph(more));
  }
  parts.push(heading('The alarm'), table(['', ''], facts));
  return parts.join('\n');
}
