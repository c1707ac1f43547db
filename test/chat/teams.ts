import { z } from 'zod';
import { faultsBy, objects, type Verdict } from './verdict.ts';

const run = z.strictObject({
  type: z.literal('TextRun'),
  text: z.string().min(1),
  weight: z.enum(['Lighter', 'Default', 'Bolder']).optional(),
  size: z.enum(['Small', 'Default', 'Medium', 'Large', 'ExtraLarge']).optional(),
  fontType: z.enum(['Default', 'Monospace']).optional(),
});
const rich = z.strictObject({ type: z.literal('RichTextBlock'), inlines: z.array(run).min(1) });
const container = z.strictObject({
  type: z.literal('Container'),
  style: z.enum(['default', 'emphasis', 'good', 'attention', 'warning', 'accent']),
  bleed: z.boolean().optional(),
  items: z.array(rich).min(1),
});
const card = z.strictObject({
  $schema: z.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
  type: z.literal('AdaptiveCard'),
  version: z.enum(['1.0', '1.1', '1.2', '1.3', '1.4', '1.5']),
  fallbackText: z.string().min(1).optional(),
  msteams: z.strictObject({ width: z.literal('Full') }).optional(),
  body: z.array(z.union([rich, container])).min(1),
  actions: z
    .array(z.strictObject({ type: z.literal('Action.OpenUrl'), title: z.string().min(1), url: z.url() }))
    .max(6),
});

/** What the workflow "when a webhook request is received" takes: adaptive cards in attachments. */
const message = z.strictObject({
  type: z.literal('message'),
  attachments: z
    .array(
      z.strictObject({
        contentType: z.literal('application/vnd.microsoft.card.adaptive'),
        contentUrl: z.null(),
        content: card,
      }),
    )
    .min(1),
});

const LARGEST = 28 * 1_024;

export function judgeTeams(body: unknown): Verdict {
  const size = Buffer.byteLength(JSON.stringify(body));
  const actions = objects(body).filter((part) => part.type === 'Action.OpenUrl');
  // Markdown acts in text blocks and facts; a mention needs an entity.
  const marked = objects(body).filter((part) => part.type === 'TextBlock' || part.type === 'FactSet');
  const entities = objects(body).flatMap((part) => (part.entities === undefined ? [] : ['an entity']));
  return {
    faults: [...faultsBy(message, body), ...(size > LARGEST ? [`${size} bytes: RequestEntityTooLarge`] : [])],
    mentions: [...entities, ...marked.map((part) => `markdown in a ${part.type}`)],
    links: actions.map((part) => String(part.url)),
  };
}
