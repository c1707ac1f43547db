import type { Migration } from 'kysely';

/**
 * Log chunks may be written in the codec `texts` from here on. No table changes, but a program that cannot read them
 * must not open the store.
 */
export const chunkTexts0014: Migration = {
  async up(): Promise<void> {},
};
