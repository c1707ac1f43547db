import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { noFaults } from '../../src/base/faults.ts';
import { systemIds } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { startApp } from '../../src/server/app.ts';
import { serveOptions } from '../../src/server/options.ts';

export interface Run {
  readonly records: number;
  /** From the start of the intake until all is stored and every alarm judged. */
  readonly seconds: number;
  /** Processor time of the engine's process. */
  readonly processorSeconds: number;
}

/** Runs a fresh engine with the CIS alarms over a bucket until it has read `objects` objects. */
export async function intakeRun(endpoint: string, objects: number, start: string, parallel: number): Promise<Run> {
  const dataDir = await mkdtemp(join(tmpdir(), 'trailbell-bench-'));
  const s3 = [{ name: 'bench', bucket: 'bench', endpoint, start, parallel }];
  const app = await startApp(serveOptions({ port: 0, dataDir, cis: true, logLevel: 'silent', intakes: { s3 } }), {
    clock: systemClock,
    ids: systemIds,
    log: silentLog,
    reach: noFaults,
    print: () => undefined,
  });
  // What a start costs does not grow with the objects.
  const begun = performance.now();
  const before = process.cpuUsage();
  let records = 0;
  for (;;) {
    const state = await stateOf(app.url);
    records = state?.stats.records ?? records;
    if ((state?.objects.read ?? 0) >= objects) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await app.engine.idle();
  const seconds = (performance.now() - begun) / 1_000;
  const { user, system } = process.cpuUsage(before);
  await app.stop();
  await rm(dataDir, { recursive: true, force: true });
  return { records, seconds, processorSeconds: (user + system) / 1e6 };
}

interface State {
  readonly stats: { readonly records: number };
  readonly objects: { readonly read: number };
}

/** Undefined where the engine could not be asked: a long run must not end because the machine slept for a while. */
async function stateOf(url: string): Promise<State | undefined> {
  try {
    const { intakes } = (await (await fetch(`${url}/api/v1/intakes`)).json()) as { intakes: State[] };
    return intakes[0];
  } catch {
    return undefined;
  }
}
