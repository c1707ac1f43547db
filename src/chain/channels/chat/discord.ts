import type { ChatFormat } from './chat-format.ts';
import { cut, fitting } from './limits.ts';
import type { Story, Tone } from './story.ts';

/** Discord's limits, in characters; all texts of a message together have the last. */
const LONGEST_TITLE = 256;
const LONGEST_VALUE = 1_024;
const MOST_FIELDS = 25;
const LONGEST_IN_ALL = 6_000;

const COLOURS: Readonly<Record<Tone, number>> = {
  critical: 0xb00020,
  high: 0xd9480f,
  medium: 0xf0a500,
  low: 0x4b7bec,
  info: 0x868e96,
  good: 0x2b8a3e,
};

/**
 * Discord: one embed. Nobody is ever mentioned, whatever the text says, and strangers' words are escaped, so
 * that they make no links.
 */
export const discord: ChatFormat = {
  name: 'Discord',
  address(endpoint) {
    const url = new URL(endpoint);
    // Without it Discord answers yes before it has looked at the message.
    url.searchParams.set('wait', 'true');
    return url.href;
  },
  write: (story) => ({ embeds: [embed(story)], allowed_mentions: { parse: [] } }),
  brief: ({ headline }) => ({
    content: cutEscaped(headline, 2_000),
    allowed_mentions: { parse: [] },
  }),
};

function embed(story: Story): object {
  const title = cutEscaped(story.headline, LONGEST_TITLE);
  const fields: { name: string; value: string; inline: boolean }[] = [];
  const links = story.links.map(({ text, url }) => `[${text}](${url})`).join('  ');
  const footer = 'Trailbell';
  let room = LONGEST_IN_ALL - title.length - footer.length - links.length - 2;
  const add = (name: string, value: string, inline: boolean): void => {
    if (value === '' || fields.length >= MOST_FIELDS) return;
    const fits = Math.min(LONGEST_VALUE, room - name.length);
    if (fits < 100) return;
    fields.push({ name, value: value.length <= fits ? value : cut(value, fits), inline });
    room -= name.length + (fields.at(-1)?.value.length ?? 0);
  };
  for (const [label, value] of story.facts) {
    add(label, escapeMarkdown(cut(value, 400)), value.length <= 40);
  }
  add('Sign-in sessions', escapedLines(story.sessions, LONGEST_VALUE), false);
  const told = escapedLines(story.lines, Math.max(100, Math.min(LONGEST_VALUE, room - 20)));
  add('What was done', told, false);
  add('Message', escapedLines(story.text === '' ? [] : story.text.split('\n'), LONGEST_VALUE), false);
  return {
    title,
    ...(links === '' ? {} : { description: links }),
    color: COLOURS[story.tone],
    fields,
    footer: { text: footer },
    timestamp: story.at,
  };
}

const cutEscaped = (text: string, most: number): string =>
  cut(escapeMarkdown(cut(text, most)), most).replace(/\\…$/, '…');

/** Escaped before they are counted, so that no escape is cut in two. */
const escapedLines = (lines: readonly string[], most: number): string =>
  lines.length === 0 ? '' : fitting(lines.map(escapeMarkdown), most).replace(/\\…/g, '…');

/** A backslash takes the meaning from any sign; some have one only where a line begins, or in an address. */
const escapeMarkdown = (text: string): string =>
  text
    .replace(/[\\`*_~|[\]()<>]/g, '\\$&')
    .replace(/^(\s*)([#+-])/, '$1\\$2')
    .replaceAll('://', ':\\//');
