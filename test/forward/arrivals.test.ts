import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sqliteStore } from '../stores.ts';
import { ecsFaults } from './ecs-schema.ts';
import { elastic } from './elastic.ts';
import { ForwardWorld, siem } from './forward-world.ts';
import { hostileItems, realItems } from './items.ts';
import { type OcsfEvent, ocsfFaults } from './ocsf-schema.ts';
import { otlp } from './otlp.ts';

const SECOND = 1_000;
const open = sqliteStore();

it('what arrives is as the published schemas want it, for real records and for any others', async () => {
  const [inOcsf, inEcs, bulk, logs] = [await siem(), await siem(), await elastic({ authorization: '' }), await otlp()];
  const world = new ForwardWorld(await open());
  await world.start({
    ocsf: { type: 'http', url: inOcsf.url, format: 'ocsf' },
    ecs: { type: 'http', url: inEcs.url, format: 'ecs' },
    // It answers 400 for a document that does not fit.
    elastic: { type: 'elastic', url: bulk.url },
    otlp: { type: 'otlp', url: logs.url },
  });
  const hostile = fc.sample(hostileItems(), { numRuns: 300, seed: 20260301 });
  const messages = [...(await realItems()), ...hostile].map(({ view }) => view.message);
  await world.put([...messages, 'plain', '{"a":1}']);
  await world.pass(10 * SECOND);
  const count = messages.length + 2;
  const linesOf = ({ requests }: typeof inOcsf) => requests.flatMap(({ body }) => body.trimEnd().split('\n'));
  const events = linesOf(inOcsf).map((line) => JSON.parse(line) as OcsfEvent);
  const documents = linesOf(inEcs).map((line) => JSON.parse(line) as Record<string, unknown>);
  expect([events.length, documents.length, logs.records.length]).toEqual([count, count, count]);
  expect(events.flatMap(ocsfFaults)).toEqual([]);
  expect(documents.flatMap(ecsFaults)).toEqual([]);
  for (const name of ['ocsf', 'ecs', 'elastic', 'otlp'])
    expect(await world.state(name)).toMatchObject({ sent: count, refused: 0, waiting: 0, failing: null });
});
