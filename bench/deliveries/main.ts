/**
 * Many rings to many subscriptions while a tenth of the receivers is broken: is anything lost, does
 * anything come under a second id, and do the receivers that are well notice the broken ones?
 * Run: npm run bench:deliveries [-- RINGS SUBSCRIPTIONS RINGS-PER-SECOND]
 *
 * All is real: the engine is a process of its own with durable commits, every receiver listens on a port
 * of its own, rings are published over HTTP at a fixed rate. Broken receivers answer 404 or 500, hang,
 * reset the connection, take five seconds, or never end their answer. When all is published they are
 * mended, what was given up is tried again, and every ring must have arrived.
 */

import { type RunResult, run } from './run.ts';

const [rings = 100_000, subscriptions = 1_000, rate = 250] = process.argv.slice(2).map(Number);
const size = { rings, subscriptions, rate };

const say = (text: string): void => void process.stderr.write(`${text}\n`);
say('all receivers well …');
const well = await run({ ...size, broken: false, killEvery: undefined });
say('a tenth of them broken …');
const broken = await run({ ...size, broken: true, killEvery: undefined });
say('the same, with kill -9 …');
const killed = await run({ ...size, broken: true, killEvery: 15_000 });

const at = ({ latencies }: RunResult, share: number): number =>
  latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;

function line(name: string, result: RunResult): string {
  const time = (share: number): string => `${at(result, share).toFixed(0)} ms`;
  const kills = result.kills > 0 ? `, ${result.kills} kills, ${result.doubtful} calls without an answer` : '';
  return `${name}: accepted ${result.accepted}, lost ${result.lost}, under a second id ${result.renamed}, repeated ${result.repeated}${kills}
  well receivers: median ${time(0.5)}, p90 ${time(0.9)}, p99 ${time(0.99)}, slowest ${time(1)}; published in ${result.published.toFixed(0)} s, all arrived ${result.healed.toFixed(0)} s after mending`;
}

process.stdout.write(`${rings} rings to ${subscriptions} subscriptions, ${rate} a second, durable commits
${line('all well', well)}
${line('a tenth broken', broken)}
${line('with kill -9', killed)}
p99 with a tenth broken / all well: ${(at(broken, 0.99) / at(well, 0.99)).toFixed(2)}
`);
const bad = [well, broken, killed].some(({ lost, renamed }) => lost + renamed > 0);
process.exit(bad ? 1 : 0);
