import { PlainScanner } from './plain-scan.ts';
import type { Scanner, ScannerOptions } from './scanner.ts';

/**
 * Makes a scanner for a set of patterns.
 *
 * @example
 * const scanner = createScanner({ patterns: ['{ $.userIdentity.type = "Root" }'] });
 * const { records, matches } = await scanner.scan(createReadStream('file.json.gz'), (text) => console.log(text));
 */
export function createScanner(options: ScannerOptions): Scanner {
  return new PlainScanner(options.patterns);
}
