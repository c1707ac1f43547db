import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterPrefix } from './name-range.ts';

const bytewise = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe('the end of a prefix', () => {
  it('divides the names with the prefix from those beyond it', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(text, text, (prefix, name) => {
        const end = afterPrefix(prefix);
        const isWithin = bytewise(name, prefix) >= 0 && (end === undefined || bytewise(name, end) < 0);
        expect(isWithin).toBe(name.startsWith(prefix));
      }),
    );
  });

  it('steps over surrogates and past the last character', () => {
    expect(afterPrefix('a\ud7ff')).toBe('a\ue000');
    expect(afterPrefix('a\u{10ffff}')).toBe('b');
    expect(afterPrefix('\u{10ffff}')).toBeUndefined();
  });
});
