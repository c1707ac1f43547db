import { plainText } from '../../../trail/plain-text.ts';
import type { Outgoing } from '../channel.ts';
import type { Links } from '../links.ts';
import { type MeaningOf, noMeaning } from '../meaning.ts';
import { clockText, type Notice, type NoticeEvent, readNotice } from '../notice.ts';
import { type NoticeLink, noticeLinks, safeLinks } from '../notice-links.ts';

/** How urgent it looks. */
export type Tone = 'critical' | 'high' | 'medium' | 'low' | 'info' | 'good';

/** A message as people are to be told it, before it takes the form of a service. All texts are single lines. */
export interface Story {
  /** `end`: an alarm that rang is over. `message`: no alarm. `confirmation`: may this address be told? */
  readonly kind: 'ring' | 'end' | 'message' | 'confirmation';
  readonly tone: Tone;
  readonly headline: string;
  /** Who, from where, which alarm and why, as label and value; never empty values. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** A sentence for each sign-in session, where there are several. */
  readonly sessions: readonly string[];
  /** What was done, a line each. */
  readonly lines: readonly string[];
  /** The rest of a message that is no alarm; may have lines. */
  readonly text: string;
  readonly links: readonly NoticeLink[];
  readonly notice: Notice | undefined;
  readonly outgoing: Outgoing;
  /** When it was told, ISO 8601. */
  readonly at: string;
}

const LONGEST_HEADLINE = 500;
const LONGEST_TEXT = 20_000;
const TOLD = 20;

/** Reads what a message tells. Nothing in it is trusted: an alarm's texts are whatever strangers put into records. */
export function storyOf(outgoing: Outgoing, links: Links, meaningOf: MeaningOf = noMeaning): Story {
  const { message, topic } = outgoing;
  const at = new Date(message.publishedAt).toISOString();
  const common = { outgoing, at, sessions: [], lines: [], text: '', notice: undefined };
  if (message.kind !== 'Notification') {
    const joining = message.kind === 'SubscriptionConfirmation';
    const headline = joining
      ? `Somebody wants this channel to be told what is published to ${topic.arn}`
      : `This channel no longer gets what is published to ${topic.arn}`;
    const action = joining ? 'Confirm subscription' : 'Restore subscription';
    const page = { text: action, url: links.confirmPage(message.token ?? '') };
    return { ...common, kind: 'confirmation', tone: 'info', headline, facts: [], links: safeLinks([page]) };
  }
  const notice = readNotice(message.ring ?? message.text, meaningOf);
  if (notice) return alarmStory(notice, outgoing, links, at);
  const [first = '', ...rest] = message.text.slice(0, LONGEST_TEXT).split('\n');
  const headline = plainText(message.subject ?? first, LONGEST_HEADLINE) || 'A message without words';
  const body = message.subject === undefined ? rest.join('\n') : message.text.slice(0, LONGEST_TEXT);
  const text = body
    .split('\n')
    .map((line) => plainText(line, 2_000))
    .join('\n')
    .trim();
  return { ...common, kind: 'message', tone: 'info', headline, facts: [['Topic', topic.arn]], text, links: [] };
}

function alarmStory(notice: Notice, outgoing: Outgoing, links: Links, at: string): Story {
  const over = notice.newState === 'OK';
  return {
    kind: over ? 'end' : 'ring',
    tone: toneOf(notice),
    headline: plainText(notice.headline, LONGEST_HEADLINE),
    facts: factsOf(notice),
    sessions: notice.sessions.length > 1 ? [...notice.sessions, ...more(notice.sessionTotal, notice.sessions)] : [],
    lines: linesOf(notice),
    text: '',
    links: noticeLinks(notice, links),
    notice,
    outgoing,
    at,
  };
}

const TONES: readonly Tone[] = ['critical', 'high', 'medium', 'low', 'info'];

/** An alarm without a severity is meant seriously. */
function toneOf({ newState, severity }: Notice): Tone {
  if (newState === 'OK') return 'good';
  if (newState !== 'ALARM') return 'low';
  return TONES.find((tone) => tone === severity) ?? 'high';
}

function factsOf(notice: Notice): [string, string][] {
  const { events } = notice;
  const facts: [string, string][] = [
    ['Who', listed(events.map(({ principal }) => principal))],
    ['Did', listed(events.map(({ action, result }) => (result === 'success' ? action : `${action} (${result})`)))],
    ['From', listed(events.map(({ from }) => from))],
    ['Region', listed(events.map(({ region }) => region))],
    ['MFA', listed(events.map(({ mfa }) => mfa))],
    ['What it means', notice.meaning],
    ['Alarm', notice.description === '' ? notice.alarm : `${notice.alarm}: ${notice.description}`],
    ['Severity', notice.severity],
    ['State', `${notice.change} in account ${notice.account}, ${notice.region}`],
    ['Since', clockText(notice.time)],
    ['Why', notice.reason],
  ];
  return facts.flatMap(([label, value]): [string, string][] =>
    value === '' ? [] : [[label, plainText(value, 1_000)]],
  );
}

const NAMED = 5;

/** Each once, in order, and how many more. */
function listed(values: readonly string[]): string {
  const each = [...new Set(values.filter((value) => value !== ''))];
  const shown = each.slice(0, NAMED).join(', ');
  return each.length > NAMED ? `${shown} and ${each.length - NAMED} more` : shown;
}

const linesOf = ({ events, total }: Notice): string[] => {
  const told = events.slice(0, TOLD).map(lineOf);
  return total > told.length && told.length > 0 ? [...told, `… and ${total - told.length} more events`] : told;
};

function lineOf({ time, principal, action, result, from }: NoticeEvent): string {
  const parts = [action, result === 'success' ? '' : result, principal, from && `from ${from}`];
  return plainText(`${clockText(time)}  ${parts.filter((part) => part !== '').join(', ')}`, 400);
}

const more = (total: number, shown: readonly string[]): string[] =>
  total > shown.length ? [`… and ${total - shown.length} more sign-in sessions`] : [];
