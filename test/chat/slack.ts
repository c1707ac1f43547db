import { z } from 'zod';
import { faultsBy, objects, type Verdict } from './verdict.ts';

const plain = (most: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(most), emoji: z.boolean().optional() });
const mrkdwn = (most: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(most), verbatim: z.boolean().optional() });
const text = (most: number) => z.union([plain(most), mrkdwn(most)]);

const section = z
  .strictObject({
    type: z.literal('section'),
    text: text(3_000).optional(),
    fields: z.array(text(2_000)).min(1).max(10).optional(),
  })
  .refine((block) => block.text !== undefined || block.fields !== undefined, 'a section has text or fields');
const header = z.strictObject({ type: z.literal('header'), text: plain(150) });
const context = z.strictObject({ type: z.literal('context'), elements: z.array(text(2_000)).min(1).max(10) });
const divider = z.strictObject({ type: z.literal('divider') });
const blocks = z.array(z.union([section, header, context, divider])).max(50);

/** An incoming webhook's message, by Slack's reference of blocks, attachments and limits. */
const message = z
  .strictObject({
    text: z.string().max(40_000).optional(),
    blocks: blocks.optional(),
    attachments: z
      .array(
        z.strictObject({
          color: z.string().regex(/^(#[0-9a-f]{6}|good|warning|danger)$/i),
          fallback: z.string().optional(),
          blocks,
        }),
      )
      .max(100)
      .optional(),
    mrkdwn: z.boolean().optional(),
    unfurl_links: z.boolean().optional(),
    unfurl_media: z.boolean().optional(),
  })
  .refine((body) => body.text || body.blocks || body.attachments, 'no_text');

export function judgeSlack(body: unknown): Verdict {
  const own = body as { text?: string };
  const marked = objects(body).filter((part) => part.type === 'mrkdwn');
  // The text on top is markup too: `<!channel>`, `<@U1>`, `<#C1>` and `<https://…|…>` act there.
  const markup = [own.text ?? '', ...marked.map((part) => String(part.text))];
  const angles = markup.flatMap((each) => [...each.matchAll(/<([^>]*)>/g)].map(([, inner]) => inner ?? ''));
  return {
    faults: faultsBy(message, body),
    mentions: angles.filter((inner) => /^[!@#]/.test(inner)),
    links: angles.filter((inner) => !/^[!@#]/.test(inner)).map((inner) => inner.split('|')[0] ?? ''),
  };
}
