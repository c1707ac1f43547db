import { Hono } from 'hono';
import { z } from 'zod';
import { Refusal } from '../base/refusal.ts';
import { parseArn } from '../base/scope.ts';
import {
  CHANNEL_ATTRIBUTE,
  CHANNEL_TAG,
  CHAT_KINDS,
  chatKindOf,
  TEMPLATE_ATTRIBUTE,
} from '../chain/channels/chat/chat-kind.ts';
import { blankDocument } from '../chain/channels/chat/json-document.ts';
import { templateProblem } from '../chain/channels/chat/template.ts';
import type { ChainContext } from '../chain/context.ts';
import { subscribe } from '../chain/topics/subscribe.ts';
import { subscriptionOf } from '../chain/topics/subscription.ts';

const request = z.strictObject({
  topic: z.string().max(512),
  channel: z.enum(CHAT_KINDS),
  endpoint: z.string().max(2_048),
  template: z.unknown().optional(),
});

const LARGEST = 65_536;

/** Answers `POST /api/v1/channels`, which subscribes a webhook in a format, and `GET /api/v1/channels`. */
export function channelsApi(context: ChainContext): Hono {
  return new Hono()
    .get('/api/v1/channels', async (c) => c.json({ channels: await listChannels(context) }))
    .post('/api/v1/channels', async (c) => {
      const body = readJson((await c.req.text()).slice(0, LARGEST + 1));
      const wish = request.safeParse(body);
      if (!wish.success) {
        const [issue] = wish.error.issues;
        return c.json({ message: `${issue?.path.join('.') || 'the body'}: ${issue?.message}` }, 400);
      }
      const { topic, channel, endpoint, template } = wish.data;
      const problem = templateFault(channel, template);
      if (problem !== undefined) return c.json({ message: `template: ${problem}` }, 400);
      const arn = parseArn(topic);
      if (arn?.service !== 'sns') return c.json({ message: 'topic: the ARN of a topic is wanted' }, 400);
      try {
        const subscription = await subscribe(context, arn, {
          topicArn: topic,
          protocol: endpoint.startsWith('http://') ? 'http' : 'https',
          endpoint,
          principal: `arn:aws:iam::${arn.account}:root`,
          own: {
            [CHANNEL_ATTRIBUTE]: channel,
            ...(template === undefined ? {} : { [TEMPLATE_ATTRIBUTE]: JSON.stringify(template) }),
          },
        });
        return c.json({ subscription: subscription.arn, channel, status: subscription.status }, 201);
      } catch (error) {
        if (error instanceof Refusal) return c.json({ message: error.message }, 400);
        throw error;
      }
    });
}

function templateFault(channel: string, template: unknown): string | undefined {
  if (template === undefined) return undefined;
  if (channel !== 'json') return `only the channel json takes one, not ${channel}`;
  return templateProblem(template, blankDocument());
}

function readJson(text: string): unknown {
  if (text.length > LARGEST) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Every webhook that is sent a format, and why. */
async function listChannels(context: ChainContext) {
  const [subscriptions, topics] = await Promise.all([
    context.store.read.selectFrom('subscriptions').selectAll().where('protocol', 'in', ['http', 'https']).execute(),
    context.store.read.selectFrom('topics').select(['id', 'tags']).execute(),
  ]);
  const tags = new Map(topics.map((topic) => [topic.id, JSON.parse(topic.tags) as Record<string, string>]));
  return subscriptions.map(subscriptionOf).flatMap((subscription) => {
    const own = tags.get(subscription.topicId) ?? {};
    const channel = chatKindOf(subscription, own);
    if (channel === undefined) return [];
    const by = subscription.attributes[CHANNEL_ATTRIBUTE]
      ? 'api'
      : chatKindOf(subscription, {}) === undefined
        ? CHANNEL_TAG
        : 'address';
    return [{ subscription: subscription.arn, topic: subscription.topicArn, channel, by, status: subscription.status }];
  });
}
