// Holds the house: rooms import lower floors only, no cycles between files, and no file outgrows its one thing.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const FLOORS = {
  cli: 6,
  server: 5,
  aws: 4,
  console: 4,
  intake: 4,
  audit: 3,
  forward: 3,
  chain: 2,
  trail: 1,
  store: 1,
  pattern: 0,
  base: 0,
};
/** Soft limit 300 lines is for readers; 500 fails the build. Tables made by a generator do not count. */
const HARD_LIMIT = 500;
const BARRED_NAMES = /(^|\/)(utils?|helpers?|misc|common)(\.|\/)/;

const root = fileURLToPath(new URL('../src/', import.meta.url));
const files = readdirSync(root, { recursive: true })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'));
const faults = [];
const imports = new Map();

for (const file of files) {
  const text = readFileSync(join(root, file), 'utf8');
  const room = file.split('/')[0];
  if (!(room in FLOORS)) faults.push(`src/${file}: ${room} is not a room of the house`);
  if (BARRED_NAMES.test(file)) faults.push(`src/${file}: name the one thing this file is`);
  const lines = text.split('\n').length;
  if (lines > HARD_LIMIT && !file.includes('generated'))
    faults.push(`src/${file}: ${lines} lines, the limit is ${HARD_LIMIT}`);
  const targets = [];
  for (const [, typeOnly, specifier] of text.matchAll(
    /^\s*(?:import|export)\s(type\s)?[^;'"]*?from\s+'(\.[^']+)'/gms,
  )) {
    const target = normalize(join(dirname(file), specifier)).replaceAll('\\', '/');
    const other = target.split('/')[0];
    // Tests beside the code may use what lies in test/.
    if (other === '..' && file.endsWith('.test.ts')) continue;
    if (other !== room && !(FLOORS[other] < FLOORS[room]))
      faults.push(`src/${file}: ${room} may not import ${other} (src/${target})`);
    if (!typeOnly) targets.push(target);
  }
  imports.set(file, targets);
}

const state = new Map();
/** Depth-first walk; a file met again while still open closes a cycle. */
function visit(file, trail) {
  if (state.get(file) === 'done') return;
  if (state.get(file) === 'open') {
    faults.push(`import cycle: ${[...trail.slice(trail.indexOf(file)), file].join(' -> ')}`);
    return;
  }
  state.set(file, 'open');
  for (const next of imports.get(file) ?? []) visit(next, [...trail, file]);
  state.set(file, 'done');
}
for (const file of files) visit(file, []);

for (const fault of faults) console.error(fault);
if (faults.length > 0) {
  console.error(`${faults.length} fault(s) in the house (${relative(process.cwd(), root) || '.'})`);
  process.exit(1);
}
console.log(`house: ${files.length} files in order`);
