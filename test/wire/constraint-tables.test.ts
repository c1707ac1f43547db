import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const GENERATOR = fileURLToPath(new URL('../../tools/make-constraints.py', import.meta.url));
const TABLES = fileURLToPath(new URL('../../src/aws/wire/constraints/', import.meta.url));
/** The models move with every release; the tables are made from those of this one. */
const BOTOCORE = '1.43.11';

const installed = spawnSync('python3', ['-c', 'import botocore; print(botocore.__version__)'], { encoding: 'utf8' });

describe.skipIf(installed.stdout?.trim() !== BOTOCORE)(`the constraint tables, with botocore ${BOTOCORE}`, () => {
  it('are what their generator makes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'constraints-'));
    try {
      const made = spawnSync('python3', [GENERATOR, folder], { encoding: 'utf8' });
      expect(made.stderr).toBe('');
      expect(readdirSync(folder).sort()).toEqual(readdirSync(TABLES).sort());
      for (const file of readdirSync(folder)) {
        expect(readFileSync(join(TABLES, file), 'utf8'), file).toBe(readFileSync(join(folder, file), 'utf8'));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
