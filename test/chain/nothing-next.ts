import type { NextStages } from '../../src/chain/logs/next-stages.ts';

/** For tests that look at what is stored, and not at what it leads to. */
export const nothingNext: NextStages = {
  recordSamples: async () => [],
  recordMatches: async () => undefined,
  forwardEvents: async () => undefined,
};
