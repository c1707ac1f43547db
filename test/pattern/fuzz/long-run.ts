/**
 * The long form of test/pattern/fuzz.test.ts. Run: npm run test:fuzz, or
 * npx tsx test/pattern/fuzz/long-run.ts [RUNS] [SEED] to repeat one that failed.
 */
import { fuzz } from './fuzz.ts';

const runs = Number(process.argv[2] ?? process.env.TRAILBELL_FUZZ_RUNS ?? 10_000_000);
const seed = Number(process.argv[3] ?? process.env.TRAILBELL_FUZZ_SEED ?? Date.now() % 1_000_000);

// Most mutated patterns are refused, and nobody looks at the traces of those errors.
Error.stackTraceLimit = 0;
console.log(`${runs} mutated patterns and events, seed ${seed}`);
fuzz({ runs, seed, tell: console.log });
