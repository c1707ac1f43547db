import {
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
  TagResourceCommand,
} from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { chatReceiver } from './chat/receiver.ts';
import { ROOT_SIGN_IN_HEADLINE, rootSignIn } from './engine/root-sign-in.ts';
import { startEngine } from './engine/start.ts';
import { until } from './engine/until.ts';

const TopicArn = 'arn:aws:sns:us-east-1:000000000000:trailbell-cis';

const clientOf = (endpoint: string) =>
  new SNSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: '000000000000', secretAccessKey: 'any' },
  });

const post = (url: string, body: unknown) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

async function signInAsRoot(url: string): Promise<void> {
  expect((await fetch(`${url}/api/v1/ingest`, { method: 'POST', body: rootSignIn(new Date()) })).status).toBe(200);
}

describe('a ring', () => {
  it("reaches a chat that a topic's tag names, with no handshake, through AWS's own calls", async () => {
    const engine = await startEngine({ cis: true });
    const { url, received } = await chatReceiver('slack');
    const sns = clientOf(engine.url);
    await sns.send(
      new TagResourceCommand({ ResourceArn: TopicArn, Tags: [{ Key: 'trailbell:channel', Value: 'slack' }] }),
    );
    const made = await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint: url }));
    expect(made.SubscriptionArn).toMatch(/^arn:aws:sns:us-east-1:000000000000:trailbell-cis:/);
    await signInAsRoot(engine.url);
    await until('the ring', () => received.length > 0);
    expect(received[0]!.verdict).toMatchObject({ faults: [], mentions: [] });
    expect(JSON.stringify(received[0]!.body)).toContain(ROOT_SIGN_IN_HEADLINE);
    const listed = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect(listed.Subscriptions?.map(({ SubscriptionArn }) => SubscriptionArn)).toEqual([made.SubscriptionArn]);
  });

  it('reaches what our own API subscribed, by a template that can be changed', async () => {
    const engine = await startEngine({ cis: true });
    const { url: endpoint, received } = await chatReceiver('json');
    const wish = {
      topic: TopicArn,
      channel: 'json',
      endpoint,
      template: { text: '{{headline}}', who: '{{alarm.name}}' },
    };
    const made = await post(`${engine.url}/api/v1/channels`, wish);
    expect(made.status).toBe(201);
    expect(await made.json()).toMatchObject({ channel: 'json', status: 'confirmed' });
    await signInAsRoot(engine.url);
    // Root came without a second factor: two controls ring.
    await until('both rings', () => received.length > 1);
    const byAlarm = (one: unknown, other: unknown): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);
    expect(received.map(({ body }) => body).sort(byAlarm)).toEqual([
      { text: ROOT_SIGN_IN_HEADLINE, who: 'cis-4.2' },
      { text: ROOT_SIGN_IN_HEADLINE, who: 'cis-4.3' },
    ]);

    await post(`${engine.url}/api/v1/channels`, { ...wish, template: { again: '{{headline}}' } });
    await clientOf(engine.url).send(new PublishCommand({ TopicArn, Message: 'hello' }));
    await until('the message', () => received.length > 2);
    expect(received[2]!.body).toEqual({ again: 'hello' });
    const { channels } = (await (await fetch(`${engine.url}/api/v1/channels`)).json()) as { channels: unknown[] };
    expect(channels).toMatchObject([{ topic: TopicArn, channel: 'json', by: 'api', status: 'confirmed' }]);
  });

  it.each([
    [{ topic: TopicArn, channel: 'smoke', endpoint: 'https://example.com/' }, 'channel: '],
    [{ topic: 'x', channel: 'slack', endpoint: 'https://example.com/' }, 'topic: the ARN of a topic'],
    [{ topic: `${TopicArn}x`, channel: 'slack', endpoint: 'https://example.com/' }, 'Topic does not exist'],
    [{ topic: TopicArn, channel: 'slack', endpoint: 'https://example.com/', template: {} }, 'only the channel json'],
    [
      { topic: TopicArn, channel: 'json', endpoint: 'https://example.com/', template: { a: '{{x}}' } },
      'template: {{x}}',
    ],
    [{ topic: TopicArn, channel: 'json', endpoint: 'ftp://example.com/' }, 'Endpoint must match'],
    ['nonsense', 'the body: '],
  ])('is not promised for %j', async (wish, message) => {
    const engine = await startEngine({ cis: true });
    const answer = await post(`${engine.url}/api/v1/channels`, wish);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { message: string }).message).toContain(message);
  });
});

it('the pages behind links name no secret of an address', async () => {
  const engine = await startEngine({ cis: true });
  const endpoint = 'https://user:S3same@hooks.slack.com/services/T000/B000/SECRET';
  const made = await post(`${engine.url}/api/v1/channels`, { topic: TopicArn, channel: 'slack', endpoint });
  const { subscription } = (await made.json()) as { subscription: string };
  const id = subscription.slice(subscription.lastIndexOf(':') + 1);
  const page = await (await fetch(`${engine.url}/subscriptions/unsubscribe?subscription=${id}`)).text();
  expect(page).toContain('hooks.slack.com');
  expect(page).not.toMatch(/SECRET|S3same/);
  const left = await fetch(`${engine.url}/subscriptions/unsubscribe?subscription=${id}`, { method: 'POST' });
  expect(left.status).toBe(403);
});
