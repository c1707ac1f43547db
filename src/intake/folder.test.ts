import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { nothingNext } from '../../test/chain/nothing-next.ts';
import { eachStore, type OpenStore, sqliteStore } from '../../test/stores.ts';
import { systemClock } from '../base/clock.ts';
import { FakeClock } from '../base/fake-clock.ts';
import type { FaultPoint } from '../base/faults.ts';
import { seededIds } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import type { ChainContext } from '../chain/context.ts';
import { type AcceptEvents, createAcceptEvents } from '../chain/logs/accept-events.ts';
import { unpackEvents } from '../chain/logs/chunk.ts';
import { Signals } from '../chain/signals.ts';
import type { Store } from '../store/store.ts';
import { createAcceptRecords } from './accept-records.ts';
import { nodeFileSystem } from './file-system.ts';
import { FolderIntake } from './folder.ts';

const START = Date.UTC(2026, 0, 5, 12);
const FALLBACK = { scope: { account: '000000000000', region: 'us-east-1' }, group: 'CloudTrail/logs' };

const record = (id: string | number, more: object = {}) => ({
  eventVersion: '1.11',
  eventID: `event-${id}`,
  eventTime: '2026-01-05T11:59:00Z',
  eventSource: 'iam.amazonaws.com',
  eventName: 'GetUser',
  awsRegion: 'us-east-1',
  recipientAccountId: '111122223333',
  ...more,
});
const document = (...ids: (string | number)[]) => JSON.stringify({ Records: ids.map((id) => record(id)) });
const lines = (...ids: (string | number)[]) => ids.map((id) => `${JSON.stringify(record(id))}\n`).join('');

const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0)) step();
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trailbell-watch-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface World {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly folder: string;
  readonly reach: { at?: FaultPoint };
  readonly errors: object[];
  readonly write: (name: string, content: string | Uint8Array) => string;
  /** A new process on the same store and folder. */
  readonly restart: (acceptEvents?: (real: AcceptEvents) => AcceptEvents) => FolderIntake;
  /** The ids of all stored records, sorted. */
  readonly stored: () => Promise<string[]>;
}

async function newWorld(open: OpenStore): Promise<World> {
  const store = await open();
  const clock = new FakeClock(START);
  const folder = newFolder();
  const reach: { at?: FaultPoint } = {};
  const errors: object[] = [];
  const context: ChainContext = {
    store,
    clock,
    ids: seededIds(1),
    log: { ...silentLog, error: (fields) => errors.push(fields) },
    signals: new Signals(),
    reach: (point) => {
      if (point === reach.at) throw new Error(`died at ${point}`);
    },
  };
  return {
    store,
    clock,
    folder,
    reach,
    errors,
    write(name, content) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      return path;
    },
    restart(change = (real) => real) {
      const real = createAcceptEvents(context, nothingNext);
      const accept = createAcceptRecords(context, change(real), FALLBACK);
      return new FolderIntake({ context, accept, files: nodeFileSystem, folder });
    },
    async stored() {
      const chunks = await store.read.selectFrom('log_chunks').selectAll().execute();
      const ids = chunks.flatMap((chunk) =>
        unpackEvents(chunk).map(({ message }) => (JSON.parse(message) as { eventID: string }).eventID.slice(6)),
      );
      return ids.sort();
    },
  };
}

eachStore((open) => {
  describe('a watched folder', () => {
    it('is read in all the forms that records come in, once, over restarts', async () => {
      const world = await newWorld(open);
      world.write('AWSLogs/1/CloudTrail/a.json.gz', gzipSync(document(1, 2)));
      world.write('b.json', document(3));
      world.write('c.json', JSON.stringify(record(4)));
      world.write('d.ndjson', lines(5, 6));
      world.write('e.json', JSON.stringify({ version: '0', source: 'aws.iam', detail: record(7) }));
      world.write('f.jsonl.gz', gzipSync(lines(8)));
      world.write('AWSLogs/1/CloudTrail-Digest/g.json.gz', gzipSync(document('digest')));
      world.write('README.md', 'not records');
      world.write('.hidden.json', document('hidden'));
      const intake = world.restart();
      await intake.scan();
      const all = ['1', '2', '3', '4', '5', '6', '7', '8'];
      expect(await world.stored()).toEqual(all);
      await intake.scan();
      await world.restart().scan();
      expect(await world.stored()).toEqual(all);
      expect(intake.stats()).toMatchObject({ records: 8, stored: 8, refused: 0, done: 6, damaged: 0, waiting: 0 });
      const marks = await world.store.read
        .selectFrom('intake_objects')
        .select(['object', 'status', 'records'])
        .execute();
      expect(marks).toContainEqual({ object: 'AWSLogs/1/CloudTrail/a.json.gz', status: 'done', records: 2 });
    });

    it('is routed by account, and told apart in streams', async () => {
      const world = await newWorld(open);
      world.write(
        'a.json',
        JSON.stringify({ Records: [record(1), record(2, { recipientAccountId: '444455556666' })] }),
      );
      await world.restart().scan();
      const streams = await world.store.read.selectFrom('log_streams').select('name').orderBy('name').execute();
      expect(streams.map(({ name }) => name)).toEqual([
        '111122223333_CloudTrail_us-east-1',
        '444455556666_CloudTrail_us-east-1',
      ]);
    });

    it('reads on in a file that grows, and waits for the end of its last line', async () => {
      const world = await newWorld(open);
      const path = world.write('a.ndjson', lines(1, 2));
      const intake = world.restart();
      await intake.scan();
      const [third] = lines(3).split('\n');
      appendFileSync(path, third?.slice(0, 40) ?? '');
      await intake.scan();
      expect(await world.stored()).toEqual(['1', '2']);
      appendFileSync(path, `${third?.slice(40)}\n${lines(4)}`);
      await world.restart().scan();
      expect(await world.stored()).toEqual(['1', '2', '3', '4']);
      expect(world.errors).toEqual([]);
    });

    it('reads on in documents that are appended to', async () => {
      const world = await newWorld(open);
      const path = world.write('a.json.gz', gzipSync(document(1)));
      await world.restart().scan();
      appendFileSync(path, gzipSync(document(2, 3)));
      await world.restart().scan();
      expect(await world.stored()).toEqual(['1', '2', '3']);
    });

    it('tells a replaced file from one that grew, was touched or renamed', async () => {
      const world = await newWorld(open);
      const [a, b, log] = [
        world.write('a.json', document(1)),
        world.write('b.json', document(2)),
        world.write('app.log', lines(3)),
      ];
      const intake = world.restart();
      await intake.scan();
      utimesSync(a, 1, 1);
      renameSync(b, join(world.folder, 'z.json'));
      await intake.scan();
      expect(await world.stored()).toEqual(['1', '2', '3']);
      expect(intake.stats()).toMatchObject({ records: 5, stored: 3, duplicates: 2 });
      world.write('a.json', document(4, 5));
      // Rotation: the old log goes on for a moment under its new name.
      renameSync(log, join(world.folder, 'app.log.1.log'));
      appendFileSync(join(world.folder, 'app.log.1.log'), lines(6));
      world.write('app.log', lines(7));
      await intake.scan();
      await world.restart().scan();
      expect(await world.stored()).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    });

    it('reads a log again from its beginning when it was emptied', async () => {
      const world = await newWorld(open);
      const path = world.write('app.log', lines(1, 2));
      await world.restart().scan();
      truncateSync(path);
      await world.restart().scan();
      appendFileSync(path, lines(3));
      await world.restart().scan();
      expect(await world.stored()).toEqual(['1', '2', '3']);
    });

    it('waits for a file that is still being written, and takes it when it is complete', async () => {
      const world = await newWorld(open);
      const whole = gzipSync(document(1, 2));
      world.write('a.json.gz', whole.subarray(0, whole.length - 20));
      const path = world.write('b.json', document(3).slice(0, -5));
      const intake = world.restart();
      await intake.scan();
      expect(await world.stored()).toEqual([]);
      expect(intake.stats()).toMatchObject({ waiting: 2, damaged: 0 });
      world.write('a.json.gz', whole);
      appendFileSync(path, document(3).slice(-5));
      await intake.scan();
      expect(await world.stored()).toEqual(['1', '2', '3']);
      expect(intake.stats()).toMatchObject({ waiting: 0, done: 2 });
    });

    it('sets a damaged file aside after a while, keeps what is good, and goes on with the rest', async () => {
      const world = await newWorld(open);
      const whole = gzipSync(document(1, 2, 3).padEnd(200_000));
      world.write('a.json.gz', whole.subarray(0, whole.length - 20));
      world.write(
        'b.json',
        `{"Records":[${JSON.stringify(record(4))},{"broken": nonsense},${JSON.stringify(record(5))}]}`,
      );
      world.write('c.ndjson', `${lines(6)}{"broken": nonsense}\n${lines(7)}`);
      world.write('d.json', document(8));
      const intake = world.restart();
      await intake.scan();
      expect(await world.stored()).toEqual(['4', '5', '6', '7', '8']);
      await world.clock.advance(30_000);
      await intake.scan();
      await intake.scan();
      expect(await world.stored()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
      const marks = await world.store.read
        .selectFrom('intake_objects')
        .select(['object', 'status', 'error'])
        .orderBy('object')
        .execute();
      expect(marks.map(({ object, status }) => `${object} ${status}`)).toEqual([
        'a.json.gz damaged',
        'b.json damaged',
        'c.ndjson damaged',
        'd.json done',
      ]);
      expect(marks[0]?.error).toContain('not readable as gzip');
      expect(intake.stats()).toMatchObject({ refused: 3, damaged: 3, done: 1, waiting: 0 });
      expect(world.errors).toHaveLength(3);
    });

    it('loses and doubles nothing when the process dies at any point of a commit', async () => {
      const world = await newWorld(open);
      const ids = Array.from({ length: 30 }, (_, i) => String(i).padStart(2, '0'));
      const long = 'x'.repeat(200_000);
      world.write('big.json', JSON.stringify({ Records: ids.slice(0, 15).map((id) => record(id, { long })) }));
      world.write(
        'big.ndjson',
        ids
          .slice(15)
          .map((id) => `${JSON.stringify(record(id, { long }))}\n`)
          .join(''),
      );
      for (const point of ['between-read-and-ingest', 'between-ingest-and-mark'] as const) {
        world.reach.at = point;
        await expect(world.restart().scan()).rejects.toThrow(point);
      }
      delete world.reach.at;
      // Then in the middle of each file: every second transaction dies with its process.
      let calls = 0;
      for (let life = 0; life < 20; life += 1) {
        const intake = world.restart((real) => (tx, batch) => {
          calls += 1;
          if (calls % 2 === 0) throw new Error('died');
          return real(tx, batch);
        });
        if (
          await intake.scan().then(
            () => true,
            () => false,
          )
        )
          break;
      }
      expect(await world.stored()).toEqual(ids);
      expect(calls).toBeGreaterThan(5);
    });

    it('does not let two processes take the same file twice', async () => {
      const world = await newWorld(open);
      world.write('a.json', document(1, 2));
      const [one, two] = [world.restart(), world.restart()];
      // Who comes second is refused, or finds it done, by who is quicker.
      const results = await Promise.allSettled([one.scan(), two.scan()]);
      expect(results.map(({ status }) => status)).toContain('fulfilled');
      await Promise.all([one.scan(), two.scan()]);
      expect(await world.stored()).toEqual(['1', '2']);
    });
  });
});

describe('a watched folder', () => {
  const open = sqliteStore();

  it('is walked through links, without going round in circles', async () => {
    const world = await newWorld(open);
    const outside = newFolder();
    writeFileSync(join(outside, 'far.json'), document('far'));
    const path = world.write('sub/a.json', document(1));
    symlinkSync(world.folder, join(world.folder, 'a-loop'));
    symlinkSync('..', join(world.folder, 'sub/loop'));
    symlinkSync(outside, join(world.folder, 'elsewhere'));
    symlinkSync(path, join(world.folder, 'alias.json'));
    symlinkSync('nowhere.json', join(world.folder, 'dangling.json'));
    symlinkSync('self.json', join(world.folder, 'self.json'));
    linkSync(path, join(world.folder, 'hard.json'));
    await world.restart().scan();
    await world.restart().scan();
    expect(await world.stored()).toEqual(['1', 'far']);
    appendFileSync(path, `\n${document(2)}`);
    await world.restart().scan();
    expect(await world.stored()).toEqual(['1', '2', 'far']);
  });

  it('takes thousands of small files in few transactions', async () => {
    const world = await newWorld(open);
    for (let i = 0; i < 3_000; i += 1) world.write(`day-${i % 7}/${i}.json`, document(i));
    const write = vi.spyOn(world.store, 'write');
    await world.restart().scan();
    expect(await world.stored()).toHaveLength(3_000);
    expect(write.mock.calls.length).toBeLessThan(20);
  });

  it('sets aside a file whose records the store cannot take, and goes on behind it', async () => {
    const world = await newWorld(open);
    world.write('a.json', document('poison'));
    world.write('b.json', document(1));
    const intake = world.restart((real) => (tx, batch) => {
      if (batch.events.some(({ message }) => message.includes('poison'))) throw new Error('cannot be kept');
      return real(tx, batch);
    });
    await expect(intake.scan()).rejects.toThrow('cannot be kept');
    await intake.scan();
    expect(await world.stored()).toEqual(['1']);
    expect(intake.stats()).toMatchObject({ damaged: 1, done: 1 });
    expect(world.errors).toMatchObject([{ error: 'cannot be stored: cannot be kept' }]);
  });

  it.skipIf(process.getuid?.() === 0)('tells of a file that it may not read', async () => {
    const world = await newWorld(open);
    chmodSync(world.write('a.json', document(1)), 0);
    const intake = world.restart();
    await intake.scan();
    await world.clock.advance(30_000);
    await intake.scan();
    expect(world.errors).toMatchObject([{ error: 'cannot be read: EACCES' }]);
    chmodSync(join(world.folder, 'a.json'), 0o600);
    await intake.scan();
    expect(await world.stored()).toEqual(['1']);
  });

  it('makes a run of what comes together, and ends it after a silence', async () => {
    const world = await newWorld(open);
    const runs: (string | undefined)[] = [];
    const intake = world.restart((real) => (tx, batch) => {
      runs.push(batch.run);
      return real(tx, batch);
    });
    const ended = async () =>
      (await world.store.read.selectFrom('history_runs').select('due_at').execute()).map(({ due_at }) => due_at);
    world.write('a.json', document(1));
    await intake.scan();
    const row = { metric_id: 1, first_event_at: 1, last_event_at: 1, last_arrival_at: 1, due_at: 2 ** 42 };
    await world.store.write(({ db }) =>
      db
        .insertInto('history_runs')
        .values({ ...row, run: runs[0] as string })
        .execute(),
    );
    await world.clock.advance(4_000);
    world.write('b.json', document(2));
    await intake.scan();
    await intake.scan();
    expect(await ended()).toEqual([2 ** 42]);
    await world.clock.advance(5_000);
    await intake.scan();
    expect(await ended()).toEqual([START + 9_000]);
    world.write('c.json', document(3));
    await intake.scan();
    expect(runs[1]).toBe(runs[0]);
    expect(runs[2]).not.toBe(runs[0]);
  });

  it('is made when it is missing, watched for what comes, and left alone after stop', async () => {
    const world = await newWorld(open);
    const folder = join(world.folder, 'not/yet');
    const context: ChainContext = {
      store: world.store,
      clock: systemClock,
      ids: seededIds(2),
      log: silentLog,
      signals: new Signals(),
      reach: () => undefined,
    };
    const events = createAcceptEvents(context, nothingNext);
    const accept = createAcceptRecords(context, events, FALLBACK);
    const intake = new FolderIntake({ context, accept, files: nodeFileSystem, folder });
    intake.start();
    await vi.waitFor(() => writeFileSync(join(folder, 'a.json'), document(1)), { timeout: 5_000 });
    await vi.waitFor(async () => expect(await world.stored()).toEqual(['1']), { timeout: 10_000 });
    mkdirSync(join(folder, 'new'));
    writeFileSync(join(folder, 'new/b.json'), document(2));
    await vi.waitFor(async () => expect(await world.stored()).toEqual(['1', '2']), { timeout: 10_000 });
    await intake.stop();
    writeFileSync(join(folder, 'c.json'), document(3));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await world.stored()).toEqual(['1', '2']);
  });
});
