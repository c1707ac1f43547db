import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createScanner } from './create-scanner.ts';

/** `npm run test:scan` makes it gigabytes, which nobody should be stopped by. */
const MEGABYTES = Number(process.env.TRAILBELL_SCAN_MEGABYTES ?? 48);
const PATTERNS = ['{ $.userIdentity.type = "Root" }'];
/** How much the process may grow by, whatever the size: an engine, chunks on their way, and a record. */
const ALLOWED = 100 * 1024 * 1024;

/** Compresses little, so that nobody takes it for something made to exhaust its reader. */
const NOISE = randomBytes(500_000).toString('hex');

const record = (type: string): string =>
  JSON.stringify({ eventVersion: '1.08', userIdentity: { type }, eventName: 'X', pad: 'p'.repeat(1200) });

async function* repeated(first: string, middle: string, last: string, megabytes: number): AsyncGenerator<Buffer> {
  const chunk = Buffer.from(middle.repeat(Math.ceil(1e6 / middle.length)));
  yield Buffer.from(first);
  for (let i = 0; i < megabytes; i += 1) yield chunk;
  yield Buffer.from(last);
}

/** The process may grow for reasons of its own meanwhile: work that needs memory needs it every time. */
async function growth(work: () => Promise<unknown>): Promise<number> {
  let least = await growthOnce(work);
  for (let again = 0; again < 2 && least >= ALLOWED; again += 1) least = Math.min(least, await growthOnce(work));
  return least;
}

async function growthOnce(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 5);
  await work();
  clearInterval(timer);
  return Math.max(most, process.memoryUsage.rss()) - before;
}

describe('content of any size', { timeout: 36e5 }, () => {
  it.each(['wasm', 'node'] as const)('is scanned in bounded memory, inflated by %s', async (inflate) => {
    const scanner = createScanner({ patterns: PATTERNS, inflate });
    const line = `${record('Root')},`;
    const perChunk = Math.ceil(1e6 / line.length);
    const grown = await growth(async () => {
      const content = Readable.from(repeated('{"Records":[', line, `${record('X')}]}`, MEGABYTES)).pipe(
        createGzip({ level: 1 }),
      );
      const { records, matches, damages } = await scanner.scan(content);
      expect([records, matches, damages]).toEqual([MEGABYTES * perChunk + 1, [MEGABYTES * perChunk], 0]);
    });
    expect(grown).toBeLessThan(ALLOWED);
  });

  it.each([
    ['as it is', undefined],
    ['inflated by wasm', 'wasm'],
    ['inflated by node', 'node'],
  ] as const)('is named when it is one endless record, %s, and what follows is read', async (_, inflate) => {
    const scanner = createScanner({ patterns: PATTERNS, ...(inflate ? { inflate } : {}) });
    const grown = await growth(async () => {
      const first = `{"Records":[${record('Root')},{"eventVersion":"1.08","pad":"`;
      const content = Readable.from(repeated(first, NOISE, `"},${record('Root')}]}`, MEGABYTES));
      const { records, matches, damages, damage, bytes } = await scanner.scan(
        inflate ? content.pipe(createGzip({ level: 1 })) : content,
      );
      expect([records, matches, damages]).toEqual([2, [2], 1]);
      expect(damage[0]?.message).toContain('a record above');
      expect(bytes).toBeGreaterThan(MEGABYTES * 1e6);
    });
    expect(grown).toBeLessThan(ALLOWED);
  });

  it('is refused when it is made to inflate without end', async () => {
    const scanner = createScanner({ patterns: PATTERNS });
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024, 32), { level: 9 });
    const { records, damage, bytes } = await scanner.scan(bomb);
    expect(records).toBe(0);
    expect(bytes).toBeLessThan(80 * 1024 * 1024);
    expect(damage.map(({ message }) => message)).toEqual([expect.stringContaining('inflates more than 250-fold')]);
  });
});
