/**
 * Events per second that a pattern set judges, with 1, 15 and 100 filters, beside JSON.parse and plain
 * functions for the same 15 questions. Run: npm run bench:pattern [rounds]
 *
 * The events are the real CloudTrail records of test/data, most of them from simulated attacks: all of
 * them, and a quiet day on which one event in a hundred matches. Rounds of all contenders take turns,
 * so that what else the machine does falls on all alike; the least time of each is shown.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { compilePattern, PatternSet } from '../src/pattern/index.ts';
import { CIS_PATTERNS, CIS_QUESTIONS, type Event } from '../tools/archive/cis-questions.ts';

const ROUNDS = Number(process.argv[2] ?? 15);
const FEWEST_EVENTS = 20_000;

const messages = recordsIn(fileURLToPath(new URL('../test/data/cloudtrail', import.meta.url)));

const cis = CIS_PATTERNS;
const more = Array.from(
  { length: 85 },
  (_, i) =>
    `{ ($.eventSource = "service${i}.amazonaws.com") && ($.eventName = "Delete${i}Thing") && ($.errorCode NOT EXISTS) }`,
);
const setOf = (patterns: readonly string[]): PatternSet<number> =>
  new PatternSet(patterns.map((text, id) => ({ id, compiled: compilePattern(text) })));
const [one, fifteen, hundred] = [setOf(cis.slice(2, 3)), setOf(cis), setOf([...cis, ...more])];

function plainFunctions(message: string): number {
  const event = JSON.parse(message) as Event;
  let found = 0;
  for (const test of CIS_QUESTIONS) if (test(event)) found += 1;
  return found;
}

interface Contender {
  readonly name: string;
  readonly judge: (message: string) => number;
}

const contenders: readonly Contender[] = [
  { name: '1 filter', judge: (message) => one.matching(message).length },
  { name: '15 filters', judge: (message) => fifteen.matching(message).length },
  { name: '100 filters', judge: (message) => hundred.matching(message).length },
  { name: 'JSON.parse and 15 functions', judge: plainFunctions },
];

const loud = messages.filter((message) => fifteen.matching(message).length > 0);
const quiet = messages.filter((message) => fifteen.matching(message).length === 0);
measure('all records', repeated(messages));
measure('one in a hundred matches', [...repeated(quiet), ...repeated(loud).slice(0, FEWEST_EVENTS / 100)]);

function repeated(some: readonly string[]): string[] {
  return Array.from({ length: Math.ceil(FEWEST_EVENTS / some.length) }, () => some).flat();
}

function measure(title: string, events: readonly string[]): void {
  const times = contenders.map((): number[] => []);
  const matches = contenders.map(() => 0);
  for (let round = -2; round < ROUNDS; round += 1)
    for (const [index, { judge }] of contenders.entries()) {
      const start = performance.now();
      let found = 0;
      for (const message of events) found += judge(message);
      if (round >= 0) times[index]!.push(performance.now() - start);
      matches[index] = found;
    }
  const least = times.map((each) => Math.min(...each));
  const size = Math.round(events.reduce((sum, message) => sum + message.length, 0) / events.length);
  const lines = contenders.map(({ name }, index) => {
    const time = least[index] ?? 1;
    const rate = Math.round(events.length / (time / 1000)).toLocaleString('en');
    return `${name.padEnd(28)} ${time.toFixed(0).padStart(5)} ms ${rate.padStart(11)} events/s ${matches[index]} matches`;
  });
  const faster = (least[3] ?? 0) / (least[1] ?? 1);
  const longer = (least[2] ?? 0) / (least[1] ?? 1);
  process.stdout.write(`${title}: ${events.length} events of ${size} characters on average, ${ROUNDS} rounds
${lines.join('\n')}
15 filters are ${faster.toFixed(1)} times as fast as parsing; 100 filters take ${longer.toFixed(2)} times as long as 15

`);
}

/** Every record below a folder, as the one-line message that CloudTrail writes to a log group. */
function recordsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.json(?:\.gz)?$/.test(file) && !file.endsWith('EXPECTED.json'))
    .sort()
    .flatMap((file) => {
      const bytes = readFileSync(join(folder, file));
      const document: unknown = JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
      const { Records: records = [document] } = document as { Records?: unknown[] };
      return records.flat().map((record) => JSON.stringify(record));
    });
}
