import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ForwardWorld, idsIn, idsTo, type SiemAnswer } from '../../../../test/forward/forward-world.ts';
import { hostileItems, realItems, sampleMatch, sampleRing } from '../../../../test/forward/items.ts';
import { otlp, otlpFaults } from '../../../../test/forward/otlp.ts';
import { sqliteStore } from '../../../../test/stores.ts';
import { otlpRecord } from '../../formats/otlp.ts';

const SECOND = 1_000;
const open = sqliteStore();
const faultsOf = (text: string): string[] => otlpFaults(JSON.parse(text), 'LogRecord');

describe('OTLP', () => {
  const setUp = async (instead?: () => SiemAnswer, more: object = {}) => {
    const receiver = await otlp(instead);
    const world = new ForwardWorld(await open());
    await world.start({ siem: { type: 'otlp', url: receiver.url, ...more } });
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
    for (const item of [...(await realItems()), sampleRing()]) expect(faultsOf(otlpRecord(item))).toEqual([]);
    fc.assert(
      fc.property(hostileItems(), (item) => {
        expect(faultsOf(otlpRecord(item))).toEqual([]);
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
    const partialSuccess = { rejectedLogRecords: '1', errorMessage: 'too old' };
    const { world, receiver } = await setUp(() => ({ status: 200, body: { partialSuccess } }));
    await world.put(world.records(3));
    await world.pass(30 * SECOND);
    expect(receiver.requests).toHaveLength(1);
    expect(await world.state()).toMatchObject({ sent: 0, refused: 3, setAside: 3, waiting: 0 });
  });

  it('looks like the sample of the manual', async () => {
    const pretty = (text: string): string => `${JSON.stringify(JSON.parse(text), null, 2)}\n`;
    await expect(pretty(otlpRecord(sampleMatch()))).toMatchFileSnapshot('../../../../docs/forwards/otlp-event.json');
  });
});
