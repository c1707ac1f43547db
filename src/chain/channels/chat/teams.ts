import type { ChatFormat } from './chat-format.ts';
import { cut } from './limits.ts';
import type { Story, Tone } from './story.ts';

/** Microsoft says 28 kB, and messages were seen refused from 20 kB on. */
const LARGEST = 18_000;

/** The colours that cards have. */
const STYLES: Readonly<Record<Tone, string>> = {
  critical: 'attention',
  high: 'attention',
  medium: 'warning',
  low: 'accent',
  info: 'emphasis',
  good: 'good',
};

/**
 * Microsoft Teams: an adaptive card for a workflow, or for an older incoming webhook. Strangers' words stand
 * in text runs, the one kind of text in cards that knows no Markdown. A mention needs an entity of its own.
 */
export const teams: ChatFormat = {
  name: 'Microsoft Teams',
  write(story) {
    let told = story.lines;
    for (;;) {
      const message = card(story, told);
      if (told.length === 0 || Buffer.byteLength(JSON.stringify(message)) <= LARGEST) return message;
      told = told.slice(0, Math.floor(told.length / 2));
    }
  },
  brief: (story) => card({ ...story, facts: [], sessions: [], text: '' }, []),
  /** The older webhooks answer 200 and say in the text what Teams itself answered. */
  objection({ status, body }) {
    const text = status === 200 ? Buffer.from(body).toString('utf8') : '';
    if (!/delivery failed|returned HTTP error/i.test(text)) return undefined;
    const [, code] = /HTTP error (\d{3})/.exec(text) ?? [];
    return { again: code === undefined || code === '429' || code === '412' || code.startsWith('5'), text };
  },
};

function card(story: Story, told: readonly string[]): object {
  const body: object[] = [
    {
      type: 'Container',
      style: STYLES[story.tone],
      bleed: true,
      items: [paragraph([{ text: cut(story.headline, 1_000), weight: 'Bolder', size: 'Medium' }])],
    },
    ...story.facts.map(([label, value]) =>
      paragraph([{ text: `${label}: `, weight: 'Bolder' }, { text: cut(value, 600) }]),
    ),
    ...story.sessions.slice(0, 10).map((sentence) => paragraph([{ text: cut(`• ${sentence}`, 400) }])),
    ...told.map((line) => paragraph([{ text: line, size: 'Small', fontType: 'Monospace' }])),
  ];
  if (told.length < story.lines.length) body.push(paragraph([{ text: '… more events than fit here', size: 'Small' }]));
  if (story.text !== '') body.push(...cut(story.text, 6_000).split('\n').filter(Boolean).map(sentence));
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          fallbackText: cut(story.headline, 1_000),
          msteams: { width: 'Full' },
          body,
          actions: story.links.map(({ text, url }) => ({ type: 'Action.OpenUrl', title: text, url })),
        },
      },
    ],
  };
}

interface Run {
  readonly text: string;
  readonly weight?: 'Bolder';
  readonly size?: 'Medium' | 'Small';
  readonly fontType?: 'Monospace';
}

const paragraph = (runs: readonly Run[]) => ({
  type: 'RichTextBlock',
  inlines: runs.map((run) => ({ type: 'TextRun', ...run })),
});

const sentence = (text: string) => paragraph([{ text }]);
