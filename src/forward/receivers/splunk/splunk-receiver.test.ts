import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ForwardWorld, idsIn, idsTo, type SiemAnswer } from '../../../../test/forward/forward-world.ts';
import { type SplunkOptions, splunk } from '../../../../test/forward/splunk.ts';
import { sqliteStore } from '../../../../test/stores.ts';

const SECOND = 1_000;
const open = sqliteStore();

describe('Splunk', () => {
  const setUp = async (options: Partial<SplunkOptions> = {}, more: object = {}) => {
    const folder = mkdtempSync(join(tmpdir(), 'trailbell-splunk-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const token = join(folder, 'token');
    const receiver = await splunk(options);
    writeFileSync(token, `${receiver.options.token}\n`);
    const world = new ForwardWorld(await open());
    await world.start({ siem: { type: 'splunk', url: receiver.url, token: { file: token }, ...more } });
    return { world, receiver, token };
  };
  const ids = (events: readonly object[]): string[] => idsIn(JSON.stringify(events));

  it('gets records unchanged under the source type of its add-on, with their own time', async () => {
    const { world, receiver } = await setUp({}, { index: 'security' });
    const [record = ''] = world.records(1);
    await world.put([record, 'plain text'], Date.UTC(2026, 2, 1, 11, 59, 59, 123));
    await world.pass(5 * SECOND);
    expect(receiver.events).toEqual([
      {
        time: 1772366399.123,
        host: 'trailbell',
        source: 'trailbell:CloudTrail/logs',
        sourcetype: 'aws:cloudtrail',
        index: 'security',
        event: JSON.parse(record),
      },
      expect.objectContaining({ event: 'plain text' }),
    ]);
    expect(await world.state()).toMatchObject({ sent: 2, waiting: 0, failing: null });
  });

  it('counts a batch as sent only once the indexers acknowledge it', async () => {
    let indexed = false;
    const { world, receiver } = await setUp({ indexed: () => indexed });
    await world.put(world.records(3));
    await world.pass(30 * SECOND);
    expect(receiver.events).toHaveLength(3);
    expect(await world.state()).toMatchObject({ sent: 0, waiting: 3, failing: null });
    indexed = true;
    await world.pass(15 * SECOND);
    expect(receiver.events).toHaveLength(3);
    expect(await world.state()).toMatchObject({ sent: 3, waiting: 0 });
  });

  it('is sent a batch again that was never acknowledged', async () => {
    let indexed = false;
    const { world, receiver } = await setUp({ indexed: () => indexed }, { acknowledgeSeconds: 60 });
    await world.put(world.records(2));
    await world.pass(80 * SECOND, 5 * SECOND);
    expect(ids(receiver.events)).toEqual([...idsTo(2), ...idsTo(2)]);
    expect((await world.state()).failing).toMatchObject({ reason: 'not-acknowledged' });
    indexed = true;
    await world.pass(20 * SECOND, 5 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 2, waiting: 0, failing: null });
  });

  it('has several batches under way where it acknowledges slowly', async () => {
    let indexed = false;
    const { world, receiver } = await setUp({ indexed: () => indexed }, { batch: { records: 10 } });
    await world.put(world.records(100));
    await world.pass(3 * SECOND);
    expect(receiver.events).toHaveLength(80);
    indexed = true;
    await world.pass(10 * SECOND);
    // Batches that are under way together may overtake each other.
    expect(ids(receiver.events).sort()).toEqual(idsTo(100));
    expect(await world.state()).toMatchObject({ sent: 100, waiting: 0 });
  });

  it('is sent nothing while its token cannot acknowledge, as nothing would ever count as sent', async () => {
    const { world, receiver } = await setUp({ acknowledges: false });
    await world.put(world.records(1));
    await world.pass(5 * SECOND);
    expect(receiver.events).toEqual([]);
    expect((await world.state()).failing?.error).toContain('set "acknowledge": false');
    receiver.options.acknowledges = true;
    await world.pass(60 * SECOND, 5 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 1, failing: null });
  });

  it.each([
    ['404', 404, 'wrong-address'],
    ['a web page', { status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>' }, 'no-acknowledgement'],
  ])('is sent nothing where it answers the question for acknowledgements with %s', async (_what, answer, reason) => {
    const { world, receiver } = await setUp({
      instead: () => (receiver.requests.at(-1)?.path.includes('/ack') ? (answer as SiemAnswer) : undefined),
    });
    await world.put(world.records(1));
    await world.pass(5 * SECOND);
    expect(receiver.events).toEqual([]);
    expect(await world.state()).toMatchObject({ sent: 0, waiting: 1, failing: { reason } });
  });

  it('is sent nothing twice for a test, and what was refused, beside what it has still to acknowledge', async () => {
    let indexed = true;
    const { world, receiver } = await setUp({ indexed: () => indexed }, { batch: { records: 10 } });
    await world.put([...Array<string>(3).fill(''), ...world.records(1)]);
    await world.pass(5 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 1, refused: 3 });
    indexed = false;
    await world.put(world.records(80));
    await world.pass(5 * SECOND);
    const siem = world.forwards.find('siem');
    const asked = [siem?.test(), siem?.resend()] as const;
    await world.pass(3 * SECOND);
    indexed = true;
    await world.pass(30 * SECOND);
    expect(await Promise.all(asked)).toEqual([{ result: 'sent' }, { sent: 0, refused: 3 }]);
    expect(ids(receiver.events).sort()).toEqual(idsTo(81));
    expect(await world.state()).toMatchObject({ sent: 81, refused: 3, waiting: 0 });
  });

  it('may do without', async () => {
    const { world, receiver } = await setUp({ acknowledges: false }, { acknowledge: false });
    await world.put(world.records(2));
    await world.pass(2 * SECOND);
    expect(receiver.events).toHaveLength(2);
    expect(receiver.requests[0]?.headers['x-splunk-request-channel']).toBeUndefined();
  });

  it('names the event that it will not take; the others arrive', async () => {
    const { world, receiver } = await setUp();
    const [first = '', second = ''] = world.records(2);
    await world.put([first, '', second]);
    await world.pass(5 * SECOND);
    expect(ids(receiver.events)).toEqual(idsTo(2));
    expect(await world.state()).toMatchObject({ sent: 2, refused: 1, setAside: 1, failing: null });
    const row = await world.logs.store.read.selectFrom('forward_refusals').select('error').executeTakeFirst();
    expect(row?.error).toBe('The collector answered 400, code 13: Event field cannot be blank');
  });

  it('does not wait for the acknowledgement of an event that it will not take, alone in its batch', async () => {
    const { world, receiver } = await setUp();
    await world.put(['']);
    await world.pass(5 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 0, refused: 1, waiting: 0, failing: null });
    await world.put(world.records(1));
    await world.pass(5 * SECOND);
    expect(ids(receiver.events)).toEqual(idsTo(1));
  });

  it('that refuses one event after the other has no more set aside than a hundred: then it is at fault', async () => {
    const instead = (): SiemAnswer => ({
      status: 400,
      body: { text: 'Error in handling indexed fields', code: 15, 'invalid-event-number': 0 },
    });
    const { world, receiver } = await setUp({ acknowledges: false, instead }, { acknowledge: false });
    await world.put(world.records(300));
    await world.pass(60 * SECOND, 5 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 0, waiting: 300, failing: { reason: 'refuses-everything' } });
    receiver.options.instead = () => undefined;
    await world.pass(600 * SECOND, 10 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 200, refused: 100, waiting: 0, failing: null });
  });

  it('may refuse more than a hundred in a row where it takes those behind them', async () => {
    const { world } = await setUp({ acknowledges: false }, { acknowledge: false });
    await world.put([...Array<string>(150).fill(''), ...world.records(50)]);
    await world.pass(60 * SECOND, 5 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 50, refused: 150, waiting: 0, failing: null });
  });

  it.each([
    ['an index that the token may not write', { indexes: [] }, { index: 'secret' }, 'settings'],
    [
      'a full queue',
      { instead: () => ({ status: 503, body: { text: 'Server is busy', code: 9 } }) },
      {},
      'server-error',
    ],
    ['throttling', { instead: () => 429 }, {}, 'throttled'],
    [
      'a trouble of its own, as success',
      { instead: () => ({ status: 200, body: { text: 'Internal server error', code: 8 } }) },
      { acknowledge: false },
      'server-error',
    ],
    [
      'a web page',
      { instead: () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Sign in</h1>' }) },
      { acknowledge: false },
      'unreadable-answer',
    ],
  ])('that answers with %s makes the records wait', async (_what, options, more, reason) => {
    const { world } = await setUp(options, more);
    await world.put(world.records(1));
    await world.pass(5 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 0, refused: 0, waiting: 1, failing: { reason } });
  });

  it('goes on with a token that was replaced, and the token is in no log and no status', async () => {
    const { world, receiver, token } = await setUp();
    writeFileSync(token, 'wrong-token-value');
    await world.put(world.records(1));
    await world.pass(3 * SECOND);
    const state = await world.state();
    expect(state.failing).toMatchObject({ reason: 'not-allowed' });
    expect(JSON.stringify(state)).not.toContain('wrong-token-value');
    writeFileSync(token, receiver.options.token);
    await world.pass(60 * SECOND, 5 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 1, failing: null });
    rmSync(token);
    await world.put(world.records(1));
    await world.pass(3 * SECOND);
    expect((await world.state()).failing).toMatchObject({ reason: 'no-secret' });
  });
});
