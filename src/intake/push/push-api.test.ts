import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FALLBACK, intakeWorld, recordOf, storedIds } from '../../../test/intake/trail-world.ts';
import { sqliteStore } from '../../../test/stores.ts';
import type { AcceptRecords } from '../accept-records.ts';
import { ingestApi } from '../http.ts';
import { pushApi } from './push-api.ts';
import { PushKeys } from './push-keys.ts';
import { PushRoom } from './push-room.ts';

const AT = Date.UTC(2026, 2, 4, 12);
const SIZE = 2_000;

/** A record whose text has just so many bytes. */
function sized(id: string, size = SIZE): string {
  const bare = JSON.stringify(recordOf(id, AT, { pad: '' }));
  return JSON.stringify(recordOf(id, AT, { pad: 'x'.repeat(size - bare.length) }));
}
const firehose = (requestId: string, data: string): string =>
  JSON.stringify({ requestId, timestamp: 1, records: [{ data: Buffer.from(data).toString('base64') }] });

describe('the room for pushed records', () => {
  const open = sqliteStore();

  async function world(room: PushRoom, keys = new PushKeys([], true)) {
    const store = await open();
    const { context, accept } = intakeWorld(store);
    let free: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => {
      free = resolve;
    });
    let begun = 0;
    const slow: AcceptRecords = async (handover) => {
      begun += 1;
      await blocked;
      return accept(handover);
    };
    const api = pushApi({ context, accept: slow, keys, room });
    const post = async (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) => {
      const response = await api.routes.request(`http://localhost/api/v1/push${path}`, {
        method: 'POST',
        body,
        headers,
      });
      const retryAfter = response.headers.get('retry-after');
      return { status: response.status, retryAfter, ...((await response.json()) as Record<string, unknown>) };
    };
    const until = async (wanted: number) => {
      while (begun < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    return { store, context, slow, api, post, until, free };
  }

  it('turns away bodies that it cannot hold with when to come back, and takes them once others are kept', async () => {
    const room = new PushRoom(2.5 * SIZE);
    const { store, api, post, until, free } = await world(room);
    const first = [post('', sized('a')), post('', sized('b'))];
    await until(2);
    const busy = { status: 503, retryAfter: '5', message: expect.stringContaining('again in 5 seconds') };
    expect(await post('', sized('c'))).toMatchObject(busy);
    expect(await post('/firehose', firehose('r-1', sized('d')))).toMatchObject({
      ...busy,
      errorMessage: expect.stringContaining('again in 5 seconds'),
    });
    // Refused by what is said of it, before any of it is read.
    expect(await post('', sized('e', 400), { 'content-length': String(SIZE) })).toMatchObject(busy);
    free();
    for (const answer of await Promise.all(first)) expect(answer).toMatchObject({ status: 200, stored: 1 });
    expect(room.bytes).toBe(0);
    expect(await post('', sized('c'))).toMatchObject({ status: 200, stored: 1 });
    expect(await storedIds(store)).toEqual(['a', 'b', 'c']);
    expect([...api.answers()].sort()).toEqual([
      [200, 3],
      [503, 3],
    ]);
    const { records, stored, refused } = api.stats().anybody!;
    expect({ records, stored, refused }).toEqual({ records: 3, stored: 3, refused: 0 });
  });

  it('counts what bodies inflate to', async () => {
    const room = new PushRoom(3 * SIZE);
    const { post, until, free } = await world(room);
    const message = JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents: [{ message: sized('a') }] });
    const data = gzipSync(message).toString('base64');
    const first = post('', JSON.stringify({ awslogs: { data } }));
    await until(1);
    expect(room.bytes).toBeGreaterThan(SIZE);
    expect(await post('/firehose', gzipSync(firehose('r-1', sized('b'))))).toMatchObject({ status: 503 });
    free();
    expect(await first).toMatchObject({ status: 200 });
    expect(room.bytes).toBe(0);
  });

  it('has place for a limited number of requests, and none for those that may not push', async () => {
    const { api, post, until, free } = await world(
      new PushRoom(1e6, 1),
      new PushKeys([{ name: 'p', secret: 's' }], false),
    );
    const key = { 'x-api-key': 's' };
    const first = post('', sized('a'), key);
    await until(1);
    expect(await post('', sized('b'))).toMatchObject({ status: 401, retryAfter: null });
    expect(await post('', sized('b'), key)).toMatchObject({ status: 503 });
    free();
    expect(await first).toMatchObject({ status: 200 });
    expect(await post('', sized('b'), key)).toMatchObject({ status: 200 });
    expect([...api.answers()].sort()).toEqual([
      [200, 2],
      [401, 1],
      [503, 1],
    ]);
  });

  it('is given back by bodies that were refused or broke off', async () => {
    const room = new PushRoom(1e6, 1);
    const { post, free } = await world(room);
    free();
    const broken = gzipSync(firehose('r-1', sized('a'))).subarray(0, 200);
    for (const _ of [1, 2]) {
      expect(await post('/firehose', Uint8Array.from(broken))).toMatchObject({ status: 400 });
      expect(await post('', 'no record')).toMatchObject({ status: 400 });
    }
    expect(room.bytes).toBe(0);
    expect(await post('', sized('a'))).toMatchObject({ status: 200 });
  });

  it('is as limited for what is ingested', async () => {
    const { slow, context, until, free } = await world(new PushRoom());
    const api = ingestApi({ context, accept: slow, fallback: FALLBACK, room: new PushRoom(0, 1) });
    const post = (body: string) => api.routes.request('http://localhost/api/v1/ingest', { method: 'POST', body });
    const first = post(sized('a'));
    await until(1);
    const busy = await post(sized('b'));
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '5']);
    free();
    expect((await first).status).toBe(200);
    expect((await post(sized('b'))).status).toBe(200);
  });
});
