import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PATTERNS_FILE, patternsText } from '../../tools/make-pattern-tables.ts';

it('docs/patterns.md has the tables that the prover makes (npx tsx tools/make-pattern-tables.ts)', () => {
  const page = readFileSync(PATTERNS_FILE, 'utf8');
  expect(patternsText(page)).toBe(page);
}, 60_000);
