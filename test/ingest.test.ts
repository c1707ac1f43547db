import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Engine } from '../src/cli/engine.ts';
import { ingest } from '../src/cli/ingest.ts';
import { rootSignIn } from './engine/root-sign-in.ts';
import { startEngine } from './engine/start.ts';

const quiet = { note: () => undefined };

it('counts a file once however often and under whatever name it is sent, unless asked to count it again', async () => {
  const engine = new Engine((await startEngine({ cis: true })).url);
  const folder = await mkdtemp(join(tmpdir(), 'trailbell-ingest-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const now = Date.now();
  await writeFile(join(folder, 'a.json'), rootSignIn(new Date(now)));
  const first = await ingest(engine, [folder], quiet);
  expect(first).toMatchObject({ files: 1, records: 1, stored: 1, duplicates: 0 });

  await writeFile(join(folder, 'b.json'), rootSignIn(new Date(now - 1_000)));
  await writeFile(join(folder, 'moved.json'), rootSignIn(new Date(0)));
  expect(await ingest(engine, [folder], quiet)).toMatchObject({ files: 3, stored: 2, duplicates: 1 });
  expect(await ingest(engine, [join(folder, 'moved.json')], quiet)).toMatchObject({ stored: 0, duplicates: 1 });
  expect(await ingest(engine, [folder], quiet, { again: true })).toMatchObject({ stored: 3, duplicates: 0 });
});
