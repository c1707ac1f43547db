// Compiles wasm/ with AssemblyScript into dist/trail/scanner, with SIMD and without, unless it is up to date.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const sources = folder('wasm/');
const target = folder('dist/trail/scanner/');
const stamp = `${target}engine.stamp`;
const VARIANTS = [
  ['simd', ['--enable', 'simd']],
  ['scalar', ['--disable', 'simd']],
];

/** Nobody who has the same sources and compiler needs to build again. */
function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)));
  hash.update(readFileSync(folder('node_modules/assemblyscript/package.json')));
  for (const file of readdirSync(sources).sort()) hash.update(file).update(readFileSync(sources + file));
  return hash.digest('hex');
}

async function build() {
  const { main } = await import('assemblyscript/asc');
  for (const [name, options] of VARIANTS) {
    const file = `${target}engine-${name}.wasm`;
    const { error, stderr } = await main(
      [
        `${sources}index.ts`,
        ...['--outFile', `${file}.new`, '--runtime', 'stub', '--use', 'abort=', '--noAssert', '-O3'],
        ...['--enable', 'bulk-memory', '--initialMemory', '192', '--maximumMemory', '192', ...options],
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
