import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { nothingNext } from '../../test/chain/nothing-next.ts';
import { eachStore, type OpenStore } from '../../test/stores.ts';
import { FakeClock } from '../base/fake-clock.ts';
import { seededIds } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { Refusal } from '../base/refusal.ts';
import type { ChainContext } from '../chain/context.ts';
import { type AcceptEvents, createAcceptEvents } from '../chain/logs/accept-events.ts';
import { type LogEvent, unpackEvents } from '../chain/logs/chunk.ts';
import { createLogGroup } from '../chain/logs/log-groups.ts';
import { Signals } from '../chain/signals.ts';
import { insertTrail, setLogging, setSelectors } from '../chain/trails/trails.ts';
import { createAcceptRecords } from './accept-records.ts';
import { ingestApi } from './http.ts';
import type { IngestAnswer } from './take-body.ts';

const START = Date.UTC(2026, 0, 5, 12);
const FALLBACK = { scope: { account: '000000000000', region: 'us-east-1' }, group: 'CloudTrail/logs' };

const record = (id: number, more: object = {}) => ({
  eventVersion: '1.11',
  eventID: `event-${id}`,
  eventTime: '2020-01-05T11:59:00Z',
  eventSource: 'iam.amazonaws.com',
  eventName: 'GetUser',
  awsRegion: 'us-east-1',
  recipientAccountId: '111122223333',
  ...more,
});
const lines = (...records: object[]) => records.map((each) => JSON.stringify(each)).join('\n');

async function newApi(open: OpenStore, change: (real: AcceptEvents) => AcceptEvents = (real) => real) {
  const store = await open();
  const signals = new Signals();
  const context: ChainContext = {
    store,
    clock: new FakeClock(START),
    ids: seededIds(1),
    log: silentLog,
    signals,
    reach: () => undefined,
  };
  const events = createAcceptEvents(context, nothingNext);
  const accept = createAcceptRecords(context, change(events), FALLBACK);
  const api = ingestApi({ context, accept, fallback: FALLBACK });
  return {
    store,
    signals,
    api,
    async post(query: string, body: string | Uint8Array<ArrayBuffer> = '', path = '/api/v1/ingest') {
      const response = await api.routes.request(`http://localhost${path}?${query}`, { method: 'POST', body });
      return { status: response.status, ...((await response.json()) as IngestAnswer & { message?: string }) };
    },
    async stored(): Promise<LogEvent[]> {
      const chunks = await store.read.selectFrom('log_chunks').selectAll().orderBy('id').execute();
      return chunks.flatMap(unpackEvents);
    },
  };
}

eachStore((open) => {
  describe('records sent to the own API', () => {
    it('are stored whatever their age and form, dated by their eventTime', async () => {
      const { post, stored, api } = await newApi(open);
      expect(await post('run=a', lines(record(1), record(2)))).toEqual({
        status: 200,
        run: 'a',
        records: 2,
        stored: 2,
        duplicates: 0,
        filtered: 0,
        undated: 0,
        damaged: [],
        damagedCount: 0,
      });
      await post('run=a', gzipSync(JSON.stringify({ Records: [record(3)] })));
      await post('run=a', JSON.stringify(record(4), null, 2));
      expect(await post('run=a', lines(record(5, { eventTime: 'yesterday' })))).toMatchObject({
        stored: 1,
        undated: 1,
      });
      const all = await stored();
      expect(all.map(({ message }) => (JSON.parse(message) as { eventID: string }).eventID)).toEqual(
        [1, 2, 3, 4, 5].map((id) => `event-${id}`),
      );
      expect(all.map(({ at }) => at)).toEqual([...Array(4).fill(Date.UTC(2020, 0, 5, 11, 59)), START]);
      expect(api.stats()).toEqual({
        records: 5,
        stored: 5,
        duplicates: 0,
        filtered: 0,
        refused: 0,
        failed: 0,
        undated: 1,
      });
    });

    it('keep what is good when something among them is damaged', async () => {
      const { post, api } = await newApi(open);
      const answer = await post('', `${lines(record(1))}\n{"nonsense": true}\n${lines(record(2))}`);
      expect(answer).toMatchObject({ status: 200, records: 2, stored: 2, damagedCount: 1 });
      expect(answer.damaged[0]?.offset).toBe(JSON.stringify(record(1)).length + 1);
      expect(api.stats()).toMatchObject({ records: 3, stored: 2, refused: 1 });
      const cut = gzipSync(lines(record(3), record(4, { long: 'x'.repeat(100_000) }))).subarray(0, -30);
      expect((await post('', cut)).damagedCount).toBe(1);
    });

    it('are refused when there are none', async () => {
      const { post } = await newApi(open);
      expect(await post('', 'hello')).toMatchObject({ status: 400, records: 0 });
      expect((await post('', 'hello')).message).toContain('no CloudTrail record');
      expect(await post('')).toMatchObject({ status: 200, records: 0 });
      for (const query of ['object=a', 'fingerprint=a', `run=${'x'.repeat(129)}`, 'log-group=a%20b', 'run=%00']) {
        expect(await post(query, lines(record(1)))).toMatchObject({ status: 400 });
      }
      expect(await post('', '', '/api/v1/ingest/end')).toMatchObject({ status: 400, message: 'run is missing' });
    });

    it('enter the log group asked for when no trail claims them', async () => {
      const { post, store } = await newApi(open);
      await post('log-group=archive/2020', lines(record(1)));
      expect(await store.read.selectFrom('log_groups').select('name').execute()).toEqual([{ name: 'archive/2020' }]);
    });

    it('go through the trail of their account, and by its selectors', async () => {
      const { post, store } = await newApi(open);
      const scope = { account: '111122223333', region: 'eu-west-1' };
      await store.write(async (tx) => {
        await createLogGroup(tx, scope, { name: 'audit' }, START);
        const definition = {
          S3BucketName: 'bucket',
          IncludeGlobalServiceEvents: true,
          IsMultiRegionTrail: true,
          IsOrganizationTrail: false,
          LogFileValidationEnabled: false,
        };
        const logGroupArn = 'arn:aws:logs:eu-west-1:111122223333:log-group:audit:*';
        const trail = await insertTrail(tx, {
          scope,
          name: 'main',
          definition,
          logGroupArn,
          tags: new Map(),
          now: START,
        });
        await setLogging(tx, trail, true, START);
        await setSelectors(tx, trail, [{ ReadWriteType: 'WriteOnly' }]);
      });
      const answer = await post(
        'log-group=other',
        lines(record(1, { readOnly: true }), record(2, { readOnly: false })),
      );
      expect(answer).toMatchObject({ records: 2, stored: 1, filtered: 1 });
      expect(await store.read.selectFrom('log_streams').select('name').execute()).toEqual([
        { name: '111122223333_CloudTrail_eu-west-1' },
      ]);
      expect(await store.read.selectFrom('trails').select('delivered_at').execute()).toEqual([{ delivered_at: START }]);
    });

    it('are taken once per object and fingerprint', async () => {
      const { post, stored } = await newApi(open);
      const [one, two] = [lines(record(1), record(2)), lines(record(3))];
      expect(await post('object=a&fingerprint=1', one)).toMatchObject({ stored: 2, duplicates: 0 });
      expect(await post('object=a&fingerprint=1', one)).toMatchObject({ records: 2, stored: 0, duplicates: 2 });
      expect(await post('object=a&fingerprint=2', two)).toMatchObject({ stored: 1 });
      expect(await stored()).toHaveLength(3);
      // Of two at a time one stores, and the other is told to wait or that all is known.
      const both = await Promise.all([1, 2].map(() => post('object=b&fingerprint=1', one)));
      expect(both.map(({ stored: count = 0 }) => count).sort()).toEqual([0, 2]);
      expect([200, 409]).toContain(both.find(({ stored: count = 0 }) => count === 0)?.status);
      expect(await stored()).toHaveLength(5);
    });

    it('go on where a request that broke off had come to', async () => {
      let calls = 0;
      const { post, stored } = await newApi(open, (real) => (tx, batch) => {
        calls += 1;
        if (calls === 3) throw new Error('died');
        return real(tx, batch);
      });
      const long = 'x'.repeat(400_000);
      const body = lines(...Array.from({ length: 9 }, (_, id) => record(id, { long })));
      expect(await post('object=a&fingerprint=1', body)).toMatchObject({ status: 500 });
      expect(await stored()).toHaveLength(4);
      expect(await post('object=a&fingerprint=1', body)).toMatchObject({ records: 9, stored: 5, duplicates: 4 });
      expect(await stored()).toHaveLength(9);
    });

    it('end their run when asked, and at once when they name none', async () => {
      const { post, store, signals } = await newApi(open);
      let woken = 0;
      signals.on('alarms', () => {
        woken += 1;
      });
      const row = { metric_id: 1, first_event_at: 1, last_event_at: 1, last_arrival_at: 1, due_at: START + 5_000 };
      await store.write(({ db }) =>
        db
          .insertInto('history_runs')
          .values([
            { ...row, run: 'a' },
            { ...row, run: 'b' },
            { ...row, run: 'c' },
          ])
          .execute(),
      );
      const due = async () => {
        const rows = await store.read.selectFrom('history_runs').selectAll().where('due_at', '=', START).execute();
        return rows.map(({ run }) => run).sort();
      };
      await post('run=a', lines(record(1)));
      expect(await due()).toEqual([]);
      await post('run=a&end=true', lines(record(2)));
      expect(await post('run=b', '', '/api/v1/ingest/end')).toMatchObject({ status: 200, run: 'b' });
      expect(await due()).toEqual(['a', 'b']);
      const alone = await post('', lines(record(3)));
      expect(alone.run).toMatch(/^[0-9a-f-]{36}$/);
      // The last one brought no history.
      expect(woken).toBe(2);
    });

    it('are refused to those who may not send', async () => {
      const { api } = await newApi(open);
      const closed = ingestApi({
        context: { store: {}, clock: new FakeClock(START), ids: seededIds(1), log: silentLog } as never,
        accept: async () => {
          throw new Error('must not be reached');
        },
        fallback: FALLBACK,
        authorise: async () => {
          throw new Refusal('AccessDeniedException', 'A key is needed', { status: 403 });
        },
      });
      for (const path of ['/api/v1/ingest', '/api/v1/ingest/end?run=a']) {
        const response = await closed.routes.request(`http://localhost${path}`, { method: 'POST', body: '{}' });
        expect(response.status).toBe(403);
      }
      expect((await api.routes.request('http://localhost/api/v1/ingest')).status).toBe(404);
    });
  });
});
