import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTopicCommand, ListSubscriptionsByTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from './engine/start.ts';
import { until } from './engine/until.ts';

const ADDRESS = 'team@example.com';

/** The newest kept mail whose subject begins so. */
const mailOf = (engine: TestEngine, subject: string) =>
  until(`the mail "${subject}"`, async () => {
    const folder = join(engine.dataDir, 'mail');
    const names = readdirSync(engine.dataDir).includes('mail') ? readdirSync(folder) : [];
    for (const name of names.filter((each) => each.endsWith('.eml'))) {
      const mail = await simpleParser(readFileSync(join(folder, name)));
      if (mail.subject?.startsWith(subject)) return mail;
    }
    return undefined;
  });

const linkIn = (text = ''): string => /https?:\/\/\S+\/subscriptions\/\S+/.exec(text)?.[0] ?? '';

/** What mail scanners, previews and prefetching browsers do with a link. */
async function scan(link: string): Promise<void> {
  for (const method of ['GET', 'HEAD', 'GET', 'OPTIONS', 'PUT', 'DELETE'])
    await fetch(link, { method }).catch(() => undefined);
  await fetch(link, { headers: { 'user-agent': 'Microsoft Safe Links', 'sec-purpose': 'prefetch' } });
}

const click = (link: string, body: string, headers: Record<string, string> = {}) =>
  fetch(link, { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });

describe('the links in mails', () => {
  it('do nothing when they are opened, and act on a click', { timeout: 40_000 }, async () => {
    const engine = await startEngine();
    const sns = new SNSClient({
      endpoint: engine.url,
      region: 'us-east-1',
      credentials: { accessKeyId: '000000000000', secretAccessKey: 'any' },
    });
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'bell' }));
    const state = async () => {
      const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
      return Subscriptions.map(({ SubscriptionArn = '' }) =>
        SubscriptionArn.startsWith('arn:') ? 'in' : SubscriptionArn,
      );
    };
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: ADDRESS }));

    const confirm = linkIn((await mailOf(engine, 'Confirm your subscription')).text);
    await scan(confirm);
    expect(await state()).toEqual(['PendingConfirmation']);
    const foreign = await click(confirm, `token=${new URL(confirm).searchParams.get('token')}`, {
      origin: 'https://evil.example',
    });
    expect([foreign.status, await state()]).toEqual([403, ['PendingConfirmation']]);
    const page = await (await fetch(confirm)).text();
    const token = /name="token" value="([0-9a-f]+)"/.exec(page)?.[1];
    expect((await click(confirm.split('?')[0]!, `token=${token}`)).status).toBe(200);
    expect(await state()).toEqual(['in']);

    await fetch(engine.url, {
      method: 'POST',
      body: new URLSearchParams({
        Action: 'Publish',
        Version: '2010-03-31',
        TopicArn: TopicArn!,
        Subject: 'Hello',
        Message: 'x',
      }),
    });
    const leave = linkIn((await mailOf(engine, 'Hello')).text);
    await scan(leave);
    expect(await state()).toEqual(['in']);
    // RFC 8058: what a mail program posts when its user presses its own button.
    expect((await click(leave, 'List-Unsubscribe=One-Click')).status).toBe(200);
    expect(await state()).toEqual(['Deleted']);

    const back = linkIn((await mailOf(engine, 'You have left')).text);
    await scan(back);
    expect(await state()).toEqual(['Deleted']);
    expect((await click(back.split('?')[0]!, `token=${new URL(back).searchParams.get('token')}`)).status).toBe(200);
    expect(await state()).toEqual(['in']);
  });
});
