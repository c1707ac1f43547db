import { gunzipSync } from 'node:zlib';
import { DamagedGzip, inflated } from '../inflate.ts';
import { ContentScan } from './content-scan.ts';
import { type Engine, type EngineKind, loadEngine } from './engine.ts';
import { Judge } from './judge.ts';
import { MemberInflater } from './member-inflater.ts';
import { PatternPlan } from './pattern-plan.ts';
import { type OnMatch, type ScanOutcome, Tally } from './scan-outcome.ts';
import type { Scanner } from './scanner.ts';
import { untilFailure } from './until-failure.ts';

/** Bytes that tell gzip or a byte order mark. */
const LONGEST_MARK = 3;
/** Larger content is inflated by zlib piece by piece. */
const INFLATED_AT_ONCE = 32 * 1024 * 1024;
const HOSTILE_RATIO = 250;
/** Size of a gzip member's trailer. */
const TRAILER = 8;

/** Scans with the WebAssembly engine; parses only what is unusual. */
export class FastScanner implements Scanner {
  readonly #engine: Engine;
  readonly #plan: PatternPlan;
  readonly #judge: Judge;
  readonly #inflate: 'wasm' | 'node';

  constructor(patterns: readonly string[], kind: EngineKind, inflate: 'wasm' | 'node') {
    this.#engine = loadEngine(kind);
    this.#plan = new PatternPlan(patterns);
    this.#plan.install(this.#engine);
    this.#judge = new Judge(this.#engine, this.#plan);
    this.#inflate = inflate;
  }

  async scan(content: Uint8Array | AsyncIterable<Uint8Array>, onMatch?: OnMatch): Promise<ScanOutcome> {
    const tally = new Tally(this.#plan.compiled.length);
    const scan = new ContentScan(this.#engine, this.#judge, tally, onMatch);
    try {
      if (content instanceof Uint8Array) await this.#scanBytes(content, scan);
      else await this.#scanStream(untilFailure(content, tally), scan);
      scan.finish(true);
    } catch (error) {
      if (!(error instanceof DamagedGzip)) throw error;
      scan.finish(false);
      const { message, offset, incomplete } = error;
      tally.addDamage({ kind: 'damage', message, offset, incomplete });
    }
    return tally.outcome();
  }

  async #scanBytes(bytes: Uint8Array, scan: ContentScan): Promise<void> {
    if (!isGzip(bytes)) takeAll(withoutMark(bytes), scan);
    else if (bytes.length < LONGEST_MARK) throw new DamagedGzip('unexpected end of file', 0, true);
    else if (this.#inflate === 'wasm') new MemberInflater(this.#engine, scan).push(bytes, true);
    else {
      const whole = inflatedAtOnce(bytes);
      if (whole) takeAll(whole, scan);
      else await this.#scanStream(once(bytes), scan);
    }
  }

  async #scanStream(source: AsyncIterable<Uint8Array>, scan: ContentScan): Promise<void> {
    if (this.#inflate === 'node') {
      for await (const chunk of inflated(source)) takeAll(chunk, scan);
      return;
    }
    let head: Buffer | undefined = Buffer.alloc(0);
    let inflater: MemberInflater | undefined;
    for await (const bytes of source) {
      let chunk = bytes;
      if (head) {
        head = Buffer.concat([head, bytes]);
        if (head.length < LONGEST_MARK) continue;
        if (isGzip(head)) inflater = new MemberInflater(this.#engine, scan);
        chunk = inflater ? head : withoutMark(head);
        head = undefined;
      }
      if (inflater) inflater.push(chunk, false);
      else takeAll(chunk, scan);
    }
    if (head && isGzip(head)) throw new DamagedGzip('unexpected end of file', 0, true);
    if (head) takeAll(head, scan);
    inflater?.push(Buffer.alloc(0), true);
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function takeAll(bytes: Uint8Array, scan: ContentScan): void {
  for (let from = 0; from < bytes.length; ) from = scan.take(bytes, from);
}

/** What zlib makes of one sound member of usual size, into a buffer that fits; undefined for anything else. */
function inflatedAtOnce(bytes: Uint8Array): Buffer | undefined {
  if (bytes.length < TRAILER) return undefined;
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(bytes.length - 4, true);
  if (size > INFLATED_AT_ONCE || size > bytes.length * HOSTILE_RATIO) return undefined;
  try {
    return gunzipSync(bytes, { chunkSize: size + 64, maxOutputLength: size + 64 });
  } catch {
    return undefined;
  }
}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const withoutMark = (bytes: Uint8Array): Uint8Array =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
