import { expect, it } from 'vitest';
import { fuzz } from './fuzz/fuzz.ts';

/** A short form; `npm run test:fuzz` runs 10 million. */
const RUNS = Number(process.env.TRAILBELL_FUZZ_RUNS ?? 10_000);
const SEED = Number(process.env.TRAILBELL_FUZZ_SEED ?? Date.now() % 1_000_000);

it(`judges mutated patterns and events alike in a set, alone and naively, seed ${SEED}`, () => {
  const { matches, unjudged, valid } = fuzz({ runs: RUNS, seed: SEED });
  expect(matches).toBeGreaterThan(0);
  expect(unjudged).toBeLessThan(valid / 20);
}, 600_000);
