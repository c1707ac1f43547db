import { setImmediate } from 'node:timers/promises';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { damagedStream, soundStream } from '../../../test/scan/streams.ts';
import { Random } from '../../../tools/archive/random.ts';
import { DamagedGzip, inflated } from '../inflate.ts';
import { type Engine, type EngineKind, loadEngine } from './engine.ts';
import { MemberInflater } from './member-inflater.ts';

/** `npm run test:inflate` runs the long form. */
const STREAMS = Number(process.env.TRAILBELL_INFLATE_STREAMS ?? 400);
const SEED = Number(process.env.TRAILBELL_INFLATE_SEED ?? 20260817);
const HOURS = 3_600_000;

const KINDS: readonly EngineKind[] = ['simd', 'scalar'];
const HISTORY = 32 * 1024;
const STEP = 128 * 1024;
/** Written around the windows; nobody may change it, and nothing may depend on it. */
const WATCHED = 256;

/** Collects output, and now and then moves it down as the scanner does, keeping just what DEFLATE looks back to. */
class CollectingSink {
  readonly parts: Buffer[] = [];
  readonly #engine: Engine;
  readonly #random: Random;
  #end: number;
  constructor(engine: Engine, random: Random) {
    this.#engine = engine;
    this.#random = random;
    this.#end = engine.contentStart;
  }

  get end(): number {
    const { run, contentStart, contentSize } = this.#engine;
    const isFull = this.#end + STEP > contentStart + contentSize;
    const distance = this.#end - HISTORY - contentStart;
    if (distance > 0 && (isFull || this.#random.chance(0.3))) {
      run.moveContent(contentStart, this.#end - HISTORY, HISTORY);
      run.moveOutput(distance, contentStart);
      this.#end -= distance;
    }
    return this.#end;
  }

  grow(end: number): void {
    this.parts.push(Buffer.from(this.#engine.bytes.subarray(this.#end, end)));
    this.#end = end;
  }
}

interface Result {
  readonly output: Buffer;
  readonly failure: string | undefined;
}

function inflateWith(engine: Engine, random: Random, stream: Buffer): Result {
  const { bytes, inputStart, inputSize, contentStart } = engine;
  // What lies behind the input and before the content must not matter.
  bytes.fill(random.below(256), inputStart, inputStart + Math.min(inputSize, stream.length + WATCHED));
  bytes.fill(0xa5, contentStart - 64, contentStart);
  const sink = new CollectingSink(engine, random);
  const inflater = new MemberInflater(engine, sink);
  let failure: string | undefined;
  try {
    for (let at = 0; at < stream.length; ) {
      const size = random.chance(0.5) ? stream.length : 1 + random.below(random.chance(0.5) ? 8 : 2000);
      inflater.push(stream.subarray(at, at + size), at + size >= stream.length);
      at += size;
    }
  } catch (error) {
    // Anything else, such as an access outside of memory, fails the test.
    if (!(error instanceof DamagedGzip)) throw error;
    failure = error.message;
  }
  if (!bytes.subarray(contentStart - 64, contentStart).every((byte) => byte === 0xa5))
    throw new Error('wrote before its window');
  return { output: Buffer.concat(sink.parts), failure };
}

function inflateWithNode(stream: Buffer): Buffer | undefined {
  try {
    return gunzipSync(stream);
  } catch {
    return undefined;
  }
}

describe('the inflater', () => {
  const engines = KINDS.map((kind) => ({ kind, engine: loadEngine(kind) }));
  const simdAlone = engines.slice(0, 1);
  /** The long form leaves nine of ten streams to the engine with SIMD alone. */
  const enginesFor = (i: number) => (STREAMS > 100_000 && i % 10 > 0 ? simdAlone : engines);

  it(`makes what zlib makes of ${STREAMS} sound streams`, { timeout: 10 * HOURS }, async () => {
    for (let i = 0; i < STREAMS; i += 1) {
      await pause(i);
      const stream = soundStream(new Random(SEED + i));
      const wanted = inflateWithNode(stream);
      for (const { kind, engine } of enginesFor(i)) {
        const { output, failure } = inflateWith(engine, new Random(i), stream);
        if (!wanted || failure !== undefined || !output.equals(wanted))
          throw new Error(`${kind}, seed ${SEED + i}: ${wanted ? (failure ?? 'other output') : 'zlib refuses it'}`);
      }
    }
  });

  it(`refuses of ${STREAMS} damaged streams those that zlib refuses`, { timeout: 10 * HOURS }, async () => {
    let refused = 0;
    for (let i = 0; i < STREAMS; i += 1) {
      await pause(i);
      const stream = damagedStream(new Random(SEED + i));
      const wanted = inflateWithNode(stream);
      if (!wanted) refused += 1;
      for (const { kind, engine } of enginesFor(i)) {
        const { output, failure } = inflateWith(engine, new Random(i), stream);
        const isSame = wanted ? failure === undefined && output.equals(wanted) : failure !== undefined;
        if (!isSame)
          throw new Error(
            `${kind}, seed ${SEED + i}: zlib ${wanted ? 'takes' : 'refuses'} it, we ${failure ?? 'take it'}`,
          );
      }
    }
    expect(refused).toBeGreaterThan(STREAMS / 2);
  });

  it.each([-2, -1, 0, 1, 2])('sums a member that ends %i bytes behind a step', (more) => {
    const content = Buffer.from(
      new Random(more + 9)
        .bytes(STEP)
        .toString('hex')
        .slice(0, STEP - 512 + more),
    );
    const stream = gzipSync(content, { strategy: constants.Z_HUFFMAN_ONLY });
    for (const { engine } of engines) {
      const sink = new CollectingSink(engine, new Random(1));
      new MemberInflater(engine, sink).push(stream, true);
      expect(Buffer.concat(sink.parts).equals(content)).toBe(true);
    }
  });

  it('gives of damaged streams what zlib gives before the damage', async () => {
    for (let i = 0; i < Math.min(STREAMS, 150); i += 1) {
      const stream = damagedStream(new Random(SEED - 1 - i));
      if (stream[0] !== 0x1f || stream[1] !== 0x8b) continue;
      const wanted = await salvaged(stream);
      for (const { kind, engine } of engines) {
        const { output, failure } = inflateWith(engine, new Random(i), stream);
        expect([kind, SEED - 1 - i, output.length, failure !== undefined]).toEqual([
          kind,
          SEED - 1 - i,
          wanted.output.length,
          wanted.failure !== undefined,
        ]);
        expect(output.equals(wanted.output)).toBe(true);
      }
    }
  });

  it('reads up to the very end of memory, and not beyond', () => {
    for (const { engine } of engines) {
      const memory = engine.bytes;
      for (let i = 0; i < 300; i += 1) {
        const stream = soundStream(new Random(SEED + i));
        const deflated = stream.subarray(10, -8);
        if (stream[3] !== 0 || deflated.length > 4096) continue;
        // Whatever is cut off: an access behind memory would be an error.
        for (const cut of [0, 1, 7, 20]) {
          const part = deflated.subarray(0, Math.max(0, deflated.length - cut));
          part.copy(memory, memory.length - part.length);
          engine.run.beginInflate(engine.contentStart);
          const answer = engine.run.inflate(
            memory.length - part.length,
            memory.length,
            true,
            engine.contentStart + 1e6,
          );
          expect(answer === 2 || answer < 0 || answer === 1).toBe(true);
        }
      }
    }
  });
});

/** Node frees the memory of its inflaters between two turns of the event loop only. */
async function pause(i: number): Promise<void> {
  if (i % 500 === 0) await setImmediate();
}

async function salvaged(stream: Buffer): Promise<Result> {
  const parts: Buffer[] = [];
  try {
    for await (const part of inflated(once(stream))) parts.push(part);
  } catch (error) {
    if (!(error instanceof DamagedGzip)) throw error;
    return { output: Buffer.concat(parts), failure: error.message };
  }
  return { output: Buffer.concat(parts), failure: undefined };
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
