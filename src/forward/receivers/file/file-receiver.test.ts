import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ForwardWorld, idsIn, idsTo } from '../../../../test/forward/forward-world.ts';
import { sqliteStore } from '../../../../test/stores.ts';

const SECOND = 1_000;
const open = sqliteStore();

describe('a file', () => {
  const setUp = async (rotate: object = {}) => {
    const folder = mkdtempSync(join(tmpdir(), 'trailbell-forward-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const world = new ForwardWorld(await open());
    const path = join(folder, 'out', 'events.ndjson');
    const settings = { siem: { type: 'file', path, rotate, batch: { records: 10 } } };
    await world.start(settings);
    const names = () => readdirSync(join(folder, 'out')).sort();
    const everything = () =>
      names()
        // Rotated files have a time behind a dash, which sorts before the dot of the newest.
        .map((name) => readFileSync(join(folder, 'out', name)))
        .map((bytes) => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8'))
        .join('');
    return { world, path, settings, names, everything };
  };

  it('has a line for each record, and is for its owner alone', async () => {
    const { world, path } = await setUp();
    await world.put([...world.records(2), 'no JSON\nof two lines', '{ "spaced" : 1.50 }']);
    await world.pass(2 * SECOND);
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines).toHaveLength(5);
    expect(idsIn(lines.join(''))).toEqual(idsTo(2));
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ message: 'no JSON\nof two lines', logGroup: 'CloudTrail/logs' });
    expect(lines[3]).toBe('{"spaced":1.50}');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is rotated by size, compressed, and only so many are kept', async () => {
    const { world, names, everything } = await setUp({ bytes: 10_000, keep: 3 });
    await world.put(world.records(100));
    await world.pass(2 * SECOND);
    const all = names();
    expect(all).toHaveLength(4);
    expect(all.slice(0, 3).every((name) => /^events-2026030\dT\d{6}Z(-\d+)?\.ndjson\.gz$/.test(name))).toBe(true);
    const ids = idsIn(everything());
    expect(new Set(ids)).toEqual(new Set(idsTo(100, 100 - ids.length + 1)));
  });

  it('is rotated by age', async () => {
    const { world, names } = await setUp({ hours: 1, gzip: false });
    await world.put(world.records(1));
    await world.pass(2 * SECOND);
    await world.pass(3_700 * SECOND, 600 * SECOND);
    await world.put(world.records(1));
    await world.pass(2 * SECOND);
    expect(names()).toEqual([expect.stringMatching(/^events-\d{8}T\d{6}Z\.ndjson$/), 'events.ndjson']);
  });

  it('is begun anew where somebody moved it away', async () => {
    const { world, path, everything } = await setUp();
    await world.put(world.records(1));
    await world.pass(2 * SECOND);
    renameSync(path, `${path}.1`);
    await world.put(world.records(1));
    await world.pass(2 * SECOND);
    expect(idsIn(readFileSync(path, 'utf8'))).toEqual(idsTo(2, 2));
    expect(idsIn(everything())).toHaveLength(2);
  });

  it('loses the half line that a crash left in it', async () => {
    const { world, path, settings } = await setUp();
    await world.put(world.records(1));
    await world.pass(2 * SECOND);
    await world.stop();
    appendFileSync(path, '{"half":');
    await world.start(settings);
    await world.put(world.records(1));
    await world.pass(2 * SECOND);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(idsIn(lines.map((line) => JSON.stringify(JSON.parse(line))).join(''))).toEqual(idsTo(2));
  });

  it.each(['dear diary', 'a,b\n1,2\n3,4'])('of another program, which ends with %j, is left as it is', async (text) => {
    const { world, path, settings } = await setUp();
    await world.put(world.records(1));
    await world.pass(2 * SECOND);
    await world.stop();
    writeFileSync(path, text);
    await world.start(settings);
    await world.put(world.records(1));
    await world.pass(2 * SECOND);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect((await world.state()).failing?.error).toContain('is it the file of another program?');
    expect(await world.state()).toMatchObject({ sent: 1, waiting: 1, failing: { reason: 'file' } });
  });

  it.each(['C', 'CEF', 'CEF:0|Trail', '{', '\0\0'])('loses what a crash left of a line, such as %j', async (half) => {
    const { world, path, settings } = await setUp();
    await world.put(world.records(1));
    await world.pass(2 * SECOND);
    await world.stop();
    appendFileSync(path, half);
    await world.start(settings);
    await world.put(world.records(1));
    await world.pass(2 * SECOND);
    expect(
      idsIn(
        readFileSync(path, 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => JSON.stringify(JSON.parse(line)))
          .join(''),
      ),
    ).toEqual(idsTo(2));
  });

  it('that cannot be written makes the records wait', async () => {
    const { world, path } = await setUp();
    await world.put(world.records(1));
    await world.pass(2 * SECOND);
    // A file stands where a folder is wanted.
    await world.start({ siem: { type: 'file', path: join(path, 'below.ndjson') } });
    await world.put(world.records(1));
    await world.pass(2 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 1, waiting: 1, failing: { reason: 'file' } });
  });
});
