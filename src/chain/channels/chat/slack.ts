import type { ChatFormat } from './chat-format.ts';
import { cut, fitting } from './limits.ts';
import type { Story, Tone } from './story.ts';

/** Slack's limits: characters of a text, of a field, and fields in a section. */
const LONGEST_TEXT = 3_000;
const LONGEST_FIELD = 2_000;
const MOST_FIELDS = 10;

const COLOURS: Readonly<Record<Tone, string>> = {
  critical: '#b00020',
  high: '#d9480f',
  medium: '#f0a500',
  low: '#4b7bec',
  info: '#868e96',
  good: '#2b8a3e',
};

/**
 * Slack's incoming webhooks: a line of text, and an attachment whose colour is the severity.
 * Strangers' words stand in plain text, where nothing is a mention or a link; in the line above, the three
 * characters that begin anything special are escaped.
 */
export const slack: ChatFormat = {
  name: 'Slack',
  write: (story) => ({
    ...line(story),
    attachments: [{ color: COLOURS[story.tone], fallback: cut(story.headline, LONGEST_TEXT), blocks: blocksOf(story) }],
  }),
  brief: (story) => line(story),
};

const line = ({ headline }: Story) => ({
  text: cut(escapeSlack(headline), LONGEST_TEXT),
  mrkdwn: false,
  unfurl_links: false,
  unfurl_media: false,
});

function blocksOf(story: Story): object[] {
  const blocks: object[] = [];
  const cells = story.facts.flatMap(([label, value]) => [bold(label), plain(value, LONGEST_FIELD)]);
  for (let from = 0; from < cells.length; from += MOST_FIELDS) {
    blocks.push({ type: 'section', fields: cells.slice(from, from + MOST_FIELDS) });
  }
  if (story.sessions.length > 0) blocks.push({ type: 'section', text: listed(story.sessions) });
  if (story.lines.length > 0) blocks.push({ type: 'section', text: listed(story.lines) });
  if (story.text !== '') blocks.push({ type: 'section', text: listed(story.text.split('\n')) });
  if (story.links.length > 0) {
    const links = story.links.map(({ text, url }) => `<${escapeSlack(url)}|${text}>`).join('   ');
    blocks.push({ type: 'section', text: { type: 'mrkdwn', text: cut(links, LONGEST_TEXT), verbatim: true } });
  }
  const when = `Trailbell, ${story.at.slice(0, 19).replace('T', ' ')} UTC`;
  blocks.push({ type: 'context', elements: [plain(when, LONGEST_FIELD)] });
  return blocks;
}

/** For our own words only. */
const bold = (text: string) => ({ type: 'mrkdwn', text: `*${text}*`, verbatim: true });

const plain = (text: string, most: number) => ({ type: 'plain_text', text: cut(text, most), emoji: false });

const listed = (lines: readonly string[]) => ({
  type: 'plain_text',
  text: fitting(lines, LONGEST_TEXT),
  emoji: false,
});

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Slack's own rule: these three, and nothing else, begin markup that does something. */
const escapeSlack = (text: string): string => text.replace(/[&<>]/g, (sign) => SIGNS[sign] ?? '');
