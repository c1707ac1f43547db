import { Worker } from 'node:worker_threads';
import type { WorkerSettings } from './worker-messages.ts';

/** Starts a thread of a scan pool. */
export function startWorker(settings: WorkerSettings): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./scan-worker.js', import.meta.url), { workerData: settings });
  }
  // Run from source, as tests do: a thread has to be taught TypeScript first.
  const file = JSON.stringify(new URL('./scan-worker.ts', import.meta.url).href);
  const code = `import('tsx/esm/api').then(({ register }) => { register(); return import(${file}); });`;
  return new Worker(code, { eval: true, workerData: settings });
}
