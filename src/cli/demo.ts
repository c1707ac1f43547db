import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { noFaults } from '../base/faults.ts';
import { systemIds } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { startApp } from '../server/app.ts';
import { serveOptions } from '../server/options.ts';
import { EXAMPLES_END, redate } from '../trail/redate.ts';
import { DEFAULT_ENDPOINT, Engine, NoEngineError } from './engine.ts';
import { ingest } from './ingest.ts';
import { CommandError, EXIT, type Terminal } from './terminal.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/archive', import.meta.url));
const PATIENCE = 10_000;
const PAUSE = 300;

interface RingsAnswer {
  rings: { id: string; at: number; alarm: string; text: string }[];
}

export function demoCommand(terminal: Terminal, end: (code: number) => void): Command {
  return new Command('demo')
    .description('Feed the example records to a running engine, dated now, and show the ring.')
    .option('--endpoint-url <url>', 'the engine; without one running, a throw-away one is started')
    .option('--json', 'print the rings as JSON')
    .addHelpText('after', '\nExample:\n  trailbell demo')
    .action(async (options: { endpointUrl?: string; json?: boolean }) => {
      const found = await findEngine(options.endpointUrl, terminal);
      try {
        const rings = await ringOnce(found.engine, terminal);
        if (options.json) terminal.out(JSON.stringify({ rings }));
        else for (const ring of rings) terminal.out(ring.text);
        if (rings.length === 0) {
          const message = `nothing rang within ${PATIENCE / 1_000} s; "trailbell status" says which link is missing`;
          throw new CommandError(message, EXIT.findings);
        }
        if (!options.json) terminal.note(`\nMore of it: ${found.engine.endpoint}/console`);
        end(EXIT.clean);
      } finally {
        await found.stop();
      }
    });
}

/** A running engine, or one made for this demo alone. */
async function findEngine(
  endpoint: string | undefined,
  terminal: Terminal,
): Promise<{ engine: Engine; stop: () => Promise<void> }> {
  const wanted = endpoint ?? process.env.AWS_ENDPOINT_URL ?? DEFAULT_ENDPOINT;
  const engine = new Engine(wanted);
  try {
    await engine.get('/api/v1/status');
    return { engine, stop: async () => undefined };
  } catch (error) {
    if (endpoint !== undefined || !(error instanceof NoEngineError)) throw error;
  }
  terminal.note(`No engine at ${wanted}: starting a throw-away one.`);
  const dataDir = await mkdtemp(join(tmpdir(), 'trailbell-demo-'));
  const app = await startApp(serveOptions({ port: 0, dataDir, cis: true }), {
    clock: systemClock,
    ids: systemIds,
    log: silentLog,
    reach: noFaults,
    print: () => undefined,
  });
  return {
    engine: new Engine(app.url),
    async stop() {
      await app.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function ringOnce(engine: Engine, terminal: Terminal): Promise<RingsAnswer['rings']> {
  const since = systemClock.now();
  const shift = since - EXAMPLES_END - 1_000;
  const sent = await ingest(engine, [EXAMPLES], terminal, { again: true, change: (text) => redate(text, shift) });
  terminal.note(`${sent.records} example records sent; listening …`);
  let heard: RingsAnswer['rings'] = [];
  for (let waited = 0; waited < PATIENCE; waited += PAUSE) {
    const { rings } = await engine.get<RingsAnswer>(`/api/v1/rings?since=${since}`);
    // Several alarms hear the same records, each at its own moment: wait for the last of them.
    if (rings.length > 0 && rings.length === heard.length) return rings;
    heard = rings;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  return heard;
}
