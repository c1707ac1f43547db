import type { Worker } from 'node:worker_threads';
import { startThread } from '../../base/start-thread.ts';
import type { WorkerSettings } from './worker-messages.ts';

/** Starts a thread of a scan pool. */
export const startWorker = (settings: WorkerSettings): Worker =>
  startThread(new URL('./scan-worker', import.meta.url).href, settings);
