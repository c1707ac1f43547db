import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NOON } from '../../../../test/chain/notice-world.ts';
import { outgoing, TOKEN } from '../../../../test/chain/outgoing.ts';
import { exampleEnd, exampleRing, RING_ID, ringMessage } from '../../../../test/chat/example-ring.ts';
import { chatReceiver, JUDGES } from '../../../../test/chat/receiver.ts';
import { FakeClock } from '../../../base/fake-clock.ts';
import { openNetwork } from '../../../base/network.ts';
import type { Outgoing, OutgoingMessage } from '../channel.ts';
import { linksUnder } from '../links.ts';
import { chatChannel, FORMATS } from './chat-channel.ts';
import { CHAT_KINDS, type ChatKind } from './chat-kind.ts';
import { jsonDocument } from './json-document.ts';
import { storyOf } from './story.ts';

const links = linksUnder(
  () => 'https://bell.example.com',
  (ringId) => `/rings/acknowledge?ring=${ringId}`,
);
const ACKNOWLEDGE = `https://bell.example.com/rings/acknowledge?ring=${RING_ID}`;
const DETAILS = `https://bell.example.com/console/rings/${RING_ID}`;

function channel(settings: { allowLoopback?: boolean } = { allowLoopback: true }) {
  const network = openNetwork(settings);
  onTestFinished(() => network.close());
  return chatChannel(network, links, new FakeClock(NOON));
}

const to = (kind: ChatKind, url: string, message: Partial<OutgoingMessage>): Outgoing =>
  outgoing(url, message, { chat: kind });

/** What strangers can put into records and alarms to call people, to make links, or to break a format. */
const HOSTILE =
  '<!channel> <!here> <@U123> <#C1> @everyone @here <@&42> <users/all> &lt;!channel&gt; [click](https://evil.example) ' +
  '<https://evil.example|Runbook> https://evil.example <at>all</at> **bold** `code` <b>x</b> {{headline}} \u202egnp "\\ \u0000';

const hostileRing = (text = HOSTILE) =>
  exampleRing(
    { AlarmName: text, AlarmDescription: text, NewStateReason: text, Region: text },
    {
      headline: text,
      sessions: [{ sentence: text }, { sentence: text }],
      events: [{ time: text, account: text, principal: text, action: text, result: text, sourceAddress: text }],
      total: 7,
    },
  );

const PEOPLE = CHAT_KINDS.filter((kind) => kind !== 'json');

describe.each(CHAT_KINDS)('%s', (kind) => {
  it('takes a ring, written as in the documentation', async () => {
    const { url, received } = await chatReceiver(kind);
    const message = to(kind, url, ringMessage(exampleRing()));
    expect(await channel().deliver(message)).toMatchObject({ result: 'delivered' });
    const [{ body, verdict, headers }] = received as [(typeof received)[0]];
    expect(verdict).toMatchObject({ faults: [], mentions: [] });
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    await expect(`${JSON.stringify(body, null, 2)}\n`).toMatchFileSnapshot(`../../../../docs/channels/${kind}.json`);
  });

  it('takes the end of an alarm, a message that is none, and a question to confirm', async () => {
    const { url, received } = await chatReceiver(kind);
    const door = channel();
    const messages: Partial<OutgoingMessage>[] = [
      ringMessage(exampleEnd()),
      { text: 'A first line\nand a second <!channel>' },
      { subject: 'About', text: 'one\n\ntwo' },
      { text: '' },
      { kind: 'SubscriptionConfirmation', text: 'You have chosen', token: TOKEN },
      { kind: 'UnsubscribeConfirmation', text: 'You have chosen', token: TOKEN },
    ];
    for (const message of messages) {
      expect(await door.deliver(to(kind, url, message))).not.toHaveProperty('protest');
    }
    expect(received.map(({ verdict }) => [verdict.faults, verdict.mentions])).toEqual(messages.map(() => [[], []]));
  });

  it('takes whatever strangers wrote, without calling anybody or linking anywhere else', async () => {
    const { url, received } = await chatReceiver(kind);
    const door = channel();
    for (const message of [ringMessage(hostileRing()), { text: HOSTILE }, { subject: HOSTILE, text: HOSTILE }]) {
      const outcome = await door.deliver(to(kind, url, message));
      expect(outcome).toMatchObject({ result: 'delivered' });
      expect(outcome).not.toHaveProperty('protest');
    }
    for (const { verdict } of received) {
      expect(verdict.mentions).toEqual([]);
      expect(
        verdict.links.filter(
          (link) => !link.startsWith('https://bell.example.com/') && !link.startsWith('https://wiki.'),
        ),
      ).toEqual([]);
    }
  });

  it('takes the largest ring there can be', async () => {
    const { url, received } = await chatReceiver(kind);
    const events = Array.from({ length: 100 }, (_, i) => ({
      time: '2026-03-04T11:55:10.000Z',
      principal: `role ${'é'.repeat(500)}${i}`,
      action: `<&>*_${'𝄞'.repeat(500)}`,
      result: 'x'.repeat(1_000),
      sourceAddress: `203.0.113.${i}`,
      region: 'us-east-1',
    }));
    const sessions = Array.from({ length: 50 }, () => ({ sentence: '(&)'.repeat(333) }));
    const long = exampleRing(
      { AlarmName: 'n'.repeat(255), AlarmDescription: '&'.repeat(1_024), NewStateReason: '<'.repeat(1_023) },
      { headline: '&'.repeat(5_000), events, sessions, total: 100_000, sessionTotal: 5_000 },
    );
    const outcome = await channel().deliver(to(kind, url, ringMessage(long)));
    expect(received.map(({ verdict }) => verdict.faults)).toEqual([[]]);
    expect(outcome).not.toHaveProperty('protest');
  });

  it('takes anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 3_000 }), fc.string({ maxLength: 300 }), (one, other) => {
        const texts = [ringMessage(hostileRing(one)), { text: one }, { subject: other || 'x', text: one }];
        for (const text of texts) {
          const url = `https://example.com/?routing_key=${'a'.repeat(32)}`;
          const body = FORMATS[kind].write(storyOf(to(kind, url, text), links));
          const { faults, mentions } = JUDGES[kind](JSON.parse(JSON.stringify(body)));
          expect([faults, mentions]).toEqual([[], []]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    [404, 'giveUp', 'rejected'],
    [403, 'giveUp', 'rejected'],
    [410, 'giveUp', 'rejected'],
    [302, 'giveUp', 'rejected'],
    [429, 'retry', 'throttled'],
    [500, 'retry', 'server-error'],
    [503, 'retry', 'server-error'],
  ])('that answers %i ends as %s', async (status, result, reason) => {
    const { url, received } = await chatReceiver(kind, () => ({ status, text: 'no_service' }));
    const outcome = await channel().deliver(to(kind, url, ringMessage(exampleRing())));
    expect(outcome).toMatchObject({ result, reason, status });
    expect(received.length).toBe(1);
  });
});

describe('the receivers of these tests', () => {
  it.each([
    ['slack', { text: 'hello <!channel>' }],
    [
      'slack',
      { attachments: [{ color: '#000000', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '<@U1>' } }] }] },
    ],
    ['google-chat', { text: 'hello <users/all>' }],
    ['discord', { content: '@everyone' }],
    ['discord', { embeds: [{ title: 'x' }], content: '<@42>', allowed_mentions: { parse: ['users'] } }],
  ] as const)('of %s see who would be called', (kind, body) => {
    expect(JUDGES[kind](body)).toMatchObject({ faults: [], mentions: [expect.anything()] });
  });

  it.each([
    ['slack', { text: '' }],
    ['slack', { blocks: [{ type: 'section', text: { type: 'plain_text', text: 'x'.repeat(3_001) } }] }],
    ['slack', { blocks: [{ type: 'section', fields: Array(11).fill({ type: 'plain_text', text: 'x' }) }] }],
    ['teams', { type: 'message', attachments: [] }],
    ['google-chat', { cardsV2: [{ cardId: 'x', card: { header: { title: 'x' }, sections: [{ widgets: [] }] } }] }],
    ['google-chat', { text: 'x'.repeat(32_000) }],
    ['discord', { embeds: [{ title: 'x', fields: [{ name: 'x', value: ' ' }] }] }],
    ['discord', { embeds: [{ title: 'x'.repeat(257) }] }],
    [
      'discord',
      { embeds: [{ description: 'x'.repeat(4_000), fields: Array(3).fill({ name: 'x', value: 'x'.repeat(999) }) }] },
    ],
    ['pagerduty', { routing_key: 'short', event_action: 'resolve', dedup_key: 'x' }],
    ['pagerduty', { routing_key: 'x'.repeat(32), event_action: 'trigger', dedup_key: 'x' }],
  ] as const)('of %s refuse %j', (kind, body) => expect(JUDGES[kind](body).faults).not.toEqual([]));
});

describe('a chat', () => {
  it.each(PEOPLE)('%s says the headline first, how bad it is, and where to look', async (kind) => {
    const { url, received } = await chatReceiver(kind);
    await channel().deliver(to(kind, url, ringMessage(exampleRing())));
    const text = JSON.stringify(received[0]!.body);
    for (const part of ['signed in to the console', '203.0.113.7', 'cis-4.3', 'iam CreateAccessKey', 'critical']) {
      expect(text, part).toContain(part);
    }
    expect(text.indexOf('Root of')).toBeLessThan(text.indexOf('Threshold Crossed'));
    expect(received[0]!.verdict.links).toEqual(['https://wiki.example.com/root', ACKNOWLEDGE, DETAILS]);
  });

  it('is called again no sooner than it asked, in seconds or by a date, and never later than in an hour', async () => {
    const waits: unknown[] = [];
    const inTwoMinutes = new Date(NOON + 120_000).toUTCString();
    for (const after of ['30', '0.65', inTwoMinutes, '99999999', 'soon', '-5']) {
      const { url } = await chatReceiver('slack', () => ({ status: 429, headers: { 'retry-after': after } }));
      const outcome = await channel().deliver(to('slack', url, ringMessage(exampleRing())));
      waits.push((outcome as { waitMs?: number }).waitMs);
    }
    expect(waits).toEqual([30_000, 650, 120_000, 3_600_000, undefined, undefined]);
  });

  it.each(PEOPLE.filter((kind) => kind !== 'pagerduty'))(
    '%s that refuses the whole gets the bare sentence',
    async (kind) => {
      const { url, received } = await chatReceiver(kind, (nth) =>
        nth === 1 ? { status: 400, text: 'no' } : undefined,
      );
      const outcome = await channel().deliver(to(kind, url, ringMessage(hostileRing())));
      expect(outcome).toMatchObject({ result: 'delivered', protest: { reason: 'rejected' } });
      expect(received).toHaveLength(2);
      expect(received[1]!.verdict).toMatchObject({ faults: [], mentions: [] });
      expect(JSON.stringify(received[1]!.body).length).toBeLessThan(2_500);
    },
  );

  it('that refuses the bare sentence too ends with its first words', async () => {
    const { url } = await chatReceiver('slack', (nth) => ({ status: 400, text: nth === 1 ? 'invalid_blocks' : 'no' }));
    const outcome = await channel().deliver(to('slack', url, ringMessage(exampleRing())));
    expect(outcome).toMatchObject({ result: 'giveUp', reason: 'rejected', text: 'Slack answered 400: invalid_blocks' });
  });

  it.each([
    ['429', 'retry', 'throttled'],
    ['503', 'retry', 'throttled'],
    ['403', 'giveUp', 'rejected'],
  ])('of Teams that answers 200 and means %s is not taken at its word', async (code, result, reason) => {
    const text = `Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error ${code} with ContextId x.`;
    const { url } = await chatReceiver('teams', () => ({ status: 200, text }));
    const outcome = await channel().deliver(to('teams', url, ringMessage(exampleRing())));
    expect(outcome).toMatchObject({ result, reason });
  });

  it('behind a closed door is given up without a word', async () => {
    const { url, received } = await chatReceiver('slack');
    const outcome = await channel({}).deliver(to('slack', url, ringMessage(exampleRing())));
    expect(outcome).toMatchObject({ result: 'giveUp', reason: 'blocked' });
    expect(received).toEqual([]);
  });

  it('of Discord is asked to look before it answers', async () => {
    const { url, received } = await chatReceiver('discord');
    await channel().deliver(to('discord', url, ringMessage(exampleRing())));
    expect(received[0]!.path).toBe('/api/webhooks/123/token?wait=true');
  });
});

describe('PagerDuty', () => {
  const keysOf = async (...rings: Record<string, unknown>[]) => {
    const { url, received } = await chatReceiver('pagerduty');
    const door = channel();
    for (const ring of rings) await door.deliver(to('pagerduty', url, ringMessage(ring)));
    expect(received.map(({ path }) => path)).toEqual(rings.map(() => '/v2/enqueue'));
    return received.map(({ body }) => body as { event_action: string; dedup_key: string; routing_key: string });
  };

  it('opens one incident for an alarm and its repetitions, and ends it with the alarm', async () => {
    const events = await keysOf(exampleRing(), exampleRing({}, { ring: 'repeat', id: 'other' }), exampleEnd());
    expect(events.map((event) => event.event_action)).toEqual(['trigger', 'trigger', 'resolve']);
    expect(new Set(events.map((event) => event.dedup_key)).size).toBe(1);
    expect(events[0]!.routing_key).toBe('0123456789abcdef'.repeat(2));
  });

  it('opens an incident of its own for a further sign-in session, and for history', async () => {
    const events = await keysOf(
      exampleRing(),
      exampleRing({}, { ring: 'session', id: 'r-2' }),
      exampleRing({}, { ring: 'history', id: 'r-3' }),
    );
    expect(new Set(events.map((event) => event.dedup_key)).size).toBe(3);
  });

  it('is not called without its key', async () => {
    const { url, received } = await chatReceiver('pagerduty');
    const outcome = await channel().deliver(to('pagerduty', url.split('?')[0]!, ringMessage(exampleRing())));
    expect(outcome).toMatchObject({ result: 'giveUp', reason: 'bad-url' });
    expect(received).toEqual([]);
  });
});

describe('JSON by a template', () => {
  it('is what the template says', async () => {
    const { url, received } = await chatReceiver('json');
    const template = {
      title: 'Bell: {{headline}}',
      level: '{{severity}}',
      n: '{{total}}',
      events: '{{ events }}',
      nested: [{ who: '{{alarm.account}}/{{alarm.name}}', sessions: 'x{{sessions}}' }, true, null, 4],
    };
    const message = to('json', url, ringMessage(exampleRing({ AlarmName: 'a "quoted" {{total}} name' })));
    const attributes = { TrailbellTemplate: JSON.stringify(template) };
    await channel().deliver({ ...message, subscription: { ...message.subscription, attributes } });
    const document = jsonDocument(storyOf(message, links));
    expect(received[0]!.body).toEqual({
      title: `Bell: ${document.headline}`,
      level: 'critical',
      n: 3,
      events: document.events,
      nested: [{ who: '000000000000/a "quoted" {{total}} name', sessions: `x${document.headline}` }, true, null, 4],
    });
  });
});
