import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** Starts Elastic's receiver of OTLP and prints its address, then every request as it understood it. */
const PROGRAM = `
  const { MockOtlpServer, normalizeLogs } = require('@elastic/mockotlpserver');
  const onLogs = (logs) => console.log(JSON.stringify(normalizeLogs(logs)));
  const [, port] = process.argv;
  const server = new MockOtlpServer({
    logLevel: 'fatal', services: ['http'], httpHostname: '127.0.0.1', httpPort: Number(port), onLogs });
  server.start().then(() => console.log(JSON.stringify({ url: server.httpUrl.href })));
`;

export interface UnderstoodRecord {
  readonly timeUnixNano: string;
  readonly severityText: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface Printed {
  readonly url?: string;
  readonly resourceLogs?: readonly {
    readonly resource: { readonly attributes: Readonly<Record<string, unknown>> };
    readonly scopeLogs: readonly { readonly logRecords: readonly UnderstoodRecord[] }[];
  }[];
}

export interface MockOtlpServer {
  readonly url: string;
  readonly resources: Readonly<Record<string, unknown>>[];
  readonly records: UnderstoodRecord[];
  stop(): Promise<void>;
  /** At the same address. */
  start(): Promise<void>;
}

/** An independent receiver of OTLP over HTTP, in a process of its own: it reads protobuf by OpenTelemetry's definitions. */
export async function mockOtlpServer(): Promise<MockOtlpServer> {
  const resources: Readonly<Record<string, unknown>>[] = [];
  const records: UnderstoodRecord[] = [];
  let child: ChildProcess | undefined;
  let url = '';
  const start = async (): Promise<void> => {
    const port = url === '' ? '0' : new URL(url).port;
    const running = spawn(process.execPath, ['-e', PROGRAM, port], { stdio: ['ignore', 'pipe', 'inherit'] });
    child = running;
    url = await new Promise<string>((resolve, reject) => {
      running.once('exit', (code) => reject(new Error(`The receiver ended with ${code}`)));
      createInterface({ input: running.stdout }).on('line', (line) => {
        const printed = JSON.parse(line) as Printed;
        if (printed.url !== undefined) return resolve(printed.url);
        for (const { resource, scopeLogs } of printed.resourceLogs ?? []) {
          resources.push(resource.attributes);
          records.push(...scopeLogs.flatMap(({ logRecords }) => logRecords));
        }
      });
    });
  };
  const stop = async (): Promise<void> => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null) return;
    const gone = new Promise<void>((resolve) => running.once('close', () => resolve()));
    running.kill('SIGKILL');
    await gone;
  };
  onTestFinished(stop);
  await start();
  return {
    get url() {
      return url;
    },
    resources,
    records,
    start,
    stop,
  };
}
