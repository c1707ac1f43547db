import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type CompiledPattern, compilePattern, EventView } from '../../pattern/index.ts';
import { readRecords } from '../../trail/documents.ts';
import { createScanner } from '../../trail/scanner/create-scanner.ts';
import { BENCHMARKS, DEFAULT_BENCHMARK } from './benchmark.ts';
import { canonicalPattern, printedPattern } from './control.ts';
import { CONTROLS, controlsOf } from './find-control.ts';

const DATA = fileURLToPath(new URL('../../../test/data/cloudtrail/', import.meta.url));

interface Expected {
  readonly deliveries: number;
  readonly rules: Readonly<Record<string, { readonly deliveries: number; readonly unique: number }>>;
}

const { counts } = JSON.parse(readFileSync(join(DATA, 'EXPECTED.json'), 'utf8')) as {
  counts: Readonly<Record<string, Expected>>;
};

/** Where the records of each counted set lie. */
const SETS: Readonly<Record<string, string>> = {
  'archive (invictus, trailscraper)': 'archive',
  stratus: 'records/stratus',
  'panther-dev': 'records/panther',
  otrf: 'decorated',
};

/** The counts were made from the rules' English, in several readings; these are those of the canonical patterns. */
const READING: Readonly<Record<string, string>> = {
  '4.1': '4.1/and-intent',
  '4.2': '4.2/any-identity',
  '4.3': '4.3/seed',
  '4.4': '4.4/no-source',
  // The printed form binds the source to CreateRoute alone; no record here tells the readings apart.
  '4.13': '4.13/no-source',
};

async function messagesIn(folder: string): Promise<string[]> {
  const messages: string[] = [];
  const files = readdirSync(join(DATA, folder), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.gz'),
  );
  for (const file of files) {
    for await (const item of readRecords(createReadStream(join(DATA, folder, file)))) {
      if (item.kind === 'damage') throw new Error(`${file}: ${item.message}`);
      messages.push(item.text);
    }
  }
  return messages;
}

const countOf = (pattern: CompiledPattern, events: readonly EventView[]): number =>
  events.filter((event) => pattern.matchesEvent(event)).length;

describe.each(Object.entries(SETS))('on the real records of %s', (name, folder) => {
  const expected = counts[name]!;

  it('every canonical pattern of every benchmark counts what the rule means', async () => {
    const events = (await messagesIn(folder)).map((message) => new EventView(message));
    expect(events).toHaveLength(expected.deliveries);
    for (const benchmark of BENCHMARKS) {
      for (const control of controlsOf(benchmark)) {
        const rule = `4.${control.place}`;
        const found = countOf(compilePattern(canonicalPattern(control, benchmark)), events);
        expect(found, `${control.slug} in ${benchmark}`).toBe(expected.rules[READING[rule] ?? rule]?.deliveries);
      }
    }
  });

  it.each(['simd', 'scalar', 'plain'] as const)('the scanner counts the same with its engine %s', async (engine) => {
    const controls = controlsOf(DEFAULT_BENCHMARK);
    const scanner = createScanner({
      patterns: controls.map((each) => canonicalPattern(each, DEFAULT_BENCHMARK)),
      engine,
    });
    const outcomes = [];
    for (const file of readdirSync(join(DATA, folder), { recursive: true, encoding: 'utf8' }))
      if (file.endsWith('.gz')) outcomes.push(await scanner.scan(readFileSync(join(DATA, folder, file))));
    expect(outcomes.reduce((sum, { records }) => sum + records, 0)).toBe(expected.deliveries);
    for (const [i, { place }] of controls.entries()) {
      const found = outcomes.reduce((sum, { matches }) => sum + (matches[i] ?? 0), 0);
      expect(found, `4.${place}`).toBe(expected.rules[READING[`4.${place}`] ?? `4.${place}`]?.deliveries);
    }
  });

  it('the other readings count as they were read', async () => {
    const events = (await messagesIn(folder)).map((message) => new EventView(message));
    const [refused, withoutMfa, , policies] = CONTROLS;
    const routes = CONTROLS[12];
    const readings: [string, string | undefined][] = [
      ['4.1/or-as-printed', refused && printedPattern(refused, '1.5.0')],
      ['4.1/and-intent', refused?.accepted[0]],
      ['4.1/core', refused && canonicalPattern(refused, '1.2.0')],
      ['4.2/iam-user-success', withoutMfa?.accepted[0]],
      ['4.4/iam-source', policies?.accepted[0]],
      ['4.13/ec2-source', routes?.accepted[0]],
    ];
    for (const [reading, pattern] of readings) {
      expect(countOf(compilePattern(pattern ?? ''), events), reading).toBe(expected.rules[reading]?.deliveries);
    }
  });
});
