import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/trailbell', import.meta.url));

/** The real program in a process of its own. */
export interface ChildEngine {
  readonly url: string;
  readonly process: ChildProcess;
  /** Everything it wrote to standard error so far. */
  readonly notes: () => string;
  /** `kill -9`, resolving when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves to its exit code. */
  stop(): Promise<number | null>;
  readonly gone: Promise<number | null>;
}

/** Starts `trailbell serve` and resolves when it accepts calls. */
export function startChild(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ChildEngine> {
  const child = spawn(process.execPath, [PROGRAM, 'serve', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let notes = '';
  child.stderr.on('data', (chunk: Buffer) => {
    notes += chunk.toString('utf8');
  });
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return new Promise((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString('utf8');
      const [, url] = /^ready (\S+)\n/.exec(out) ?? [];
      if (!url) return;
      resolve({
        url,
        process: child,
        notes: () => notes,
        gone,
        async kill() {
          child.kill('SIGKILL');
          await gone;
        },
        stop() {
          child.kill('SIGTERM');
          return gone;
        },
      });
    });
    void gone.then((code) => reject(new Error(`trailbell ended with ${code} before it was ready: ${notes}`)));
  });
}
