import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { outgoing, TOKEN } from '../../../../test/chain/outgoing.ts';
import { exampleEnd, exampleRing, RING_ID, ringMessage } from '../../../../test/chat/example-ring.ts';
import type { Outgoing } from '../channel.ts';
import { linksUnder } from '../links.ts';
import { emailChannel } from './email-channel.ts';
import type { MailTransport } from './mail.ts';
import { mailFolder } from './mail-folder.ts';
import { smtpTransport } from './smtp.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const ADDRESS = 'ann@example.com';
const ALARM = JSON.stringify({
  AlarmName: 'cis-4.3',
  AlarmDescription: 'Root was used <script>',
  AWSAccountId: '111122223333',
  NewStateValue: 'ALARM',
  OldStateValue: 'OK',
  NewStateReason: 'Threshold Crossed: 1 datapoint [3.0] was greater than or equal to the threshold (1.0).',
  StateChangeTime: '2026-03-04T12:00:00.000+0000',
  Region: 'EU (Ireland)',
  Trigger: { Namespace: 'CISBenchmark', MetricName: 'CIS-4.3', Statistic: 'SUM', Period: 300, Threshold: 1 },
  Trailbell: {
    ring: 'transition',
    headline: 'Root of 1111-2222-3333 signed in to the console from 203.0.113.7 without MFA',
    total: 3,
    sessionTotal: 1,
    sessions: [{ sentence: 'Root of 1111-2222-3333 signed in to the console from 203.0.113.7 without MFA' }],
    events: [
      {
        time: '2026-03-04T11:59:00.000Z',
        account: '111122223333',
        principal: 'root',
        action: 'ConsoleLogin',
        result: 'succeeded',
        sourceAddress: '203.0.113.7',
        userAgent: 'Mozilla/5.0 <b>',
        mfa: 'no',
        region: 'us-east-1',
        eventId: 'e-1',
      },
    ],
  },
});

function channel(transport: MailTransport, publicUrl = 'https://bell.example') {
  const documents = { write: async ({ message }: Outgoing) => `{"Message":"${message.text}"}` };
  return emailChannel({
    transport,
    from: 'Trailbell <bell@example.net>',
    links: linksUnder(() => publicUrl),
    documents,
  });
}

interface Received {
  readonly from: string;
  readonly to: string[];
  readonly mail: ParsedMail;
}

/** A real mail server that takes what it is given. */
async function mailServer(
  options: SMTPServerOptions = {},
): Promise<{ transport: MailTransport; received: Received[] }> {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData(stream, session, done) {
      simpleParser(stream).then((mail) => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({ from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), mail });
        done();
      }, done);
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const transport = smtpTransport({ url: `smtp://127.0.0.1:${port}` });
  undo.push(
    () => new Promise<void>((resolve) => server.close(resolve)),
    () => transport.close(),
  );
  return { transport, received };
}

const html = (mail: ParsedMail): string => (typeof mail.html === 'string' ? mail.html : '');

describe('a mail', () => {
  it('about an alarm says first who did what, in text and in HTML', async () => {
    const { transport, received } = await mailServer();
    const message = outgoing(ADDRESS, { subject: 'ALARM: "cis-4.3" in EU (Ireland)', text: ALARM });
    expect(await channel(transport).deliver(message)).toEqual({ result: 'delivered' });
    const [{ from, to, mail }] = received as [Received];
    expect([from, to, mail.subject]).toEqual(['bell@example.net', [ADDRESS], 'ALARM: "cis-4.3" in EU (Ireland)']);
    expect(mail.text).toBe(`Root of 1111-2222-3333 signed in to the console from 203.0.113.7 without MFA

What was done
  2026-03-04 11:59:00 UTC  root of 1111-2222-3333
    ConsoleLogin: succeeded
    from 203.0.113.7, MFA no, us-east-1, Mozilla/5.0 <b>, event e-1
  … and 2 more events

The alarm
  Alarm:     cis-4.3
  About:     Root was used <script>
  Account:   111122223333
  Region:    EU (Ireland)
  State:     OK → ALARM
  Since:     2026-03-04 12:00:00 UTC
  Why:       Threshold Crossed: 1 datapoint [3.0] was greater than or equal to the threshold (1.0).
  Metric:    CISBenchmark/CIS-4.3, SUM, 1, over 300 s

--
You get this mail because ann@example.com is subscribed to arn:aws:sns:eu-west-1:111122223333:security.
To stop it, open this page and confirm: https://bell.example/subscriptions/unsubscribe?subscription=6f0a2f9c-1111-4222-8333-444455556666
`);
    const page = html(mail);
    expect(page.indexOf('signed in to the console')).toBeLessThan(page.indexOf('ConsoleLogin'));
    expect(page.indexOf('ConsoleLogin')).toBeLessThan(page.indexOf('CISBenchmark'));
    expect(page).toContain('Root was used &lt;script&gt;');
    expect(page).not.toMatch(/<script|<b>/);
  });

  it('says what the alarm means, what to do, and who was where, as the documentation shows', async () => {
    const { transport, received } = await mailServer();
    const path = (ringId: string): string => `/rings/acknowledge?ring=${ringId}`;
    const links = linksUnder(() => 'https://bell.example.com', path);
    const documents = { write: async () => '' };
    const meaningOf = (metric: string) =>
      metric === 'CISBenchmark/CIS-4.3' ? 'Nobody needs root <often>.' : undefined;
    const door = emailChannel({ transport, from: 'Trailbell <bell@example.com>', links, documents, meaningOf });
    await door.deliver(outgoing('ann@example.com', ringMessage(exampleRing())));
    const { mail } = received[0]!;
    for (const part of [
      'Nobody needs root <often>.',
      'What to do: https://wiki.example.com/root',
      'Severity:  critical',
    ]) {
      expect(mail.text, part).toContain(part);
    }
    expect(mail.text).toContain(`Acknowledge: https://bell.example.com/rings/acknowledge?ring=${RING_ID}`);
    expect(mail.text).toContain(`Details: https://bell.example.com/console/rings/${RING_ID}`);
    const targets = [...html(mail).matchAll(/href="([^"]*)"/g)].map(([, url]) => url);
    expect(targets.slice(0, 3)).toEqual([
      'https://wiki.example.com/root',
      `https://bell.example.com/rings/acknowledge?ring=${RING_ID}`,
      `https://bell.example.com/console/rings/${RING_ID}`,
    ]);
    expect(html(mail)).toContain('Nobody needs root &lt;often&gt;.');
    await expect(mail.text ?? '').toMatchFileSnapshot('../../../../docs/channels/mail.txt');
    await expect(html(mail)).toMatchFileSnapshot('../../../../docs/channels/mail.html');
  });

  it('about several rings lists them all, each with its links, as the documentation shows', async () => {
    const { transport, received } = await mailServer();
    const path = (ringId: string): string => `/rings/acknowledge?ring=${ringId}`;
    const links = linksUnder(() => 'https://bell.example.com', path);
    const meaningOf = () => 'Nobody needs root <often>.';
    const door = emailChannel({
      transport,
      from: 'Trailbell <bell@example.com>',
      links,
      documents: { write: async () => '' },
      meaningOf,
    });
    const rings = [1, 2, 3].map((n) => {
      const own = { id: `${RING_ID.slice(0, -1)}${n}`, ring: 'session', total: n === 3 ? 40 : 3 };
      const headline = `Root of 1111-2222-3333 signed in to the console from 203.0.113.${n} <without> MFA`;
      return {
        id: `m${n}`,
        kind: 'Notification' as const,
        publishedAt: Date.UTC(2026, 2, 4, 12, 0, n),
        attributes: {},
        token: undefined,
        ...ringMessage(exampleRing({}, { ...own, headline, sessions: [{ sentence: headline }] })),
      };
    });
    const [first, ...also] = rings.map((message, n) => ({
      deliveryId: `d${n}`,
      message: outgoing('', message).message,
    }));
    const deliver = (joined: typeof also) => door.deliver({ ...outgoing('ann@example.com'), ...first!, also: joined });
    expect(await deliver(also)).toEqual({ result: 'delivered' });
    await deliver(also);
    await deliver(also.slice(1));
    const [{ mail }, again, fewer] = received as [Received, Received, Received];
    expect(mail.subject).toBe('3 rings: ALARM: "cis-4.3" in US East (N. Virginia)');
    expect(again.mail.messageId).toBe(mail.messageId);
    expect(fewer.mail.messageId).not.toBe(mail.messageId);
    expect(mail.headers.get('x-trailbell-delivery')).toBe('d0, d1, d2');
    expect(html(mail)).not.toContain('<without>');
    await expect(mail.text ?? '').toMatchFileSnapshot('../../../../docs/channels/mail-group.txt');
    await expect(html(mail)).toMatchFileSnapshot('../../../../docs/channels/mail-group.html');
  });

  it.each([
    ['confirm', { kind: 'SubscriptionConfirmation', token: TOKEN }],
    ['left', { kind: 'UnsubscribeConfirmation', token: TOKEN }],
    ['end', { ...ringMessage(exampleEnd()), subject: 'OK: "cis-4.3" in US East (N. Virginia)' }],
    ['message', { subject: 'Maintenance tonight', text: 'The bell is silent from 22:00 to 22:10 UTC.' }],
  ] as const)('of the kind "%s" is as the documentation shows', async (name, message) => {
    const { transport, received } = await mailServer();
    await channel(transport, 'https://bell.example.com').deliver(outgoing('ann@example.com', message));
    const { mail } = received[0]!;
    await expect(mail.text ?? '').toMatchFileSnapshot(`../../../../docs/channels/mail-${name}.txt`);
    await expect(html(mail)).toMatchFileSnapshot(`../../../../docs/channels/mail-${name}.html`);
  });

  it('about messages of others has the text of each', async () => {
    const { transport, received } = await mailServer();
    const also = [{ deliveryId: 'd1', message: outgoing('', { id: 'm2', text: 'second\nline <b>' }).message }];
    await channel(transport).deliver(outgoing(ADDRESS, { subject: 'First', text: 'first' }, { also }));
    const { mail } = received[0]!;
    expect(mail.subject).toBe('2 messages: second');
    expect(mail.text).toContain('1. 2026-03-04 12:00:00 UTC  First\n\n   first\n');
    expect(mail.text).toContain('2. 2026-03-04 12:00:00 UTC  second\n\n   second\n   line <b>\n');
    expect(html(mail)).toContain('second<br>line &lt;b&gt;');
  });

  it('links to nothing but web addresses, whatever the tags of an alarm say', async () => {
    const { transport, received } = await mailServer();
    const ring = exampleRing({}, { runbook: 'javascript:alert(1)', id: '"><script>' });
    await channel(transport).deliver(outgoing(ADDRESS, ringMessage(ring)));
    const { mail } = received[0]!;
    expect(html(mail)).not.toMatch(/javascript:|<script/);
    expect(mail.text).not.toContain('javascript:');
  });

  it('of an alarm that is over says so first', async () => {
    const { transport, received } = await mailServer();
    await channel(transport).deliver(outgoing(ADDRESS, ringMessage(exampleEnd())));
    expect(received[0]!.mail.text?.split('\n')[0]).toBe('cis-4.3 is over: it is back to OK');
    expect(received[0]!.mail.text).not.toContain('Acknowledge');
  });

  it('names its delivery, so that a repeat is known, and the way to leave', async () => {
    const { transport, received } = await mailServer();
    const message = outgoing(ADDRESS, { text: ALARM });
    await channel(transport).deliver(message);
    await channel(transport).deliver(message);
    const ids = received.map(({ mail }) => mail.messageId);
    expect(new Set(ids)).toEqual(new Set([`<${message.deliveryId}@example.net>`]));
    const headers = received[0]!.mail.headerLines.map(({ line }) => line.replace(/\r?\n\s+/g, ' '));
    const leave = 'https://bell.example/subscriptions/unsubscribe?subscription=6f0a2f9c-1111-4222-8333-444455556666';
    expect(headers).toEqual(
      expect.arrayContaining([
        `List-Unsubscribe: <${leave}>`,
        'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
        'Auto-Submitted: auto-generated',
      ]),
    );
  });

  it('offers one-click leaving only where it would come over TLS', async () => {
    const { transport, received } = await mailServer();
    await channel(transport, 'http://127.0.0.1:4780').deliver(outgoing(ADDRESS));
    expect(received[0]!.mail.headers.has('list-unsubscribe-post')).toBe(false);
  });

  it('carries a plain message as it is, under a name of its own', async () => {
    const { transport, received } = await mailServer();
    const text = 'Grüße\n.\nFrom here <i>on</i>';
    const message = outgoing(
      ADDRESS,
      { text },
      { topic: { arn: 'arn:aws:sns:eu-west-1:1:security', displayName: 'Team, Security', signatureVersion: '1' } },
    );
    await channel(transport).deliver(message);
    const { mail } = received[0]!;
    expect(mail.text?.startsWith(`${text}\n\n--`)).toBe(true);
    expect(html(mail)).toContain('From here &lt;i&gt;on&lt;/i&gt;');
    expect([mail.subject, mail.from?.value[0]]).toEqual([
      'Notification from security',
      { name: 'Team, Security', address: 'bell@example.net' },
    ]);
  });

  it('asks for confirmation with a link to a page, and never with one that acts when opened', async () => {
    const { transport, received } = await mailServer();
    await channel(transport).deliver(outgoing(ADDRESS, { kind: 'SubscriptionConfirmation', token: TOKEN }));
    await channel(transport).deliver(outgoing(ADDRESS, { kind: 'UnsubscribeConfirmation', token: TOKEN }));
    expect(received.map(({ mail }) => mail.subject)).toEqual([
      'Confirm your subscription to security',
      'You have left security',
    ]);
    for (const { mail } of received) {
      const links = [...`${mail.text} ${html(mail)}`.matchAll(/https:[^\s"<]+/g)].map(([link]) => link);
      expect(new Set(links)).toEqual(new Set([`https://bell.example/subscriptions/confirm?token=${TOKEN}`]));
    }
  });

  it('is the document where a program reads it', async () => {
    const { transport, received } = await mailServer();
    const message = outgoing(ADDRESS);
    await channel(transport).deliver({ ...message, subscription: { ...message.subscription, protocol: 'email-json' } });
    expect([received[0]!.mail.text?.trim(), received[0]!.mail.html]).toEqual(['{"Message":"hello"}', false]);
  });

  it.each([
    ['not json at all {', 'not json at all {'],
    ['{"AlarmName":"a"}', '{"AlarmName":"a"}'],
    ['{"AlarmName":"a","NewStateValue":"ALARM","Trailbell":null}', 'a:  → ALARM'],
    [
      '{"AlarmName":"a","NewStateValue":"ALARM","Trailbell":{"events":[null,7,{"time":{}}],"sessions":"x","total":"9"}}',
      'a:  → ALARM',
    ],
    ['{"AlarmName":"a","NewStateValue":"ALARM","__proto__":{"Trailbell":{}},"Trigger":[1]}', 'a:  → ALARM'],
  ])('comes through whatever its text, case %#', async (text, first) => {
    const { transport, received } = await mailServer();
    expect(await channel(transport).deliver(outgoing(ADDRESS, { text }))).toEqual({ result: 'delivered' });
    expect(received[0]!.mail.text?.split('\n')[0]).toBe(first);
  });

  const refusing = (code: number, message: string) => Object.assign(new Error(message), { responseCode: code });

  it('is given up when the server knows no such mailbox, and tried again when it is only busy', async () => {
    const gone = await mailServer({ onRcptTo: (_address, _session, done) => done(refusing(550, 'no such mailbox')) });
    expect(await channel(gone.transport).deliver(outgoing(ADDRESS))).toMatchObject({
      result: 'giveUp',
      reason: 'mailbox',
    });
    const busy = await mailServer({ onRcptTo: (_address, _session, done) => done(refusing(451, 'greylisted')) });
    expect(await channel(busy.transport).deliver(outgoing(ADDRESS))).toMatchObject({
      result: 'retry',
      reason: 'mailbox',
    });
  });

  it('is tried again when the server cannot be reached, or does not let us in', async () => {
    const nobody = smtpTransport({ url: 'smtp://127.0.0.1:1' });
    undo.push(() => nobody.close());
    expect(await channel(nobody).deliver(outgoing(ADDRESS))).toMatchObject({ result: 'retry', reason: 'refused' });
    const locked = await mailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(refusing(535, 'wrong password')),
    });
    expect(await channel(locked.transport).deliver(outgoing(ADDRESS))).toMatchObject({ result: 'retry' });
  });

  it('is kept as a file where no server is configured, once however often it is sent', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trailbell-mail-'));
    undo.push(() => rmSync(folder, { recursive: true }));
    const kept = channel(mailFolder(join(folder, 'mail')));
    const message = outgoing(ADDRESS, { text: ALARM });
    expect(await kept.deliver(message)).toEqual({ result: 'delivered' });
    expect(await kept.deliver(message)).toEqual({ result: 'delivered' });
    const [file, ...others] = readdirSync(join(folder, 'mail'));
    expect([file, others]).toEqual([
      '2026-03-04T12-00-00-000Z-0d9f9a3e-aaaa-4bbb-8ccc-ddddeeeeffff_example_net.eml',
      [],
    ]);
    const mail = await simpleParser(readFileSync(join(folder, 'mail', file!)));
    expect(mail.text).toContain('signed in to the console');
  });

  it('is tried again when its file cannot be written', async () => {
    const outcome = await channel(mailFolder('/dev/null/mail')).deliver(outgoing(ADDRESS));
    expect(outcome).toMatchObject({ result: 'retry' });
  });
});
