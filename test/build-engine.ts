import { execFileSync } from 'node:child_process';

/** Builds the scanner's WebAssembly unless it is up to date: it is no source that tests could run from. */
export function setup(): void {
  execFileSync(process.execPath, ['tools/build-wasm.mjs'], { stdio: ['ignore', 'inherit', 'inherit'] });
}
