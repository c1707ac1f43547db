import type { OnMatch, ScanOutcome } from './scan-outcome.ts';

/** Looks for records that match filter patterns. Used for one content after the other. */
export interface Scanner {
  /**
   * Scans a file or body, plain or gzipped, of all forms that `readRecords` knows, in bounded memory.
   * Never throws for what it contains, nor for a source that fails: both are told in the outcome.
   */
  scan(content: Uint8Array | AsyncIterable<Uint8Array>, onMatch?: OnMatch): Promise<ScanOutcome>;
}

export interface ScannerOptions {
  /** Filter patterns of any kind; throws `PatternError` for what is none. */
  readonly patterns: readonly string[];
  /** Who inflates gzip: our WebAssembly, the default, or zlib, which is slower here. */
  readonly inflate?: 'wasm' | 'node';
  /** `plain` parses everything. */
  readonly engine?: 'simd' | 'scalar' | 'plain';
}
