import { z } from 'zod';
import { faultsBy, objects, strings, type Verdict } from './verdict.ts';

const paragraph = z.strictObject({ textParagraph: z.strictObject({ text: z.string().min(1) }) });
const decorated = z.strictObject({
  decoratedText: z.strictObject({
    topLabel: z.string().optional(),
    text: z.string().min(1),
    wrapText: z.boolean().optional(),
  }),
});
const buttons = z.strictObject({
  buttonList: z.strictObject({
    buttons: z
      .array(
        z.strictObject({
          text: z.string().min(1),
          onClick: z.strictObject({ openLink: z.strictObject({ url: z.url() }) }),
        }),
      )
      .min(1),
  }),
});
const section = z.strictObject({
  header: z.string().optional(),
  widgets: z.array(z.union([paragraph, decorated, buttons])).min(1),
});

/** `spaces.messages.create`, as far as an incoming webhook may use it. */
const message = z
  .strictObject({
    text: z.string().optional(),
    fallbackText: z.string().optional(),
    cardsV2: z
      .array(
        z.strictObject({
          cardId: z.string(),
          card: z.strictObject({
            header: z.strictObject({ title: z.string().min(1), subtitle: z.string().optional() }),
            sections: z.array(section).min(1),
          }),
        }),
      )
      .optional(),
  })
  .refine((body) => body.text || body.cardsV2, 'Message cannot be empty');

const LARGEST = 32_000;
const MOST_WIDGETS = 100;
const TAG = /<(?!\/?(b|i|u|s|br)>|font color="#[0-9a-f]{6}">|\/font>)/i;

export function judgeGoogleChat(body: unknown): Verdict {
  const faults = faultsBy(message, body);
  const size = Buffer.byteLength(JSON.stringify(body));
  if (size > LARGEST) faults.push(`${size} bytes: Message is too long`);
  const widgets = objects(body).flatMap(({ widgets: each }) => (Array.isArray(each) ? each : []));
  if (widgets.length > MOST_WIDGETS) faults.push(`${widgets.length} widgets`);
  const { text = '', fallbackText = '' } = body as { text?: string; fallbackText?: string };
  const inCards = strings((body as { cardsV2?: unknown }).cardsV2).filter(([name]) => name === 'text');
  return {
    faults,
    mentions: [
      ...[text, fallbackText].filter((each) => each.includes('<')),
      ...inCards.filter(([, each]) => TAG.test(each)).map(([, each]) => each),
    ],
    links: objects(body).flatMap(({ openLink }) => (openLink ? [String((openLink as { url: string }).url)] : [])),
  };
}
