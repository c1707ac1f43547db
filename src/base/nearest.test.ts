import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.ts';

describe('nearest', () => {
  it('finds the word that was meant', () => {
    expect(nearest('dataDri', ['port', 'dataDir'])).toBe('dataDir');
    expect(nearest('statsu', ['serve', 'status', 'scan'])).toBe('status');
  });

  it('suggests nothing for a word that is like none', () => {
    expect(nearest('zzzzzzzz', ['port', 'host'])).toBeUndefined();
  });
});
