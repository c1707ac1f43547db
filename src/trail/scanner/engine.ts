import { readFileSync } from 'node:fs';

export type EngineKind = 'simd' | 'scalar';

/** As much of it as is used here; the types of Node leave it to those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => EngineModule;
  readonly Instance: new (module: EngineModule, imports: object) => { readonly exports: unknown };
  readonly CompileError: new () => Error;
};

interface EngineModule {
  readonly [Symbol.toStringTag]: string;
}

interface Counter {
  readonly value: number;
}

/** What `wasm/index.ts` exports; its comments tell more. */
interface EngineExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  inputStart(): number;
  candidatesStart(): number;
  contentStart(): number;
  memoryEnd(): number;
  readonly INPUT_SIZE: Counter;
  readonly CONTENT_SIZE: Counter;
  moveContent(to: number, from: number, size: number): void;
  beginInflate(output: number): void;
  inflate(input: number, end: number, isLast: boolean, limit: number): number;
  moveOutput(distance: number, floor: number): void;
  readonly inputAt: Counter;
  readonly outputAt: Counter;
  beginCrc(): void;
  addToCrc(from: number, to: number): number;
  remainderOfCrc(): number;
  sizeOfRemainder(): number;
  beginGuards(values: number): void;
  addKey(node: number, child: number, name: number, length: number, kind: number): number;
  linkKey(key: number, lastFour: number): boolean;
  addGuard(key: number, any: number, number: number, untold: number): number;
  addGlob(
    guard: number,
    patterns: number,
    prefix: bigint,
    prefixLength: number,
    suffix: bigint,
    suffixLength: number,
  ): boolean;
  addValue(guard: number, patterns: number, value: number, length: number): boolean;
  setAlways(patterns: number): void;
  beginScan(at: number, lines: boolean, follows: boolean): void;
  moveScan(distance: number): void;
  scan(end: number, isLast: boolean): number;
  candidateSize(): number;
  readonly sureAt: Counter;
  readonly recordCount: Counter;
  readonly candidateCount: Counter;
}

/** What `scan` answers. */
export const SCAN = { needsContent: 0, candidatesFull: 1, listEnded: 2, irregular: 3 } as const;
/** What `inflate` answers; less than 0 is damage. */
export const INFLATE = { needsInput: 0, needsRoom: 1, done: 2, truncated: -1 } as const;

/** An engine of one's own: its memory holds one content at a time. */
export interface Engine {
  readonly run: EngineExports;
  /** All of its memory. */
  readonly bytes: Buffer;
  readonly words: Uint32Array;
  readonly inputStart: number;
  readonly inputSize: number;
  readonly candidatesStart: number;
  readonly contentStart: number;
  readonly contentSize: number;
}

const modules = new Map<EngineKind, EngineModule>();

/** Can this host run the engine with SIMD? Every Node that we support can, on x64 and arm64. */
export function hasSimd(): boolean {
  try {
    moduleOf('simd');
    return true;
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return false;
    throw error;
  }
}

export function loadEngine(kind: EngineKind): Engine {
  const run = new WebAssembly.Instance(moduleOf(kind), {}).exports as EngineExports;
  return {
    run,
    bytes: Buffer.from(run.memory.buffer),
    words: new Uint32Array(run.memory.buffer),
    inputStart: run.inputStart(),
    inputSize: run.INPUT_SIZE.value,
    candidatesStart: run.candidatesStart(),
    contentStart: run.contentStart(),
    contentSize: run.CONTENT_SIZE.value,
  };
}

function moduleOf(kind: EngineKind): EngineModule {
  let module = modules.get(kind);
  if (!module) {
    // Run from source, as tests do, the engine lies where the build puts it.
    const folder = import.meta.url.endsWith('.ts') ? '../../../dist/trail/scanner/' : './';
    module = new WebAssembly.Module(readFileSync(new URL(`${folder}engine-${kind}.wasm`, import.meta.url)));
    modules.set(kind, module);
  }
  return module;
}
