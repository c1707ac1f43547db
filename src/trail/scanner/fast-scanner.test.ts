import { describe, expect, it, vi } from 'vitest';
import { brokenDocument } from '../../../test/scan/broken-records.ts';
import { oddDocument, packed } from '../../../test/scan/odd-documents.ts';
import { randomPatterns } from '../../../test/scan/random-patterns.ts';
import { archiveFiles } from '../../../tools/archive/archive-files.ts';
import { Random } from '../../../tools/archive/random.ts';
import { compilePattern, PatternError } from '../../pattern/index.ts';
import { ValueSplitter } from '../value-splitter.ts';
import { createScanner } from './create-scanner.ts';
import type { ScanOutcome } from './scan-outcome.ts';
import type { Scanner } from './scanner.ts';

const SETS = Number(process.env.TRAILBELL_SCAN_SETS ?? 12);
const SEED = Number(process.env.TRAILBELL_SCAN_SEED ?? 4);
const DOCUMENTS = 25;
const BROKEN = SETS * 100;

const isValid = (pattern: string): boolean => {
  try {
    compilePattern(pattern);
    return true;
  } catch (error) {
    if (error instanceof PatternError) return false;
    throw error;
  }
};

type Seen = ScanOutcome & { readonly texts: readonly (readonly [string, readonly number[]])[] };

async function scanned(scanner: Scanner, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<Seen> {
  const texts: [string, readonly number[]][] = [];
  const outcome = await scanner.scan(content, (text, patterns) => texts.push([text, patterns]));
  return { ...outcome, texts };
}

async function* pieces(random: Random, bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random.below(random.chance(0.5) ? 5 : 3000);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

describe('the fast scanner', () => {
  it(`finds what parsing everything finds, with ${SETS} sets of patterns in odd documents`, {
    timeout: 36e5,
  }, async () => {
    let records = 0;
    let matches = 0;
    for (let set = 0; set < SETS; set += 1) {
      const random = new Random(SEED * 1_000_003 + set);
      const patterns = randomPatterns(random, isValid);
      const plain = createScanner({ patterns, engine: 'plain' });
      const others = (['simd', 'scalar'] as const).flatMap((engine) =>
        (['wasm', 'node'] as const).map((inflate) => ({
          engine,
          inflate,
          scanner: createScanner({ patterns, engine, inflate }),
        })),
      );
      for (let document = 0; document < DOCUMENTS; document += 1) {
        const bytes = packed(random, oddDocument(random));
        const wanted = await scanned(plain, bytes);
        records += wanted.records;
        matches += wanted.texts.length;
        for (const { engine, inflate, scanner } of others) {
          const name = { seed: SEED, set, document, engine, inflate };
          expect({ name, found: await scanned(scanner, bytes) }).toEqual({ name, found: wanted });
          expect({ name, found: await scanned(scanner, pieces(random, bytes)) }).toEqual({ name, found: wanted });
        }
      }
    }
    expect(records).toBeGreaterThan(SETS * 40);
    expect(matches).toBeGreaterThan(SETS * 10);
  });

  it(`says of ${BROKEN} broken documents what parsing says`, { timeout: 36e5 }, async () => {
    const patterns = ['{ $.userIdentity.type = "Root" }', '{ $.pad NOT EXISTS }', '{ $.more = 7* }'];
    const plain = createScanner({ patterns, engine: 'plain' });
    const others = (['simd', 'scalar'] as const).map((engine) => createScanner({ patterns, engine }));
    let damages = 0;
    for (let i = 0; i < BROKEN; i += 1) {
      const random = new Random(SEED * 1_000_003 - i);
      const bytes = brokenDocument(random);
      const wanted = await scanned(plain, bytes);
      damages += wanted.damages;
      const isWhole = random.chance(0.7);
      for (const scanner of others)
        expect({ i, ...(await scanned(scanner, isWhole ? bytes : pieces(random, bytes))) }).toEqual({ i, ...wanted });
    }
    expect(damages).toBeGreaterThan(BROKEN / 3);
  });

  it('reads regular files without parsing them', async () => {
    const feed = vi.spyOn(ValueSplitter.prototype, 'feed');
    const parse = vi.spyOn(JSON, 'parse');
    const options = { seed: 3, files: 12, records: 300, spread: 1, accounts: 3, rootShare: 0, duplicates: 0 };
    for (const engine of ['simd', 'scalar'] as const) {
      const scanner = createScanner({
        patterns: ['{ $.userIdentity.type = "Root" }', '{ $.eventName = "Get*" }'],
        engine,
      });
      for (const { content, records } of archiveFiles(options)) {
        const outcome = await scanner.scan(Buffer.from(content));
        expect(outcome.records).toBe(records.length);
        const names = records.map(({ eventName }) => String(eventName));
        expect(outcome.matches).toEqual([0, names.filter((name) => name.startsWith('Get')).length]);
      }
    }
    // Behind the list a splitter sees that nothing else comes.
    expect(feed.mock.calls.reduce((sum, [chunk]) => sum + chunk.length, 0)).toBeLessThan(100);
    expect(parse).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});
