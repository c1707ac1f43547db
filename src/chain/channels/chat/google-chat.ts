import { escapeHtml } from '../email/html.ts';
import type { ChatFormat } from './chat-format.ts';
import { cut, fitting } from './limits.ts';
import type { Story, Tone } from './story.ts';

/** Google's limit for a card, with room for what surrounds it. */
const LARGEST = 30_000;

const COLOURS: Readonly<Record<Tone, string>> = {
  critical: '#b00020',
  high: '#d9480f',
  medium: '#b26a00',
  low: '#1a56db',
  info: '#5f6368',
  good: '#1e7e34',
};

/**
 * Google Chat: a card. Its texts know a few HTML tags and no mentions, so strangers' words are escaped as in
 * HTML; the text for notifications knows mentions, which begin with `<`, and has none.
 */
export const googleChat: ChatFormat = {
  name: 'Google Chat',
  write(story) {
    const whole = message(story, story.lines);
    if (Buffer.byteLength(JSON.stringify(whole)) <= LARGEST) return whole;
    return message({ ...story, sessions: [], text: cut(story.text, 4_000) }, story.lines.slice(0, 5));
  },
  brief: ({ headline }) => ({ text: withoutMentions(cut(headline, 1_000)) }),
};

function message(story: Story, told: readonly string[]): object {
  const headline = `<b><font color="${COLOURS[story.tone]}">${escapeHtml(cut(story.headline, 1_000))}</font></b>`;
  const sections: object[] = [{ widgets: [paragraph(headline)] }];
  if (story.facts.length > 0) {
    const facts = story.facts.map(([label, value]) => ({
      decoratedText: { topLabel: label, text: escapeHtml(cut(value, 1_000)), wrapText: true },
    }));
    sections.push({ widgets: facts });
  }
  if (story.sessions.length > 0) sections.push(listed('Sign-in sessions', story.sessions));
  if (told.length > 0) sections.push(listed('What was done', told));
  if (story.text !== '') sections.push({ widgets: [lines(story.text.split('\n'))] });
  if (story.links.length > 0) {
    const buttons = story.links.map(({ text, url }) => ({ text, onClick: { openLink: { url } } }));
    sections.push({ widgets: [{ buttonList: { buttons } }] });
  }
  return {
    fallbackText: withoutMentions(cut(story.headline, 1_000)),
    cardsV2: [{ cardId: 'trailbell', card: { header: { title: 'Trailbell', subtitle: titleOf(story) }, sections } }],
  };
}

const paragraph = (text: string) => ({ textParagraph: { text } });

/** Line breaks are tags of five letters, and nothing may be cut in the middle of an escape. */
const lines = (each: readonly string[]) =>
  paragraph(
    fitting(each, 8_000)
      .split('\n')
      .map((line) => escapeHtml(line))
      .join('<br>'),
  );

const listed = (header: string, each: readonly string[]) => ({ header, widgets: [lines(each)] });

/** Words of ours alone. */
function titleOf({ kind, tone }: Story): string {
  if (kind === 'ring') return `Alarm, severity ${tone}`;
  return kind === 'end' ? 'End of an alarm' : kind === 'confirmation' ? 'Subscription' : 'Message';
}

const withoutMentions = (text: string): string => text.replaceAll('<', '‹').replaceAll('>', '›');
