import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ForwardWorld, idsIn, idsTo, type SiemAnswer } from '../../../../test/forward/forward-world.ts';
import { hostileItems, realItems, sampleMatch, sampleRing } from '../../../../test/forward/items.ts';
import { otlp } from '../../../../test/forward/otlp.ts';
import { jsonFaults, readRequest } from '../../../../test/forward/otlp-definitions.ts';
import { sqliteStore } from '../../../../test/stores.ts';
import { otlpRecord } from '../../formats/otlp.ts';
import { otlpRecordBytes, otlpRequestBytes } from '../../formats/otlp-protobuf.ts';
import type { ForwardItem } from '../../item.ts';

const SECOND = 1_000;
const open = sqliteStore();

/** By the published definitions: of its JSON form, and of the protobuf that says the same. */
function faultsOf(item: ForwardItem): string[] {
  const record = otlpRecord(item);
  const read = readRequest(otlpRequestBytes('a', 'b', [otlpRecordBytes(record)]));
  expect(read).toEqual({
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'a' } }] },
        scopeLogs: [{ scope: { name: 'b' }, logRecords: [record] }],
      },
    ],
  });
  return jsonFaults(JSON.parse(JSON.stringify(record)), 'LogRecord');
}

describe.each(['protobuf', 'json'])('OTLP in %s', (encoding) => {
  const setUp = async (instead?: () => SiemAnswer, more: object = {}) => {
    const receiver = await otlp(instead);
    const world = new ForwardWorld(await open());
    await world.start({ siem: { type: 'otlp', url: receiver.url, encoding, ...more } });
    return { world, receiver };
  };

  it('has every record as its body, unchanged, and what to search by as attributes', async () => {
    const { world, receiver } = await setUp();
    const records = world.records(2);
    await world.put([...records, 'plain']);
    await world.pass(2 * SECOND);
    expect(receiver.records.map(({ body }) => body.stringValue)).toEqual([...records, 'plain']);
    const attributes = Object.fromEntries(receiver.records[0]?.attributes.map(({ key, value }) => [key, value]) ?? []);
    expect(attributes).toMatchObject({
      'log.record.uid': { stringValue: idsTo(1)[0] },
      'client.address': { stringValue: '203.0.113.7' },
      'aws.log.group.names': { arrayValue: { values: [{ stringValue: 'CloudTrail/logs' }] } },
    });
    expect(receiver.requests[0]?.headers['content-encoding']).toBe('gzip');
  });

  it('fits its definition with every real record, with rings, and whatever a record holds', async () => {
    for (const item of [...(await realItems()), sampleRing()]) expect(faultsOf(item)).toEqual([]);
    fc.assert(
      fc.property(hostileItems(), fc.integer({ min: -1, max: 10 ** 15 - 1 }), (item, at) => {
        expect(faultsOf({ ...item, at })).toEqual([]);
      }),
    );
  });

  it.each([
    [429, 'throttled'],
    [503, 'server-error'],
    [401, 'not-allowed'],
  ])('waits where the receiver answers %i', async (status, reason) => {
    let answer: SiemAnswer = status;
    const { world, receiver } = await setUp(() => answer);
    await world.put(world.records(2));
    await world.pass(3 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 0, waiting: 2, failing: { reason } });
    answer = undefined;
    await world.pass(360 * SECOND, 30 * SECOND);
    expect(idsIn(receiver.records.map(({ body }) => body.stringValue).join(''))).toEqual(idsTo(2));
  });

  it('sets a batch aside of which some were rejected: nobody says which, and asking again is not allowed', async () => {
    const { world, receiver } = await setUp(() => REJECTING[encoding]);
    await world.put(world.records(3));
    await world.pass(30 * SECOND);
    expect(receiver.requests).toHaveLength(1);
    expect(await world.state()).toMatchObject({ sent: 0, refused: 3, setAside: 3, waiting: 0 });
    const row = await world.logs.store.read.selectFrom('forward_refusals').select('error').executeTakeFirst();
    expect(row?.error).toBe('The receiver rejected 1 of 3 records and does not say which: too old');
  });

  it('waits where every record of a large batch is rejected: then it is the receiver that is at fault', async () => {
    let answer: SiemAnswer = ALL_REJECTING[encoding];
    const { world } = await setUp(() => answer);
    await world.put(world.records(300));
    await world.pass(30 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 0, waiting: 300, failing: { reason: 'refuses-everything' } });
    answer = undefined;
    await world.pass(330 * SECOND, 30 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 300, refused: 0, waiting: 0, failing: null });
  });

  it('takes a web page for no receipt, whatever its status', async () => {
    const page: SiemAnswer = { status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Sign in</h1>' };
    let answer: SiemAnswer = page;
    const { world } = await setUp(() => answer);
    await world.put(world.records(2));
    await world.pass(3 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 0, waiting: 2, failing: { reason: 'unreadable-answer' } });
    answer = undefined;
    await world.pass(30 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 2, waiting: 0, failing: null });
  });
});

/** Of three records one was rejected: in JSON, and the same as an ExportLogsServiceResponse in protobuf. */
const REJECTING: Readonly<Record<string, SiemAnswer>> = {
  json: { status: 200, body: { partialSuccess: { rejectedLogRecords: '1', errorMessage: 'too old' } } },
  protobuf: {
    status: 200,
    headers: { 'content-type': 'application/x-protobuf' },
    body: Buffer.from('0a0b08011207746f6f206f6c64', 'hex'),
  },
};

const ALL_REJECTING: Readonly<Record<string, SiemAnswer>> = {
  json: { status: 200, body: { partialSuccess: { rejectedLogRecords: '300', errorMessage: 'over quota' } } },
  protobuf: {
    status: 200,
    headers: { 'content-type': 'application/x-protobuf' },
    body: Buffer.from('0a0f08ac02120a6f7665722071756f7461', 'hex'),
  },
};

it('tells what a receiver says in protobuf about its refusal', async () => {
  // google.rpc.Status: code 13, message "disk full".
  const body = Buffer.from('080d12096469736b2066756c6c', 'hex');
  const receiver = await otlp(() => ({ status: 500, headers: { 'content-type': 'application/x-protobuf' }, body }));
  const world = new ForwardWorld(await open());
  await world.start({ siem: { type: 'otlp', url: receiver.url } });
  await world.put(world.records(1));
  await world.pass(2 * SECOND);
  expect((await world.state()).failing?.error).toBe('The receiver answered 500: disk full');
});

it('looks like the sample of the manual', async () => {
  const pretty = `${JSON.stringify(otlpRecord(sampleMatch()), null, 2)}\n`;
  await expect(pretty).toMatchFileSnapshot('../../../../docs/forwards/otlp-event.json');
});
