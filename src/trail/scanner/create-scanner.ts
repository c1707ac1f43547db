import { hasSimd } from './engine.ts';
import { FastScanner } from './fast-scanner.ts';
import { PlainScanner } from './plain-scan.ts';
import type { Scanner, ScannerOptions } from './scanner.ts';

/** zlib, until `npm run test:inflate` has held our own inflater to it on a million streams each way. */
const DEFAULT_INFLATE = 'node';

/**
 * Makes a scanner for a set of patterns. All engines and inflaters find the same.
 *
 * @example
 * const scanner = createScanner({ patterns: ['{ $.userIdentity.type = "Root" }'] });
 * const { records, matches } = await scanner.scan(createReadStream('file.json.gz'), (text) => console.log(text));
 */
export function createScanner({ patterns, inflate = DEFAULT_INFLATE, engine }: ScannerOptions): Scanner {
  const kind = engine ?? (hasSimd() ? 'simd' : 'scalar');
  return kind === 'plain' ? new PlainScanner(patterns) : new FastScanner(patterns, kind, inflate);
}
