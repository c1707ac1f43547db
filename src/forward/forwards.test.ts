import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE, NOON } from '../../test/chain/logs-world.ts';
import { until } from '../../test/engine/until.ts';
import { ForwardWorld, idOf, idsIn, idsTo, type SiemAnswer, siem } from '../../test/forward/forward-world.ts';
import { eachStore, sqliteStore } from '../../test/stores.ts';
import { listRefused } from './refusals.ts';

const SECOND = 1_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ROOT = '{ $.userIdentity.type = "Root" }';

const http = (url: string, more: object = {}) => ({ siem: { type: 'http', url, ...more } });

eachStore((open) => {
  const world = async (): Promise<ForwardWorld> => new ForwardWorld(await open());

  it('sends everything that comes in, once, in order, in batches, from the moment it is configured', async () => {
    const w = await world();
    await w.put(w.records(3));
    const { url, requests } = await siem();
    await w.start(http(url, { batch: { records: 4 } }));
    await w.put(w.records(2));
    await w.put(w.records(5));
    await w.pass(3 * SECOND);
    expect(requests.map(({ body }) => idsIn(body).length)).toEqual([4, 3]);
    expect(requests.flatMap(({ body }) => idsIn(body))).toEqual(idsTo(10, 4));
    expect(await w.state()).toMatchObject({
      sent: 7,
      refused: 0,
      lost: 0,
      leftOut: 0,
      waiting: 0,
      lag: 0,
      failing: null,
    });
  });

  it('loses nothing while the receiver is down for ten minutes of load, and shows what waits', async () => {
    const w = await world();
    let answer: SiemAnswer = 503;
    const { url, requests } = await siem(() => answer);
    await w.start(http(url, { batch: { records: 100 } }));
    for (let minute = 0; minute < 10; minute += 1) {
      await w.put(w.records(50));
      await w.pass(MINUTE, 10 * SECOND);
    }
    const { failing, waiting, lag, sent } = await w.state();
    expect({ waiting, sent }).toEqual({ waiting: 500, sent: 0 });
    expect(lag).toBe(10 * MINUTE);
    expect(failing).toMatchObject({ reason: 'server-error' });
    expect(failing?.since).toBeLessThanOrEqual(NOON + 10 * SECOND);
    // Ten minutes of trying, ever more patiently.
    expect(requests.length).toBeLessThan(15);
    answer = 200;
    requests.length = 0;
    await w.pass(6 * MINUTE, 10 * SECOND);
    expect(requests.flatMap(({ body }) => idsIn(body))).toEqual(idsTo(500));
    expect(await w.state()).toMatchObject({ sent: 500, waiting: 0, failing: null });
  });

  it('goes on where it was after a restart, and sends again what was on its way', async () => {
    const w = await world();
    let answer: SiemAnswer = 200;
    const { url, requests } = await siem(() => answer);
    await w.start(http(url));
    await w.put(w.records(3));
    await w.pass(2 * SECOND);
    answer = 500;
    await w.put(w.records(2));
    await w.pass(2 * SECOND);
    await w.stop();
    await w.put(w.records(1));
    answer = 200;
    requests.length = 0;
    await w.start(http(url));
    await w.pass(2 * SECOND);
    expect(requests.flatMap(({ body }) => idsIn(body))).toEqual(idsTo(6, 4));
    expect(await w.state()).toMatchObject({ sent: 6, waiting: 0 });
  });

  it('finds the records that are refused, sets them aside, and sends the others', async () => {
    const w = await world();
    let poison = [idOf(3), idOf(8)];
    const { url, requests } = await siem(({ body }) =>
      idsIn(body).some((id) => poison.includes(id)) ? { status: 400, body: 'bad field' } : 200,
    );
    await w.start(http(url));
    await w.put(w.records(10));
    await w.pass(2 * SECOND);
    expect(await w.state()).toMatchObject({ sent: 8, refused: 2, setAside: 2, waiting: 0, failing: null });
    const rows = await w.logs.store.read.selectFrom('forward_refusals').selectAll().execute();
    expect(rows.map(({ reason, error }) => [reason, error])).toEqual(
      Array(2).fill(['rejected', 'The receiver answered 400: bad field']),
    );
    poison = [idOf(8)];
    requests.length = 0;
    expect(await w.forwards.find('siem')?.resend()).toEqual({ sent: 1, refused: 1 });
    expect(await w.state()).toMatchObject({ sent: 9, refused: 1, setAside: 1 });
  });

  it('sends matches only, all of them, by the filters of their time', async () => {
    const w = await world();
    await w.logs.makeGroup();
    await w.logs.putFilter('root-usage', ROOT);
    const { url, requests } = await siem();
    await w.start(http(url, { what: 'matches' }));
    await w.put(['plain', ...w.records(250), '{"a":1}']);
    await w.logs.store.write(({ db }) => db.deleteFrom('metric_filters').execute());
    await w.pass(2 * SECOND);
    const lines = requests.flatMap(({ body }) => body.trimEnd().split('\n'));
    expect(lines).toHaveLength(250);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ eventID: idOf(1), trailbell: { filters: ['root-usage'] } });
    expect(await w.state()).toMatchObject({ sent: 250, waiting: 0 });
  });

  it('counts the matches that wait in the middle of what came in at once, and those that are lost there', async () => {
    const w = await world();
    await w.logs.makeGroup();
    await w.logs.putFilter('root-usage', ROOT);
    const answers: SiemAnswer[] = [200];
    const { url } = await siem(() => answers.shift() ?? 503);
    await w.start(http(url, { what: 'matches', batch: { records: 2 } }));
    const [a, b, c, d, e] = w.records(5) as [string, string, string, string, string];
    await w.put(['plain', a, 'plain', b, 'plain', 'plain', c, d, 'plain', e]);
    await w.pass(3 * SECOND);
    expect(await w.state()).toMatchObject({ sent: 2, waiting: 3, lag: 3 * SECOND });
    await w.keepEvents(1);
    await w.pass(3 * DAY, HOUR);
    await w.sweep({ siem: 1 });
    expect(await w.state()).toMatchObject({ sent: 2, waiting: 0, lost: 3, lostUnseen: 3 });
  });

  it('goes on with what waits where it is to send matches instead of everything', async () => {
    const w = await world();
    await w.logs.makeGroup();
    await w.logs.putFilter('root-usage', ROOT);
    let answer: SiemAnswer = 503;
    const { url, requests } = await siem(() => answer);
    await w.start(http(url));
    await w.put(['plain', ...w.records(2)]);
    await w.pass(3 * SECOND);
    answer = 200;
    requests.length = 0;
    await w.start(http(url, { what: 'matches' }));
    await w.pass(3 * SECOND);
    expect(requests.flatMap(({ body }) => idsIn(body))).toEqual(idsTo(2));
    expect(await w.state()).toMatchObject({ what: 'matches', sent: 2, waiting: 0, failing: null });
  });

  it('forgets the trouble of what it sent before, where it is to send something else', async () => {
    const w = await world();
    const { url } = await siem(() => 503);
    await w.start(http(url));
    await w.put(w.records(1));
    await w.pass(3 * SECOND);
    expect((await w.state()).failing).not.toBeNull();
    await w.start(http(url, { what: 'rings' }));
    expect(await w.state()).toMatchObject({ what: 'rings', waiting: 0, failing: null });
  });

  it('sets a record aside that cannot be written in its format, and sends those behind it', async () => {
    const w = await world();
    const { url, requests } = await siem();
    await w.start(http(url, { format: 'ecs' }));
    const [before, behind] = w.records(2) as [string, string];
    const deep = `${before.slice(0, -1)},"requestParameters":${'['.repeat(60_000)}${']'.repeat(60_000)}}`;
    await w.put([deep]);
    await w.put([behind]);
    await w.pass(3 * SECOND);
    expect(requests.flatMap(({ body }) => idsIn(body.replaceAll('\\', '')))).toEqual([idOf(2)]);
    expect(await w.state()).toMatchObject({ sent: 1, refused: 1, setAside: 1, waiting: 0, failing: null });
    const [row] = await listRefused(w.logs.store.read, 'siem', 10);
    expect(row).toMatchObject({ reason: 'cannot-be-written', record: deep });
    expect(await w.forwards.find('siem')?.resend()).toEqual({ sent: 0, refused: 1 });
    await w.pass(SECOND);
  });

  it('says so where the store cannot be read, and when it can again', async () => {
    const w = await world();
    const { url } = await siem();
    await w.start(http(url));
    await w.put(w.records(1));
    const damaged = (bytes: Uint8Array) =>
      w.logs.store.write(({ db }) => db.updateTable('log_chunks').set({ bytes }).execute());
    const { bytes } = await w.logs.store.read.selectFrom('log_chunks').select('bytes').executeTakeFirstOrThrow();
    await damaged(Buffer.from('no chunk'));
    await w.pass(3 * SECOND);
    expect(await w.state()).toMatchObject({ sent: 0, waiting: 1, failing: { reason: 'store' } });
    await damaged(bytes);
    await w.pass(15 * SECOND);
    expect(await w.state()).toMatchObject({ sent: 1, waiting: 0, failing: null });
  });

  it('sends only what its pattern and its log groups let through, and counts the rest', async () => {
    const w = await world();
    const { url, requests } = await siem();
    await w.start(http(url, { pattern: `{ $.eventID = "${idOf(2)}" }`, logGroups: ['CloudTrail/logs'] }));
    await w.put(w.records(3));
    await w.logs.put(w.records(2), { door: 'own', group: 'other' });
    await w.pass(2 * SECOND);
    expect(requests.flatMap(({ body }) => idsIn(body))).toEqual([idOf(2)]);
    expect(await w.state()).toMatchObject({ sent: 1, leftOut: 4, waiting: 0 });
  });

  it('begins in the past where it is asked to, and does so again on request', async () => {
    const w = await world();
    await w.put(w.records(2), NOON - 3 * DAY);
    await w.put(w.records(2), NOON - DAY);
    const { url, requests } = await siem();
    await w.start(http(url, { from: new Date(NOON - 2 * DAY).toISOString() }));
    // What comes in later is sent however old it is.
    await w.put(w.records(1), NOON - 30 * DAY);
    await w.pass(2 * SECOND);
    expect(requests.flatMap(({ body }) => idsIn(body))).toEqual(idsTo(5, 3));
    requests.length = 0;
    await w.forwards.find('siem')?.backfill(NOON - 4 * DAY);
    await w.put(w.records(1));
    await w.pass(2 * SECOND);
    expect(requests.flatMap(({ body }) => idsIn(body))).toEqual([...idsTo(4), idOf(6)]);
  });

  it('adds up where it begins in the middle of what came in at once', async () => {
    const w = await world();
    const events = w.records(10).map((message, index) => ({ at: NOON - (10 - index) * SECOND, message }));
    await w.logs.put([], { door: 'own', events });
    let answer: SiemAnswer = 503;
    const { url, requests } = await siem(() => answer);
    await w.start(http(url, { from: new Date(NOON - 4 * SECOND).toISOString(), batch: { records: 3 } }));
    await w.pass(3 * SECOND);
    const sum = async (): Promise<number> => {
      const { sent, refused, leftOut, lost, waiting } = await w.state();
      return sent + refused + leftOut + lost + waiting;
    };
    expect([await sum(), (await w.state()).sent]).toEqual([10, 0]);
    answer = 200;
    requests.length = 0;
    await w.pass(MINUTE, 10 * SECOND);
    expect(requests.flatMap(({ body }) => idsIn(body))).toEqual(idsTo(10, 7));
    expect(await w.state()).toMatchObject({ sent: 4, leftOut: 6, waiting: 0 });
  });

  it('asked for the past twice, sends nothing that was never asked for', async () => {
    const w = await world();
    for (const days of [3, 5, 1]) await w.put(w.records(1), NOON - days * DAY);
    const answers: SiemAnswer[] = [200];
    const { url, requests } = await siem(() => answers.shift() ?? 503);
    const from = new Date(NOON - 3.5 * DAY).toISOString();
    await w.start(http(url, { from, batch: { records: 1 } }));
    await w.pass(3 * SECOND);
    await w.forwards.find('siem')?.backfill(NOON - 2.5 * DAY);
    answers.push(...Array<SiemAnswer>(10).fill(200));
    await w.pass(MINUTE, 10 * SECOND);
    const sent = new Set(requests.flatMap(({ body }) => idsIn(body)));
    expect([...sent].sort()).toEqual([idOf(1), idOf(3)]);
  });

  describe('retention', () => {
    it('keeps for a forward what it could not send yet, and takes it once it is sent', async () => {
      const w = await world();
      let answer: SiemAnswer = 503;
      const { url } = await siem(() => answer);
      await w.start(http(url));
      await w.put(w.records(5));
      await w.keepEvents(1);
      await w.pass(2 * DAY, HOUR);
      await w.sweep({ siem: 7 });
      expect((await w.state()).waiting).toBe(5);
      answer = 200;
      await w.pass(6 * MINUTE, 10 * SECOND);
      await w.sweep({ siem: 7 });
      expect(await w.state()).toMatchObject({ sent: 5, lost: 0 });
      expect(await w.logs.store.read.selectFrom('log_chunks').select('id').execute()).toEqual([]);
    });

    it('counts what it removes all the same after the days that the forward asked for, and that is shown', async () => {
      const w = await world();
      const { url } = await siem(() => 503);
      await w.start(http(url));
      await w.put(w.records(5));
      await w.keepEvents(1);
      await w.pass(3 * DAY, HOUR);
      await w.sweep({ siem: 2 });
      expect(await w.state()).toMatchObject({ sent: 0, lost: 5, lostUnseen: 5, waiting: 0 });
    });

    it('keeps the events of a log group that somebody deletes before they were sent', async () => {
      const w = await world();
      let answer: SiemAnswer = 503;
      const { url, requests } = await siem(() => answer);
      await w.start(http(url));
      await w.put(w.records(5));
      await w.pass(2 * SECOND);
      const { deleteLogGroup, getLogGroup } = await import('../chain/logs/log-groups.ts');
      await w.logs.store.write(async (tx) => deleteLogGroup(tx, await getLogGroup(tx.db, w.scope, w.logs.group)));
      await w.sweep({ siem: 7 });
      answer = 200;
      requests.length = 0;
      await w.pass(MINUTE, 10 * SECOND);
      expect(requests.flatMap(({ body }) => idsIn(body))).toEqual(idsTo(5));
      await w.sweep({ siem: 7 });
      expect(await w.logs.store.read.selectFrom('log_chunks').select('id').execute()).toEqual([]);
    });
  });
});

describe('a receiver', () => {
  const open = sqliteStore();
  const world = async (): Promise<ForwardWorld> => new ForwardWorld(await open());

  it('sets nothing more aside once a hundred in a row were refused: then the receiver is at fault', async () => {
    const w = await world();
    let answer: SiemAnswer = 400;
    const { url } = await siem(() => answer);
    await w.start(http(url, { batch: { records: 500 } }));
    await w.put(w.records(300));
    await w.pass(MINUTE, 10 * SECOND);
    expect(await w.state()).toMatchObject({ sent: 0, waiting: 300, failing: { reason: 'refuses-everything' } });
    answer = 200;
    await w.pass(10 * MINUTE, 10 * SECOND);
    expect(await w.state()).toMatchObject({ sent: 200, refused: 100, waiting: 0, failing: null });
  });

  it('is sent again together what was set aside, and alone only what it refuses as a whole', async () => {
    const w = await world();
    let poison = idsTo(60);
    const { url, requests } = await siem(({ body }) => (idsIn(body).some((id) => poison.includes(id)) ? 400 : 200));
    await w.start(http(url));
    await w.put(w.records(70));
    await w.pass(2 * SECOND);
    expect(await w.state()).toMatchObject({ sent: 10, refused: 60 });
    requests.length = 0;
    poison = [];
    expect(await w.forwards.find('siem')?.resend()).toEqual({ sent: 60, refused: 0 });
    expect(requests.map(({ body }) => idsIn(body))).toEqual([idsTo(60)]);
    expect(await w.state()).toMatchObject({ sent: 70, refused: 0, setAside: 0 });
  });

  it('leaves nobody waiting who asks for something while the engine stops', async () => {
    const w = await world();
    const { url } = await siem((_request, response) => void response.flushHeaders());
    await w.start(http(url));
    await w.put(w.records(1));
    await w.logs.clock.advance(2 * SECOND);
    const runner = w.forwards.find('siem');
    const asked = [runner?.test(), runner?.resend(), runner?.backfill(0)].map((one) => one?.catch(String));
    await w.stop();
    const says = 'Refusal: The engine is stopping: ask again when it runs';
    expect(await Promise.all(asked)).toEqual([says, says, says]);
    await expect(runner?.test()).rejects.toThrow('The engine is stopping');
  });

  it.each([
    [413, 'too-large'],
    [400, 'rejected'],
    [422, 'rejected'],
  ])('halves a batch that is answered %i', async (status, reason) => {
    const w = await world();
    const { url, requests } = await siem(({ body }) => (body.length > 3_000 ? status : 200));
    await w.start(http(url));
    const huge = JSON.stringify({ eventID: 'huge', text: 'x'.repeat(4_000) });
    await w.put([...w.records(8), huge]);
    await w.pass(2 * SECOND);
    expect(await w.state()).toMatchObject({ sent: 8, refused: 1, waiting: 0 });
    expect(requests.length).toBeGreaterThan(3);
    const row = await w.logs.store.read.selectFrom('forward_refusals').select('reason').executeTakeFirst();
    expect(row).toEqual({ reason });
  });

  it.each([
    [401, 'not-allowed'],
    [403, 'not-allowed'],
    [404, 'wrong-address'],
    [302, 'wrong-address'],
    [429, 'throttled'],
    [500, 'server-error'],
  ])('waits where the receiver answers %i, whatever people must mend', async (status, reason) => {
    const w = await world();
    let answer: SiemAnswer = status;
    const { url } = await siem(() => answer);
    await w.start(http(url));
    await w.put(w.records(2));
    await w.pass(5 * SECOND);
    expect(await w.state()).toMatchObject({ sent: 0, refused: 0, waiting: 2, failing: { reason } });
    answer = 200;
    await w.pass(6 * MINUTE, 10 * SECOND);
    expect(await w.state()).toMatchObject({ sent: 2, waiting: 0, failing: null });
  });

  it('waits as long as Retry-After asks', async () => {
    const w = await world();
    let answer: SiemAnswer = { status: 429, headers: { 'retry-after': '120' } };
    const { url, requests } = await siem(() => answer);
    await w.start(http(url));
    await w.put(w.records(1));
    await w.pass(2 * SECOND);
    answer = 200;
    await w.pass(110 * SECOND, 10 * SECOND);
    expect(requests).toHaveLength(1);
    await w.pass(20 * SECOND, 10 * SECOND);
    expect(requests).toHaveLength(2);
  });

  it('can go back even while the receiver is down', async () => {
    const w = await world();
    await w.put(w.records(2), NOON - DAY);
    let answer: SiemAnswer = 503;
    const { url, requests } = await siem(() => answer);
    await w.start(http(url));
    await w.put(w.records(1));
    await w.pass(20 * SECOND);
    await w.forwards.find('siem')?.backfill(NOON - 2 * DAY);
    answer = 200;
    requests.length = 0;
    await w.pass(MINUTE, 10 * SECOND);
    expect(requests.flatMap(({ body }) => idsIn(body))).toEqual(idsTo(3));
  });

  it.each([
    ['never answers', () => undefined, 'timeout'],
    ['breaks the connection', (response: ServerResponse) => void response.destroy(), 'reset'],
    [
      'stops in the middle of its answer',
      (response: ServerResponse) => void response.writeHead(200).write('{'),
      'timeout',
    ],
  ])('waits where the receiver %s', async (_what, act, reason) => {
    const w = await world();
    let isWell = false;
    const { url, requests } = await siem((_request, response) => (isWell ? 200 : act(response)));
    await w.start(http(url));
    await w.put(w.records(3));
    await w.logs.clock.advance(SECOND);
    await until('the failure', async () => {
      await w.logs.clock.advance(10 * SECOND);
      return (await w.state()).failing?.reason === reason;
    });
    isWell = true;
    // An attempt may hang still: only the clock ends it.
    await until('it to be sent', async () => {
      await w.logs.clock.advance(10 * SECOND);
      return (await w.state()).sent === 3;
    });
    expect(idsIn(requests.at(-1)?.body ?? '')).toEqual(idsTo(3));
    expect(await w.state()).toMatchObject({ sent: 3, waiting: 0, failing: null });
  });

  it('loses no record and makes up none, whatever the receiver answers and whenever the engine stops', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom<SiemAnswer>(200, 200, 200, 400, 413, 429, 503, 401), { maxLength: 20 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.boolean()), { minLength: 1, maxLength: 6 }),
        async (answers, rounds) => {
          const w = await world();
          const got = new Set<string>();
          const { url } = await siem(({ body }) => {
            const answer = answers.shift() ?? 200;
            if (answer === 200) for (const id of idsIn(body)) got.add(id);
            return answer;
          });
          const settings = http(url, { batch: { records: 4 } });
          await w.start(settings);
          let count = 0;
          for (const [more, restarts] of rounds) {
            await w.put(w.records(more));
            count += more;
            await w.pass(3 * SECOND);
            const { sent, refused, leftOut, lost, waiting } = await w.state();
            expect(sent + refused + leftOut + lost + waiting).toBe(count);
            if (restarts) await w.start(settings);
          }
          answers.length = 0;
          await w.pass(6 * MINUTE, 30 * SECOND);
          const rows = await w.logs.store.read.selectFrom('forward_refusals').select('item').execute();
          const aside = rows.flatMap(({ item }) => idsIn((JSON.parse(item) as { view: string }).view));
          expect(new Set([...got, ...aside])).toEqual(new Set(idsTo(count)));
          const { sent, refused, waiting } = await w.state();
          expect([sent + refused, waiting, refused]).toEqual([count, 0, aside.length]);
        },
      ),
      { numRuns: 4 },
    );
  });
});
