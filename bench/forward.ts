// How fast forwards send, and what they cost while a receiver is down: npm run bench:forward [records].
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/base/clock.ts';
import { noFaults } from '../src/base/faults.ts';
import { systemIds } from '../src/base/ids.ts';
import { silentLog } from '../src/base/log.ts';
import { openNetwork } from '../src/base/network.ts';
import { openSocketDoor } from '../src/base/socket-door.ts';
import { createAcceptEvents } from '../src/chain/logs/accept-events.ts';
import { Signals } from '../src/chain/signals.ts';
import { Forwards } from '../src/forward/forwards.ts';
import { makePlans } from '../src/forward/make-plans.ts';
import { forwardSettings } from '../src/forward/settings.ts';
import { openStore } from '../src/store/store.ts';
import { rootSignIn } from '../test/engine/root-sign-in.ts';

const RECORDS = Number(process.argv[2] ?? 100_000);
const PER_BATCH = 100;

const folder = mkdtempSync(join(tmpdir(), 'trailbell-bench-'));
const store = await openStore(join(folder, 'trailbell.db'));
const context = { store, clock: systemClock, ids: systemIds, log: silentLog, signals: new Signals(), reach: noFaults };
const accept = createAcceptEvents(context, {
  recordSamples: async () => [],
  recordMatches: async () => undefined,
  forwardEvents: async () => undefined,
});
const scope = { account: '111122223333', region: 'us-east-1' };
for (let done = 0; done < RECORDS; done += PER_BATCH) {
  const events = Array.from({ length: PER_BATCH }, () => ({
    at: Date.now(),
    message: rootSignIn(new Date(), systemIds.uuid()),
  }));
  await store.write((tx) => accept(tx, { scope, group: 'CloudTrail/logs', stream: 's', events, door: 'own' }));
}

let received = 0;
let isDown = false;
const server = createServer((request, response) => {
  request.on('data', (part: Buffer) => {
    received += part.length;
  });
  request.on('end', () =>
    response.writeHead(isDown ? 503 : 200, { 'content-type': 'application/json' }).end('{"errors":false}'),
  );
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const deps = {
  context,
  openDoor: () => openNetwork({ allowLoopback: true }),
  openSocketDoor: () => openSocketDoor({ allowLoopback: true }),
};

/** Runs one forward from the beginning until it has sent everything. */
async function measure(name: string, settings: object): Promise<void> {
  const forwards = new Forwards(
    context,
    await makePlans(forwardSettings.parse({ [name]: { from: 'beginning', ...settings } }), deps),
  );
  received = 0;
  const started = performance.now();
  await forwards.start();
  for (;;) {
    const [state] = await forwards.states();
    if (state && state.sent >= RECORDS) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const seconds = (performance.now() - started) / 1_000;
  console.log(
    `${name}: ${RECORDS} records in ${seconds.toFixed(1)} s, ${Math.round(RECORDS / seconds)} a second, ${Math.round(received / 1_024)} kB over the wire`,
  );
  await forwards.stop();
}

const batch = { seconds: 0 };
await measure('file', { type: 'file', path: join(folder, 'out.ndjson'), batch });
await measure('http-json', { type: 'http', url, batch });
await measure('http-ocsf', { type: 'http', url, format: 'ocsf', batch });
await measure('elastic', { type: 'elastic', url, batch });
await measure('otlp-protobuf', { type: 'otlp', url, batch });
await measure('otlp-json', { type: 'otlp', url, encoding: 'json', batch });

isDown = true;
const down = new Forwards(
  context,
  await makePlans(forwardSettings.parse({ down: { type: 'http', url, from: 'beginning' } }), deps),
);
await down.start();
const begun = performance.now();
for (let look = 0; look < 10; look += 1) await down.states();
console.log(
  `status of a forward with ${RECORDS / PER_BATCH} chunks waiting: ${((performance.now() - begun) / 10).toFixed(1)} ms`,
);
await down.stop();
server.close();
await store.close();
rmSync(folder, { recursive: true });
