import { z } from 'zod';
import { faultsBy, strings, type Verdict } from './verdict.ts';

const embed = z
  .strictObject({
    title: z.string().min(1).max(256).optional(),
    description: z.string().min(1).max(4_096).optional(),
    url: z.url().optional(),
    color: z.number().int().min(0).max(0xffffff).optional(),
    timestamp: z.iso.datetime().optional(),
    footer: z.strictObject({ text: z.string().min(1).max(2_048) }).optional(),
    fields: z
      .array(
        z.strictObject({
          name: z.string().trim().min(1).max(256),
          value: z.string().trim().min(1).max(1_024),
          inline: z.boolean().optional(),
        }),
      )
      .max(25)
      .optional(),
  })
  .refine((each) => lengthOf(each) <= 6_000, 'embeds have at most 6000 characters in all');

const lengthOf = (value: unknown): number =>
  strings(value)
    .filter(([name]) => name !== 'timestamp' && name !== 'url')
    .reduce((sum, [, text]) => sum + text.length, 0);

/** `Execute Webhook`, by Discord's reference of messages and embeds. */
const message = z
  .strictObject({
    content: z.string().max(2_000).optional(),
    username: z.string().min(1).max(80).optional(),
    embeds: z.array(embed).max(10).optional(),
    allowed_mentions: z.strictObject({ parse: z.array(z.enum(['roles', 'users', 'everyone'])) }).optional(),
  })
  .refine((body) => body.content || body.embeds?.length, 'Cannot send an empty message');

/** A masked link that is not escaped, and an address that becomes one by itself. */
const MASKED = /(?<!\\)\[[^\]]*(?<!\\)\]\(([^)]*)\)/g;
const BARE = /https?:\/\/[^\s)]+/g;

export function judgeDiscord(body: unknown): Verdict {
  const { allowed_mentions: allowed } = body as { allowed_mentions?: { parse: string[] } };
  const texts = strings(body)
    .filter(([name]) => ['content', 'title', 'description', 'name', 'value'].includes(name))
    .map(([, text]) => text);
  const calls = texts.flatMap((text) => text.match(/@everyone|@here|<@[!&]?\d+>/g) ?? []);
  return {
    faults: faultsBy(message, body),
    mentions: allowed?.parse.length === 0 ? [] : calls,
    links: texts.flatMap((text) => [
      ...[...text.matchAll(MASKED)].map(([, url]) => url ?? ''),
      ...(text.replace(MASKED, '').match(BARE) ?? []),
    ]),
  };
}
