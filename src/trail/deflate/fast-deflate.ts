import { readFileSync } from 'node:fs';
import { ContentCrc, type Divider } from '../scanner/content-crc.ts';

/** As much of it as is used here; the types of Node leave it to those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** What `wasm/deflate.ts` exports; its comments tell more. */
type DeflateExports = Divider['run'] & {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly INPUT_SIZE: { readonly value: number };
  inputStart(): number;
  outputStart(): number;
  deflate(size: number): number;
};

/** What the desk has room for. */
export const LARGEST_DESK = 1536 * 1024;

/** Deflate, no time, unknown system. */
const HEADER = Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255);
const TRAILER = 8;

/** Compresses as well as zlib at level 1, in a bit more than half of its time. */
export class FastDeflate {
  readonly #run: DeflateExports;
  readonly #memory: Buffer;
  readonly #crc: ContentCrc;
  /** What is to be compressed is written here. */
  readonly desk: Buffer;

  constructor() {
    // Run from source, as tests do, the module lies where the build puts it.
    const folder = import.meta.url.endsWith('.ts') ? '../../../dist/trail/deflate/' : './';
    const module = new WebAssembly.Module(readFileSync(new URL(`${folder}deflate.wasm`, import.meta.url)));
    this.#run = new WebAssembly.Instance(module, {}).exports as DeflateExports;
    this.#memory = Buffer.from(this.#run.memory.buffer);
    this.#crc = new ContentCrc({ run: this.#run, bytes: this.#memory });
    const start = this.#run.inputStart();
    this.desk = this.#memory.subarray(start, start + this.#run.INPUT_SIZE.value);
  }

  /** The first `size` bytes of the desk as a gzip member. */
  gzip(size: number): Buffer {
    const deflated = this.#run.deflate(size);
    const member = Buffer.allocUnsafe(HEADER.length + deflated + TRAILER);
    HEADER.copy(member);
    const start = this.#run.outputStart();
    this.#memory.copy(member, HEADER.length, start, start + deflated);
    const input = this.#run.inputStart();
    this.#crc.begin();
    this.#crc.add(input, input + size, true);
    const end = member.writeUInt32LE(this.#crc.value, HEADER.length + deflated);
    member.writeUInt32LE(size, end);
    return member;
  }
}
