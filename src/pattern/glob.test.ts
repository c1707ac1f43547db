import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitsGlob } from './glob.ts';

describe('a glob', () => {
  it('fits what the same regular expression fits', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(
          text.map((part) => part.slice(0, 3)),
          { minLength: 1, maxLength: 5 },
        ),
        text,
        (parts, value) => {
          expect(fitsGlob(parts, value)).toBe(new RegExp(`^${parts.join('.*')}$`).test(value));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('never lets two parts share a character', () => {
    expect(fitsGlob(['ab', 'ba'], 'aba')).toBe(false);
    expect(fitsGlob(['a', 'b', 'b'], 'ab')).toBe(false);
  });
});
