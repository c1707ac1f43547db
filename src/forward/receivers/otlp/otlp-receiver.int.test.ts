import { describe, expect, it } from 'vitest';
import { until } from '../../../../test/engine/until.ts';
import { ForwardWorld, idsIn, idsTo } from '../../../../test/forward/forward-world.ts';
import { realItems } from '../../../../test/forward/items.ts';
import { mockOtlpServer } from '../../../../test/forward/mock-otlp-server.ts';
import { sqliteStore } from '../../../../test/stores.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const open = sqliteStore();

// It does not inflate: gzip is for the tests beside this one.
describe.each(['protobuf', 'json'])("Elastic's receiver of OTLP, in %s", (encoding) => {
  const setUp = async (batch: object = {}) => {
    const receiver = await mockOtlpServer();
    const world = new ForwardWorld(await open());
    const start = () => world.start({ siem: { type: 'otlp', url: receiver.url, encoding, gzip: false, batch } });
    await start();
    return { world, receiver, start };
  };

  it('understands every real record: its text, its time, and what it is found by', async () => {
    const { world, receiver } = await setUp();
    const messages = [...(await realItems()).map(({ view }) => view.message), 'no record, with a lone \ud800 half'];
    await world.put(messages);
    await world.pass(3 * SECOND);
    expect(await world.state()).toMatchObject({ sent: messages.length, refused: 0, waiting: 0 });
    await until('all of them', () => receiver.records.length >= messages.length);
    expect(receiver.records.map(({ body }) => body)).toEqual(messages.map((text) => text.replace('\ud800', '\ufffd')));
    expect(receiver.resources[0]).toEqual({ 'service.name': 'trailbell' });
    const at = `${world.logs.clock.now() - 3 * SECOND}000000`;
    for (const { body, attributes, timeUnixNano, severityText } of receiver.records.slice(0, -1)) {
      const record = JSON.parse(body) as Record<string, string>;
      expect(attributes).toMatchObject({
        'log.record.uid': record.eventID ?? expect.stringMatching(/^\d{56}$/),
        'rpc.service': record.eventSource,
        'rpc.method': record.eventName,
        'cloud.provider': 'aws',
        'aws.log.group.names': ['CloudTrail/logs'],
      });
      expect([timeUnixNano, severityText]).toEqual([at, expect.stringMatching(/^INFO2?$/)]);
    }
  });

  it('gets each record that came in while it was down for ten minutes', async () => {
    const { world, receiver, start } = await setUp({ records: 100 });
    await receiver.stop();
    for (let minute = 0; minute < 10; minute += 1) {
      await world.put(world.records(50));
      await world.pass(MINUTE, 10 * SECOND);
    }
    expect(await world.state()).toMatchObject({ sent: 0, waiting: 500, failing: { reason: 'refused' } });
    await receiver.start();
    await start();
    await world.pass(10 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 500, refused: 0, waiting: 0, failing: null });
    await until('all of them', () => receiver.records.length >= 500);
    expect(receiver.records.flatMap(({ body }) => idsIn(body))).toEqual(idsTo(500));
  });
});
