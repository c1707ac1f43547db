import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NoticeWorld, ScriptedChannel } from '../../../test/chain/notice-world.ts';
import { exampleRing } from '../../../test/chat/example-ring.ts';
import { eachStore, sqliteStore } from '../../../test/stores.ts';
import { seededIds } from '../../base/ids.ts';
import type { Outcome, Outgoing } from '../channels/channel.ts';
import { emailChannel } from '../channels/email/email-channel.ts';
import { smtpTransport } from '../channels/email/smtp.ts';
import { linksUnder } from '../channels/links.ts';
import { sweepMailWindows } from '../topics/mail-windows.ts';
import { requeue } from './requeue.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const alarm = (name: string) => ({
  account: '111122223333',
  arn: `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${name}`,
});

/** A mail as the texts of the messages in it. */
const told = ({ message, also = [] }: Outgoing): string =>
  [message, ...also.map((each) => each.message)].map(({ text }) => text).join(' ');

const ring = (world: NoticeWorld, text: string, name = 'root') =>
  world.say(text, { ringId: `ring-${text}`, source: alarm(name) });

eachStore((open) => {
  const start = async (...mailboxes: string[]) => {
    const world = new NoticeWorld(await open());
    await world.topic();
    for (const mailbox of mailboxes) await world.subscribe('email', mailbox);
    const channel = new ScriptedChannel();
    world.start(channel);
    await world.pass(0);
    channel.seen.length = 0;
    return { world, channel, mails: () => channel.seen.map(told) };
  };

  describe('many rings of an alarm', () => {
    it('are mailed at once the first time, and then as one mail that has them all', async () => {
      const { world, channel, mails } = await start('ops@example.com');
      await ring(world, 'a');
      await world.pass(0);
      expect(mails()).toEqual(['a']);
      for (const text of ['b', 'c', 'd']) {
        await world.pass(SECOND);
        await ring(world, text);
      }
      await world.pass(0);
      expect(mails()).toEqual(['a']);
      await world.pass(7 * SECOND);
      expect(mails()).toEqual(['a', 'b c d']);
      expect(
        new Set(
          channel.seen.flatMap(({ deliveryId, also = [] }) => [deliveryId, ...also.map((each) => each.deliveryId)]),
        ).size,
      ).toBe(4);
      expect((await world.deliveries()).map(({ status, attempts }) => [status, attempts])).toEqual(
        Array.from({ length: 4 }, () => ['delivered', 1]),
      );
      // The next window is twice as long; after a quiet one the next ring is first again.
      await ring(world, 'e');
      await world.pass(19 * SECOND);
      expect(mails()).toEqual(['a', 'b c d']);
      await world.pass(SECOND);
      expect(mails().at(-1)).toBe('e');
      await world.pass(5 * MINUTE);
      await ring(world, 'f');
      await world.pass(0);
      expect(mails().at(-1)).toBe('f');
      await world.worker?.stop();
    });

    it('hold back neither another alarm, nor another mailbox, nor anything but mail', async () => {
      const { world, channel } = await start('ops@example.com', 'boss@example.com');
      await world.subscribe('https', 'https://example.com/hook');
      await world.subscribe('email-json', 'program@example.com');
      await world.pass(0);
      channel.seen.length = 0;
      for (const text of ['a', 'b']) await ring(world, text);
      await ring(world, 'x', 'other');
      await world.pass(0);
      const seen = channel.seen.map((outgoing) => `${outgoing.subscription.endpoint} ${told(outgoing)}`).sort();
      expect(seen).toEqual([
        'boss@example.com a',
        'boss@example.com x',
        'https://example.com/hook a',
        'https://example.com/hook b',
        'https://example.com/hook x',
        'ops@example.com a',
        'ops@example.com x',
        'program@example.com a',
        'program@example.com b',
        'program@example.com x',
      ]);
      await world.pass(10 * SECOND);
      expect(channel.seen.slice(10).map(told)).toEqual(['b', 'b']);
      await world.worker?.stop();
    });

    it('wait no longer than a window lasts, though the clock was set back', async () => {
      const store = await open();
      const ahead = new NoticeWorld(store);
      await ahead.topic();
      await ahead.subscribe('email', 'ops@example.com');
      await ahead.clock.advance(60 * MINUTE);
      for (const text of ['a', 'b']) await ring(ahead, text);
      const mended = new NoticeWorld(store, { ids: seededIds(12) });
      const channel = new ScriptedChannel();
      const mails = () => channel.seen.map(told).filter((text) => !text.startsWith('a'));
      for (const text of ['c', 'd']) await ring(mended, text);
      mended.start(channel);
      await mended.pass(0);
      expect(mails()).toEqual(['b d', 'c']);
      await ring(mended, 'e');
      await mended.pass(10 * SECOND);
      expect(mails()).toEqual(['b d', 'c', 'e']);
      await mended.worker?.stop();
    });

    it('leave together after a restart, and after a mail that nobody knows to have left', async () => {
      const store = await open();
      const world = new NoticeWorld(store);
      await world.topic();
      await world.subscribe('email', 'ops@example.com');
      for (const text of ['a', 'b', 'c']) await ring(world, text);
      const channel = new ScriptedChannel();
      const reach = (point: string): void => {
        if (point === 'between-delivery-and-record' && channel.seen.length === 2) throw new Error('cut');
      };
      const cut = new NoticeWorld(store, { reach });
      cut.start(channel);
      await cut.pass(0);
      await cut.clock.advance(10 * SECOND);
      while (channel.seen.length < 2) await cut.clock.advance(0);
      expect(channel.seen.map(told)).toEqual(['a', 'b c']);
      expect((await cut.deliveries()).map(({ status }) => status)).toEqual(['delivered', 'waiting', 'waiting']);
      const reborn = new NoticeWorld(store);
      await reborn.clock.advance(11 * SECOND);
      reborn.start(channel);
      await reborn.pass(0);
      expect(channel.seen.map(told)).toEqual(['a', 'b c', 'b c']);
      expect((await reborn.deliveries()).map(({ status }) => status)).toEqual(Array(3).fill('delivered'));
      await reborn.worker?.stop();
    });

    it('are all tried again while the mail server is away, and none is lost with one that is refused', async () => {
      const { world, channel, mails } = await start('ops@example.com');
      await ring(world, 'a');
      await world.pass(0);
      let answer: Outcome = { result: 'retry', reason: 'refused', text: 'connect ECONNREFUSED' };
      channel.answer = () => answer;
      for (const text of ['b', 'c']) await ring(world, text);
      await world.pass(10 * SECOND);
      await ring(world, 'd');
      expect((await world.deliveries()).map(({ status, attempts, reason }) => [status, attempts, reason])).toEqual([
        ['delivered', 1, null],
        ['waiting', 1, 'refused'],
        ['waiting', 1, 'refused'],
        ['waiting', 0, null],
      ]);
      await world.pass(12 * SECOND);
      expect(mails().at(-1)).toBe('b c d');
      answer = { result: 'giveUp', reason: 'rejected', text: '554 no' };
      channel.answer = (outgoing) => (told(outgoing).startsWith('b') ? answer : { result: 'delivered' });
      await world.pass(MINUTE);
      expect(mails().slice(-2)).toEqual(['b c d', 'c d']);
      expect((await world.deliveries()).map(({ status }) => status)).toEqual([
        'delivered',
        'dead',
        'delivered',
        'delivered',
      ]);
      channel.answer = () => ({ result: 'delivered' });
      const { id } = await world.store.read.selectFrom('subscriptions').select('id').executeTakeFirstOrThrow();
      expect(await requeue(world.ctx, { subscriptionId: id })).toBe(1);
      await world.pass(0);
      expect(mails().at(-1)).toBe('b');
      await world.worker?.stop();
    });

    it('fill as many mails as they need, a hundred each', async () => {
      const { world, channel } = await start('ops@example.com');
      for (let n = 0; n < 251; n += 1) await ring(world, String(n));
      await world.pass(10 * SECOND);
      expect(channel.seen.map(({ also = [] }) => also.length + 1)).toEqual([1, 100, 100, 50]);
      expect(channel.seen.flatMap((outgoing) => told(outgoing).split(' '))).toEqual(
        Array.from({ length: 251 }, (_, n) => String(n)),
      );
      await world.clock.advance(20 * MINUTE);
      await sweepMailWindows(world.ctx);
      expect(await world.store.read.selectFrom('mail_windows').selectAll().execute()).toEqual([]);
      await world.worker?.stop();
    });
  });

  it('what others publish is grouped from the eleventh message in ten seconds on', async () => {
    const { world, mails } = await start('ops@example.com');
    for (let n = 0; n < 13; n += 1) await world.say(String(n));
    await world.pass(0);
    expect(mails()).toEqual(Array.from({ length: 10 }, (_, n) => String(n)));
    await world.pass(10 * SECOND);
    expect(mails().at(-1)).toBe('10 11 12');
    await world.worker?.stop();
  });
});

describe('over a real mail server', () => {
  const open = sqliteStore();

  it('five rings within seconds are two mails, and every ring can be acknowledged from them', async () => {
    const received: ParsedMail[] = [];
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      logger: false,
      onData(stream, _session, done) {
        simpleParser(stream).then((mail) => {
          received.push(mail);
          done();
        }, done);
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const transport = smtpTransport({ url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}` });
    onTestFinished(async () => {
      transport.close();
      await new Promise<void>((resolve) => server.close(resolve));
    });
    const world = new NoticeWorld(await open());
    await world.topic();
    await world.subscribe('email', 'ops@example.com');
    const links = linksUnder(
      () => 'https://bell.example',
      (id) => `/rings/acknowledge?ring=${id}`,
    );
    const door = emailChannel({ transport, from: 'bell@example.net', links, documents: { write: async () => '' } });
    world.start({ ...door, deadLetter: async () => ({ body: '', attributes: {}, system: {} }) });
    for (let n = 0; n < 5; n += 1) {
      const text = JSON.stringify(exampleRing({}, { id: `ring-${n}`, headline: `Root did thing ${n}` }));
      const message = JSON.stringify({ default: text, email: 'not this' });
      const subject = 'ALARM: "cis-4.3" in EU (Ireland)';
      await world.say(message, { structure: 'json', subject, ringId: `ring-${n}`, source: alarm('cis-4.3') });
      await world.pass(SECOND);
    }
    await world.pass(6 * SECOND);
    expect(received.map(({ subject }) => subject)).toEqual([
      'ALARM: "cis-4.3" in EU (Ireland)',
      '4 rings: ALARM: "cis-4.3" in EU (Ireland)',
    ]);
    const [first, group] = received.map(({ text = '' }) => text) as [string, string];
    for (let n = 0; n < 5; n += 1) {
      const mail = n === 0 ? first : group;
      expect(mail).toContain(`Root did thing ${n}`);
      expect(mail).toContain(`Acknowledge: https://bell.example/rings/acknowledge?ring=ring-${n}`);
    }
    expect(group.split('\n')[0]).toBe('4 rings of cis-4.3 from 2026-03-04 12:00:01 UTC to 2026-03-04 12:00:04 UTC');
    await world.worker?.stop();
  });
});
