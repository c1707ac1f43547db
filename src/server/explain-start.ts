import type { ServeOptions } from './options.ts';

/** One line for what commonly keeps an engine from starting; undefined for anything else. */
export function explainStart(error: unknown, options: ServeOptions): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return `port ${options.port} on ${options.host} is taken: stop the other program, or choose another with --port (0 picks a free one)`;
  }
  if (code === 'EADDRNOTAVAIL') return `--host ${options.host} is no address of this machine`;
  if (code === 'EACCES' && syscall === 'listen') {
    return `port ${options.port} is reserved for the system: choose one above 1023 with --port`;
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `${path ?? options.dataDir} cannot be written: choose another folder with --data-dir`;
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') return `${path ?? options.dataDir} is a file, not a folder`;
  if (code === 'ENOSPC') return `the disk of ${options.dataDir} is full`;
  if (code === 'ENOENT') return `${path ?? 'a file'} does not exist`;
  if (code === 'ECONNREFUSED' && options.store) return `the store ${withoutPassword(options.store)} does not answer`;
  if (/unable to open database|readonly database/i.test(error.message)) {
    return `the store in ${options.dataDir} cannot be opened for writing: check who owns it, or choose another folder with --data-dir`;
  }
  if (/not a database|malformed/i.test(error.message)) {
    return `the store in ${options.dataDir} is damaged or no store of ours: move it away, or choose another folder with --data-dir`;
  }
  if (/written by a newer Trailbell/.test(error.message)) return error.message;
  if (['OptionError', 'StartError', 'SecretError'].includes(error.name)) return error.message;
  return undefined;
}

/** A condition of this program's own that keeps it from starting, said in one line. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

const withoutPassword = (url: string): string => url.replace(/\/\/([^:/@]+):[^@/]*@/, '//$1:***@');
