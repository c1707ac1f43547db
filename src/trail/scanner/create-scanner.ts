import { hasSimd } from './engine.ts';
import { FastScanner } from './fast-scanner.ts';
import { PlainScanner } from './plain-scan.ts';
import type { Scanner, ScannerOptions } from './scanner.ts';

/** Our own inflater: `npm run test:inflate` has held it to zlib on a million sound streams and as many damaged ones. */
const DEFAULT_INFLATE = 'wasm';

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
