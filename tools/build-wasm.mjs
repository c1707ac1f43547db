// Compiles wasm/ with AssemblyScript into dist/trail, the scanner with SIMD and without, unless it is up to date.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const sources = folder('wasm/');
const target = folder('dist/trail/');
const stamp = `${target}engine.stamp`;
/** Modules: source, pages of memory, what else the compiler is told. */
const MODULES = {
  'scanner/engine-simd.wasm': ['index.ts', 192, ['--enable', 'simd']],
  'scanner/engine-scalar.wasm': ['index.ts', 192, ['--disable', 'simd']],
  'deflate/deflate.wasm': ['deflate.ts', 64, ['--disable', 'simd']],
};

/** Nobody who has the same sources and compiler needs to build again. */
function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)));
  hash.update(readFileSync(folder('node_modules/assemblyscript/package.json')));
  for (const file of readdirSync(sources).sort()) hash.update(file).update(readFileSync(sources + file));
  return hash.digest('hex');
}

async function build() {
  const { main } = await import('assemblyscript/asc');
  for (const [name, [source, pages, options]] of Object.entries(MODULES)) {
    const file = `${target}${name}`;
    mkdirSync(dirname(file), { recursive: true });
    const { error, stderr } = await main(
      [
        `${sources}${source}`,
        ...['--outFile', `${file}.new`, '--runtime', 'stub', '--use', 'abort=', '--noAssert', '-O3'],
        ...['--enable', 'bulk-memory', '--initialMemory', `${pages}`, '--maximumMemory', `${pages}`, ...options],
      ],
      {},
    );
    if (error) throw new Error(`wasm/ does not compile:\n${stderr}`, { cause: error });
    renameSync(`${file}.new`, file);
  }
}

const wanted = fingerprint();
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  mkdirSync(target, { recursive: true });
  await build();
  writeFileSync(stamp, wanted);
}
