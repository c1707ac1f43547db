import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { systemClock } from '../../src/base/clock.ts';
import { noFaults } from '../../src/base/faults.ts';
import { systemIds } from '../../src/base/ids.ts';
import type { Log } from '../../src/base/log.ts';
import { type App, startApp } from '../../src/server/app.ts';
import { type ServeSettings, serveOptions } from '../../src/server/options.ts';

export interface TestEngine {
  readonly app: App;
  readonly url: string;
  readonly dataDir: string;
  /** What the engine printed for people. */
  readonly printed: string[];
  /** Everything logged at warn or error: a good run has none. */
  readonly logged: { level: string; message: string; fields: object }[];
}

/** The whole program in this process, on a free port and a folder of its own; gone after the test. */
export async function startEngine(settings: ServeSettings = {}, clock: Clock = systemClock): Promise<TestEngine> {
  const dataDir = settings.dataDir ?? (await mkdtemp(join(tmpdir(), 'trailbell-engine-')));
  const printed: string[] = [];
  const logged: TestEngine['logged'] = [];
  const app = await startApp(serveOptions({ port: 0, ...settings, dataDir }), {
    clock,
    ids: systemIds,
    log: collectingLog(logged),
    reach: noFaults,
    print: (text) => printed.push(text),
  });
  onTestFinished(async () => {
    await app.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  return { app, url: app.url, dataDir, printed, logged };
}

function collectingLog(logged: TestEngine['logged']): Log {
  const note = (level: string) => (fields: object, message: string) => void logged.push({ level, message, fields });
  return { debug: () => undefined, info: () => undefined, warn: note('warn'), error: note('error') };
}
