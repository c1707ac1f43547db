import type { Engine } from './engine.ts';
import type { Clue } from './guard-plan.ts';
import type { Key, KeyTree } from './key-tree.ts';

/** The clues of the patterns that share a bit; undefined when any record may match one of them. */
export interface Watch {
  readonly bit: number;
  readonly clues: readonly Clue[] | undefined;
}

interface Guard {
  any: number;
  number: number;
  untold: number;
  readonly values: { readonly value: string; readonly bits: number }[];
  readonly globs: { readonly prefix: string; readonly suffix: string; readonly bits: number }[];
}

/** Room of the engine. */
const MOST_GUARDS = 32;
const MOST_GLOBS = 256;
const MOST_VALUES = 1024;

const KINDS = { field: 0, 'record mark': 1, 'envelope mark': 2 } as const;
/** What may stand before the opening quote of a key. */
const BEFORE_KEYS = [...'{, \n\r\t'].map((char) => char.charCodeAt(0));
const QUOTE = 34;

/** Tells the engine which keys to note, and what to look for in their values. */
export function installGuards(engine: Engine, tree: KeyTree, watches: readonly Watch[]): void {
  const { run } = engine;
  const guards = new Map<number, Guard>();
  let always = 0;
  for (const { bit, clues } of watches) {
    const keys = clues?.map(({ path }) => tree.find(path));
    if (!clues || !keys?.every((key) => key !== undefined)) always |= bit;
    else for (const [i, clue] of clues.entries()) addClue(guardOf(guards, keys[i] as Key), clue, bit);
  }
  run.beginGuards(MOST_VALUES);
  for (const key of tree.keys) installKey(engine, key);
  for (const [key, guard] of guards) {
    if (!installGuard(engine, key, guard)) always |= guard.any | guard.number | guard.untold;
  }
  run.setAlways(always);
}

function guardOf(guards: Map<number, Guard>, key: Key): Guard {
  let guard = guards.get(key.number);
  if (!guard) {
    guard = { any: 0, number: 0, untold: 0, values: [], globs: [] };
    guards.set(key.number, guard);
  }
  return guard;
}

function addClue(guard: Guard, clue: Clue, bits: number): void {
  if (clue.kind === 'present') guard.any |= bits;
  else guard.untold |= bits;
  if (clue.kind === 'value') guard.values.push({ value: clue.value, bits });
  if (clue.kind === 'glob') {
    guard.number |= bits;
    guard.globs.push({ prefix: clue.prefix, suffix: clue.suffix, bits });
  }
}

function installKey(engine: Engine, key: Key): void {
  const { run, bytes, inputStart } = engine;
  const name = Buffer.from(key.name, 'latin1');
  name.copy(bytes, inputStart);
  const number = run.addKey(key.node, key.child, inputStart, name.length, KINDS[key.kind]);
  if (number !== key.number) throw new RangeError(`the engine has no room for the key ${key.name}`);
  const quoted = Buffer.concat([Buffer.of(QUOTE), name]);
  const ends = quoted.length < 4 ? BEFORE_KEYS.map((byte) => Buffer.concat([Buffer.of(byte), quoted])) : [quoted];
  for (const end of ends) {
    if (!run.linkKey(number, end.readInt32LE(end.length - 4))) throw new RangeError('the engine has no room for links');
  }
}

/** False when the engine has no room for it; then its patterns are judged for every record. */
function installGuard(engine: Engine, key: number, guard: Guard): boolean {
  const { run, bytes, inputStart } = engine;
  const index = run.addGuard(key, guard.any, guard.number, guard.untold);
  if (index < 0 || index >= MOST_GUARDS || guard.globs.length > MOST_GLOBS) return false;
  for (const { value, bits } of guard.values) {
    // A long value is told by its length and both ends.
    const text = Buffer.from(value);
    if (text.length > engine.inputSize - 16) return false;
    text.copy(bytes, inputStart + 8);
    if (!run.addValue(index, bits, inputStart + 8, text.length)) return false;
  }
  return guard.globs.every(({ prefix, suffix, bits }) => {
    const [first, last] = [Buffer.from(prefix).subarray(0, 8), Buffer.from(suffix).subarray(-8)];
    return run.addGlob(index, bits, wordOf(first, 0), first.length, wordOf(last, 8 - last.length), last.length);
  });
}

/** Up to eight bytes as a number, the first of them at byte `at` of it. */
function wordOf(bytes: Buffer, at: number): bigint {
  const word = Buffer.alloc(8);
  bytes.copy(word, at);
  return word.readBigInt64LE(0);
}
