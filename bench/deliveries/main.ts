/**
 * Many rings to many subscriptions while a tenth of the receivers is broken: is anything lost, does
 * anything come under a second id, and do the receivers that are well notice the broken ones?
 * Run: npm run bench:deliveries [-- RINGS SUBSCRIPTIONS RINGS-PER-SECOND]
 *
 * All is real: the engine is a process of its own with durable commits, every receiver listens on a port
 * of its own, rings are published over HTTP at a fixed rate. Broken receivers answer 404 or 500, hang,
 * reset the connection, take five seconds, or never end their answer. When all is published they are
 * mended, what was given up is tried again, and every ring must have arrived.
 *
 * Two engines run side by side, one whose receivers are all well and one with the broken ones, each with all
 * of the rings: whatever else the machine does at a moment happens to both. So what is compared are the p99 of
 * the same ten seconds, and of these ratios the median counts. A third run is killed every fifteen seconds.
 */

import { comparison, quantile } from './compare.ts';
import { type RunResult, run } from './run.ts';

const [rings = 100_000, subscriptions = 1_000, rate = 100] = process.argv.slice(2).map(Number);
const size = { rings, subscriptions, rate };

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const onProgress = (published: number): void => say(`  ${published} of ${rings} rings`);

/** Resolves for all of so many callers when the last of them has come. */
function together(count: number): () => Promise<void> {
  let missing = count;
  let open: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    missing -= 1;
    if (missing === 0) open();
    return all;
  };
}

say('side by side: all receivers well, and a tenth of them broken …');
const begin = together(2);
const [well, broken] = await Promise.all([
  run({ ...size, broken: false, killEvery: undefined, begin, onProgress }),
  run({ ...size, broken: true, killEvery: undefined, begin }),
]);
say('a tenth broken, with kill -9 …');
const killed = await run({ ...size, broken: true, killEvery: 15_000, onProgress });

function line(name: string, result: RunResult): string {
  const latencies = result.samples.map(({ latency }) => latency).sort((a, b) => a - b);
  const time = (share: number): string => `${quantile(latencies, share).toFixed(0)} ms`;
  const kills = result.kills > 0 ? `, ${result.kills} kills, ${result.doubtful} calls without an answer` : '';
  const cpu = result.cpu === undefined || result.kills > 0 ? '' : `; engine ${result.cpu.toFixed(0)} s of CPU`;
  return `${name}: accepted ${result.accepted}, lost ${result.lost}, under a second id ${result.renamed}, repeated ${result.repeated}${kills}
  well receivers: median ${time(0.5)}, p90 ${time(0.9)}, p99 ${time(0.99)}, slowest ${time(1)}; published in ${result.published.toFixed(0)} s, all arrived ${result.healed.toFixed(0)} s after mending${cpu}`;
}

const { median, least, most, spans } = comparison(well.samples, broken.samples);
process.stdout.write(`${rings} rings to ${subscriptions} subscriptions, ${rate} a second, durable commits
${line('all well', well)}
${line('a tenth broken', broken)}
${line('with kill -9', killed)}
p99 with a tenth broken / all well, in the same ten seconds: median ${median.toFixed(2)}, from ${least.toFixed(2)} to ${most.toFixed(2)} (${spans} spans)
`);
const bad = [well, broken, killed].some(({ lost, renamed }) => lost + renamed > 0);
process.exit(bad ? 1 : 0);
