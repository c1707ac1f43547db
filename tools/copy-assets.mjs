// Copies what tsc does not: data files that modules read beside themselves at run time.
import { cpSync, existsSync } from 'node:fs';

const assets = ['aws/wire/constraints', 'console/static'];

for (const asset of assets) {
  const from = new URL(`../src/${asset}`, import.meta.url);
  if (existsSync(from)) cpSync(from, new URL(`../dist/${asset}`, import.meta.url), { recursive: true });
}
