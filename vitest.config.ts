import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { ClosingLine } from './test/closing-line.ts';

const shared = { testTimeout: 20_000, hookTimeout: 30_000, pool: 'threads' } as const;

export default defineConfig({
  test: {
    // Tests wait more than they compute; vitest alone would take one worker on two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ['default', new ClosingLine()],
    projects: [
      { test: { ...shared, name: 'units', include: ['src/**/*.test.ts'], globalSetup: ['test/build-engine.ts'] } },
      { test: { ...shared, name: 'program', include: ['test/**/*.test.ts'], globalSetup: ['test/build.ts'] } },
    ],
  },
});
