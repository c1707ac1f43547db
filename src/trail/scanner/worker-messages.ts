import type { ScanOutcome } from './scan-outcome.ts';
import type { ScannerOptions } from './scanner.ts';

/** What a worker is started with. */
export interface WorkerSettings {
  readonly options: ScannerOptions;
}

/** A file that the worker reads itself, and its size where it is known to be a regular file. */
export interface PathInput {
  readonly path: string;
  readonly size?: number | undefined;
}

/** One input for a worker. Of a `stream` the bytes follow in messages of their own. */
export type Job =
  | ({ readonly id: number; readonly wantsTexts: boolean; readonly kind: 'path' } & PathInput)
  | { readonly id: number; readonly wantsTexts: boolean; readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly id: number; readonly wantsTexts: boolean; readonly kind: 'stream' };

export type ToWorker =
  | { readonly kind: 'jobs'; readonly jobs: readonly Job[] }
  | { readonly kind: 'chunk'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'end'; readonly id: number; readonly failure?: string }
  /** Matches of so many characters were dealt with. */
  | { readonly kind: 'noted'; readonly size: number };

export interface MatchMessage {
  readonly text: string;
  readonly patterns: readonly number[];
}

export type FromWorker =
  | { readonly kind: 'matches'; readonly id: number; readonly matches: readonly MatchMessage[]; readonly size: number }
  /** A chunk of a stream was used up; the next may come. */
  | { readonly kind: 'taken'; readonly id: number }
  | { readonly kind: 'done'; readonly done: readonly { readonly id: number; readonly outcome: ScanOutcome }[] };
