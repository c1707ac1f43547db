import { Worker } from 'node:worker_threads';

/** Starts a thread that runs the module at `url`, which is named without the ending of its file. */
export function startThread(url: string, workerData?: unknown): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL(`${url}.js`), { workerData });
  // Run from source, as tests do: a thread has to be taught TypeScript first.
  const file = JSON.stringify(`${url}.ts`);
  const code = `import('tsx/esm/api').then(({ register }) => { register(); return import(${file}); });`;
  return new Worker(code, { eval: true, workerData });
}
