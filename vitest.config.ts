import { defineConfig } from 'vitest/config';
import { ClosingLine } from './test/closing-line.ts';

const shared = { testTimeout: 20_000, hookTimeout: 30_000, pool: 'threads' } as const;

export default defineConfig({
  test: {
    reporters: ['default', new ClosingLine()],
    projects: [
      { test: { ...shared, name: 'units', include: ['src/**/*.test.ts'] } },
      { test: { ...shared, name: 'program', include: ['test/**/*.test.ts'], globalSetup: ['test/build.ts'] } },
    ],
  },
});
