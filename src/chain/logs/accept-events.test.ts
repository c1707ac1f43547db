import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GROUP, LogsWorld, MINUTE, NOON, SCOPE, STREAM } from '../../../test/chain/logs-world.ts';
import { eachStore } from '../../../test/stores.ts';
import { getLogGroup } from './log-groups.ts';
import { getLogStream } from './log-streams.ts';

const ROOT = JSON.stringify({ userIdentity: { type: 'Root' }, bytes: 12, eventName: 'ConsoleLogin' });
const USER = JSON.stringify({ userIdentity: { type: 'IAMUser' }, bytes: '7', eventName: 'ListBuckets' });

eachStore((open) => {
  it('stores what it accepts and gives it back in order', async () => {
    const world = new LogsWorld(await open());
    await world.makeGroup();
    await world.put(['late'], { at: NOON + 1 });
    await world.put(['early', 'early', 'nul \0 and \ud800'], { at: NOON });
    const events = await world.readAll();
    expect(events.map(({ message }) => message)).toEqual(['early', 'early', 'nul \0 and \ud800', 'late']);
    expect(new Set(events.map(({ stream }) => stream))).toEqual(new Set([STREAM]));
    const backward = await world.readAll({ direction: 'backward' });
    expect(backward).toEqual(events.toReversed());
  });

  it('counts events by the filters of the group, once each', async () => {
    const world = new LogsWorld(await open());
    await world.makeGroup();
    await world.putFilter('root', '{ $.userIdentity.type = "Root" }');
    await world.putFilter('bytes', '{ $.bytes = * }', {
      metricValue: '$.bytes',
      unit: 'Bytes',
      dimensions: { Name: '$.eventName' },
    });
    await world.put([ROOT, USER, 'plain']);
    const name = (sample: { name: string }) => sample.name;
    expect(world.samples.toSorted((a, b) => name(a).localeCompare(name(b)) || b.value - a.value)).toEqual([
      {
        scope: SCOPE,
        namespace: 'Test',
        name: 'bytes',
        at: NOON,
        unit: 'Bytes',
        value: 12,
        dimensions: [['Name', 'ConsoleLogin']],
      },
      {
        scope: SCOPE,
        namespace: 'Test',
        name: 'bytes',
        at: NOON,
        unit: 'Bytes',
        value: 7,
        dimensions: [['Name', 'ListBuckets']],
      },
      { scope: SCOPE, namespace: 'Test', name: 'root', at: NOON, unit: 'None', value: 1, dimensions: [] },
    ]);
    const [batch] = world.batches;
    expect(batch?.events.map(({ view, counts }) => [view.message, counts.length])).toEqual([
      [ROOT, 2],
      [USER, 1],
    ]);
  });

  it('does not count an event whose value or dimension is missing', async () => {
    const world = new LogsWorld(await open());
    await world.makeGroup();
    await world.putFilter('value', '{ $.eventName = * }', { metricValue: '$.missing' });
    await world.putFilter('dimension', '{ $.eventName = * }', { dimensions: { A: '$.missing' } });
    await world.put([ROOT]);
    expect(world.samples).toEqual([]);
    expect(world.batches).toEqual([]);
  });

  it('lets filters see only what comes after them', async () => {
    const world = new LogsWorld(await open());
    await world.makeGroup();
    await world.put(['x']);
    await world.putFilter('all', '');
    await world.put(['x']);
    await world.putFilter('all', 'y');
    await world.put(['x']);
    expect(world.samples).toHaveLength(1);
  });

  it('emits system fields and heeds field selection', async () => {
    const world = new LogsWorld(await open());
    await world.makeGroup();
    const emit = { applyOnTransformedLogs: false, emitSystemFieldDimensions: ['@aws.account', '@aws.region'] };
    await world.putFilter('emits', 'x', {}, emit);
    await world.putFilter('elsewhere', 'x', {}, { ...emit, fieldSelectionCriteria: '@aws.region = "us-east-1"' });
    await world.put(['x']);
    expect(world.samples.map(({ name, dimensions }) => [name, dimensions])).toEqual([
      [
        'emits',
        [
          ['@aws.account', SCOPE.account],
          ['@aws.region', SCOPE.region],
        ],
      ],
    ]);
  });

  it('keeps the books of group and stream', async () => {
    const world = new LogsWorld(await open());
    await world.makeGroup();
    await world.put(['abc'], { at: NOON - MINUTE });
    await world.put(['abc', 'd'], { at: NOON - 2 * MINUTE });
    const group = await getLogGroup(world.store.read, SCOPE, GROUP);
    const stream = await getLogStream(world.store.read, group, STREAM);
    expect(group.stored_bytes).toBe(7 + 3 * 26);
    expect(stream).toMatchObject({
      stored_bytes: 7 + 3 * 26,
      first_event_at: NOON - 2 * MINUTE,
      last_event_at: NOON - MINUTE,
      last_ingested_at: NOON,
    });
  });

  it('makes group and stream at our own door and takes any age', async () => {
    const world = new LogsWorld(await open());
    const accepted = await world.put(['old'], { at: 0, door: 'own' });
    await world.put(['no time'], { at: Number.NaN, door: 'own' });
    expect(accepted.stored).toBe(1);
    expect((await world.readAll()).map(({ at, message }) => [at, message])).toEqual([
      [0, 'old'],
      [NOON, 'no time'],
    ]);
    await expect(world.put(['x'], { group: 'none' })).rejects.toThrow('The specified log group does not exist.');
    await expect(world.put(['x'], { stream: 'none' })).rejects.toThrow('The specified log stream does not exist.');
  });

  it('stores every event of any interleaving exactly once, and counts as a recount does', async () => {
    const event = fc.record({
      at: fc.integer({ min: NOON - 3 * 60 * MINUTE, max: NOON }),
      message: fc.constantFrom(ROOT, USER, 'plain', '{"a":', ''),
    });
    const batch = fc.record({ stream: fc.constantFrom('a', 'b', 'c'), events: fc.array(event, { maxLength: 12 }) });
    const world = new LogsWorld(await open());
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { maxLength: 8 }), async (batches) => {
        run += 1;
        world.group = `run-${run}`;
        world.samples.length = 0;
        await world.makeGroup();
        await world.putFilter('root', '{ $.userIdentity.type = "Root" }');
        await Promise.all(batches.map((each) => world.put([], { ...each, door: 'own' })));
        const sent = batches.flatMap(({ stream, events }) => events.map(({ at, message }) => [at, stream, message]));
        const byAll = (a: unknown[], b: unknown[]) => JSON.stringify(a).localeCompare(JSON.stringify(b));
        const stored = await world.readAll();
        expect(stored.map(({ at, stream, message }) => [at, stream, message]).sort(byAll)).toEqual(sent.sort(byAll));
        expect(stored.map(({ at }) => at)).toEqual(sent.map(([at]) => Number(at)).sort((a, b) => a - b));
        expect(await world.readAll({ direction: 'backward' })).toEqual(stored.toReversed());
        expect(world.samples).toHaveLength(sent.filter(([, , message]) => message === ROOT).length);
      }),
      { numRuns: 15 },
    );
  });
});
