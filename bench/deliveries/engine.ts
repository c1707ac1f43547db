import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';

/** The program in a process of its own. */
export interface BenchEngine {
  readonly url: string;
  readonly process: ChildProcess;
  /** Resolves when it is gone. */
  readonly gone: Promise<void>;
}

export function startEngine(dataDir: string): Promise<BenchEngine> {
  const args = ['bin/trailbell', 'serve', '--port', '0', '--data-dir', dataDir, '--log-level', 'silent'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      const [, url] = /^ready (\S+)\n/.exec(out) ?? [];
      if (url) resolve({ url, process: child, gone });
    });
    void gone.then(() => reject(new Error('the engine ended before it was ready; is dist built?')));
  });
}

/** Seconds of CPU that the engine has used; undefined where the system has no /proc. */
export async function cpuSeconds({ process: { pid } }: BenchEngine): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // After the name in brackets come the state and, eleven fields on, user and system time in hundredths.
  const [user, system] =
    stat
      ?.slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number) ?? [];
  return user === undefined || system === undefined ? undefined : (user + system) / 100;
}

const agent = new Agent({ connections: 64, keepAliveTimeout: 60_000 });

/** An SNS call as any client sends it; gives the answer's text. */
export async function sns(engine: BenchEngine, parameters: Record<string, string>): Promise<string> {
  const reply = await request(engine.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ Version: '2010-03-31', ...parameters }).toString(),
    dispatcher: agent,
  });
  const text = await reply.body.text();
  if (reply.statusCode !== 200) throw new Error(`${parameters.Action} was answered ${reply.statusCode}: ${text}`);
  return text;
}

export async function own<T>(engine: BenchEngine, path: string, form?: Record<string, string>): Promise<T> {
  const reply = await request(`${engine.url}${path}`, {
    method: form ? 'POST' : 'GET',
    ...(form
      ? {
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams(form).toString(),
        }
      : {}),
    dispatcher: agent,
  });
  const text = await reply.body.text();
  return (form ? undefined : JSON.parse(text)) as T;
}
